"""The envelope of what comes from upstream: CloudEvents, binary or structured, or plain."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from services.intake.adapters.strict_json import strict_json, strict_object
from services.intake.adapters.wrappers import objects_in
from services.intake.domain.registered import RegisteredSource
from services.kernel.errors import Unprocessable
from services.kernel.record import Record, attributes

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch"
CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_-]{1,20})", re.IGNORECASE)
CHINESE_CHARSETS = frozenset({"gb2312", "gbk", "gb18030", "cp936"})
LONGEST_ID = 256
TRACEPARENT = re.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(slots=True)
class Letter:
    """What arrived, out of its envelope. `content` is set if it was JSON inside of JSON.

    One is made for each record: it is not frozen, which would take four times as long.
    `sender` is the source that it names (`hub-source`), `origin` that one in the register.
    """

    id: str
    source: str
    content_type: str
    body: bytes
    content: Any = None
    correlation: str = ""
    vendor: str = ""
    sender: str = ""
    origin: RegisteredSource | None = None

    def object(self) -> dict[str, Any]:
        """The content as a JSON object. Raises Unprocessable if it is none."""
        if self.content is None:
            return strict_object(in_utf8(self.body, self.content_type))
        if not isinstance(self.content, dict):
            raise Unprocessable("data 应为一个 JSON 对象")
        return self.content

    def objects(self, known: AbstractSet[str]) -> list[dict[str, Any]]:
        """The objects in it, by a field that is `known`. Raises Unprocessable if there is none."""
        if self.content is None:
            return objects_in(strict_json(in_utf8(self.body, self.content_type)), known)
        return objects_in(self.content, known)

    def nth(self, index: int) -> "Letter":
        """The letter of one of several that came in it, with an id of its own."""
        return replace(self, id=f"{self.id}#{index}") if index else self


def open_envelope(record: Record) -> Letter:
    """Take a record out of its envelope; plain content is known by where it stood first."""
    headers = {_written(name): value for name, value in attributes(record).items()}
    return open_letter(headers, record.value or b"", record.origin)


def open_letter(
    headers: Mapping[str, str], body: bytes, plain_id: str, plain_source: str = "upstream"
) -> Letter:
    """The same for what came by another way; plain content has the id and source that are given."""
    content_type = headers.get("content-type", "").strip()
    is_event = "ce_specversion" in headers or "ce_id" in headers
    kind = content_type.lower()
    if kind.startswith(BATCHED):
        raise Unprocessable("不接收 CloudEvents 批量模式：请一次一个事件")
    if kind.startswith(STRUCTURED) or (not is_event and _looks_structured(body)):
        return _structured(body, headers)
    return Letter(
        id=_identity(headers, "ce_") if is_event else plain_id,
        source=_attribute(headers, "ce_source") if is_event else plain_source,
        content_type=content_type,
        body=body,
        correlation=headers.get("ce_correlationid", "")[:LONGEST_ID] or _trace(headers),
        vendor=headers.get("hub-vendor", ""),
        sender=headers.get("hub-source", ""),
    )


def is_chinese(content_type: str) -> bool:
    """Whether a content type names one of the Chinese character sets."""
    named = CHARSET.search(content_type) if content_type else None
    return named is not None and named[1].lower() in CHINESE_CHARSETS


def in_utf8(body: bytes, content_type: str) -> bytes:
    """A body in UTF-8, from the character set that its content type names.

    Raises Unprocessable for a set that no source of ours may use, or that the body is not in.
    """
    named = CHARSET.search(content_type) if content_type else None
    charset = named[1].lower() if named else "utf-8"
    if charset in {"utf-8", "utf8", "us-ascii"}:
        return body
    if charset not in CHINESE_CHARSETS:
        raise Unprocessable("content-type 的 charset 应为 UTF-8、GBK、GB2312 或 GB18030")
    try:
        return body.decode("gb18030").encode()
    except UnicodeDecodeError:
        raise Unprocessable(f"正文不是 content-type 所说的 {charset.upper()} 编码") from None


@lru_cache(maxsize=1_024)
def _written(name: str) -> str:
    """The name of a header as we write it: bridges send CE_ID, and ce-id as over HTTP."""
    plain = name.lower()
    return f"ce_{plain[3:]}" if plain.startswith("ce-") else plain


def _looks_structured(body: bytes) -> bool:
    """A gateway that passes structured events on often forgets their content type."""
    return body.lstrip()[:1] == b"{" and b'"specversion"' in body and b'"source"' in body


def _structured(body: bytes, headers: Mapping[str, str]) -> Letter:
    event = strict_object(in_utf8(body, headers.get("content-type", "")))
    if event.get("specversion") != "1.0":
        raise Unprocessable("specversion 应为 1.0")
    data = event.get("data")
    content = data.encode() if isinstance(data, str) else _decoded(event.get("data_base64"))
    if not content and data is None:
        raise Unprocessable("data 缺失或为空")
    return Letter(
        id=_identity(event),
        source=_attribute(event, "source"),
        content_type=str(event.get("datacontenttype") or "application/json"),
        body=content,
        content=None if content or isinstance(data, str) else data,
        correlation=str(event.get("correlationid") or "")[:LONGEST_ID] or _trace(headers),
        vendor=headers.get("hub-vendor") or str(event.get("hubvendor") or ""),
        sender=headers.get("hub-source") or str(event.get("hubsource") or ""),
    )


def _trace(headers: Mapping[str, str]) -> str:
    """The trace that a source has begun (W3C trace context) goes on; empty if it began none."""
    told = headers.get("traceparent")
    found = TRACEPARENT.fullmatch(told) if told else None
    return found.group(1) if found else ""


def _decoded(data: object) -> bytes:
    try:
        return b64decode("".join(data.split()), validate=True) if isinstance(data, str) else b""
    except NotBase64:
        raise Unprocessable("data_base64 不是有效的 Base64") from None


def _identity(attributes: Mapping[str, Any], prefix: str = "") -> str:
    """Source and id: two sources may both count from 1, what follows from them must differ."""
    source = _attribute(attributes, prefix + "source")
    return f"{source}/{_attribute(attributes, prefix + 'id')}"


def _attribute(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise Unprocessable(f"{name} 缺失、为空，或超过 {LONGEST_ID} 个字符")
    return value
