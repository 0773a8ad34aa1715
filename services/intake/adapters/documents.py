"""What cameras post: JSON, XML or multipart, brought into one shape: nested dicts, and pictures."""

import re
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.intake.adapters.envelope import CHINESE_CHARSETS, Letter, in_utf8, is_chinese
from services.intake.adapters.strict_json import DEEPEST, strict_json
from services.intake.adapters.wrappers import LISTED
from services.kernel.errors import Unprocessable

DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
BLANK = b"\xef\xbb\xbf \r\n\t"
BOUNDARY = re.compile(rb"\s*--([^\r\n\"]{1,200}?)[ \t]*\r?\n")
IMAGES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF")
"""How pictures begin that call themselves anything else."""
CJK = re.compile("[\u2e80-\u9fff]")
MOST_ELEMENTS = 5_000
MOST_PARTS = 32


@dataclass(slots=True)
class Document:
    """One post: its fields, and the contents of the pictures that came with it."""

    fields: dict[str, Any]
    pictures: tuple[bytes, ...] = field(default=(), repr=False)


def read_document(letter: Letter) -> Document:
    """Read a post by what it is, not by what it calls itself. Raises Unprocessable."""
    if letter.content is not None:
        return Document(_object(letter.content))
    parted = BOUNDARY.match(letter.body)
    if parted or letter.content_type.lower().startswith("multipart/"):
        return _multipart(letter, parted)
    return Document(_fields(letter.body, letter.content_type))


def _object(content: Any) -> dict[str, Any]:
    """A post; of a list of posts an object around it."""
    if isinstance(content, list):
        return {LISTED: content}
    if not isinstance(content, dict):
        raise Unprocessable("正文应为一个 JSON 对象")
    return content


def _fields(body: bytes, content_type: str) -> dict[str, Any]:
    if not body.lstrip(BLANK).startswith(b"<"):
        utf8 = in_utf8(body, content_type) if is_chinese(content_type) else body
        return _object(strict_json(utf8))
    root = _root(body, content_type)
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise Unprocessable(f"XML 元素过多，最多 {MOST_ELEMENTS} 个")
    return {_name(root): _value(root, 1)}


def _root(body: bytes, content_type: str) -> Element:
    """Parse XML without entities or a document type."""
    try:
        root: Element = fromstring(_decoded(body, content_type), forbid_dtd=True)
    except DefusedXmlException:
        raise Unprocessable("XML 中不允许有实体或文档类型声明") from None
    except (ParseError, UnicodeError, ValueError, LookupError):
        raise Unprocessable("正文不是有效的 XML") from None
    return root


def _decoded(body: bytes, content_type: str) -> str | bytes:
    """XML in GB 18030, which GB/T 28181 writes, as text; devices declare what they do not write.

    What is no UTF-8 is GB 18030; what is UTF-8 with Chinese characters in it is that, whatever
    it says of itself.
    """
    body = body.lstrip(BLANK)
    if body.isascii():
        return body.decode()
    declared = DECLARATION.match(body)
    encoding = ENCODING.search(declared.group()) if declared else None
    name = encoding[1].decode().lower() if encoding else "utf-8"
    if name not in {"utf-8", "utf8", *CHINESE_CHARSETS}:
        return body
    utf8 = _as_utf8(body)
    if utf8 and not (name in CHINESE_CHARSETS or is_chinese(content_type)):
        return body
    return utf8 if CJK.search(utf8) else body.decode("gb18030")


def _as_utf8(body: bytes) -> str:
    """The body as UTF-8; empty if it is none."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return ""


def _value(element: Element, level: int) -> Any:
    """An element as text, or as a dict in which a repeated tag holds a list."""
    if level > DEEPEST:
        raise Unprocessable(f"正文嵌套过深，最多 {DEEPEST} 层")
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        name, value = _name(child), _value(child, level + 1)
        earlier = found.get(name)
        if earlier is None:
            found[name] = value
        else:
            found[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
    return found


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _multipart(letter: Letter, parted: re.Match[bytes] | None) -> Document:
    """Its first post and all its pictures; the boundary is the one that is there, if one is."""
    boundary = parted[1] if parted else b""
    named = b'multipart/form-data; boundary="%s"' % boundary
    head = b"Content-Type: %s\r\n\r\n" % (named if parted else letter.content_type.encode())
    posted = BytesParser(policy=HTTP).parsebytes(head + letter.body)
    parts = list(posted.iter_parts())[:MOST_PARTS] if posted.is_multipart() else []
    bodies = [(each, each.get_payload(decode=True)) for each in parts]
    contents = [(each, body) for each, body in bodies if isinstance(body, bytes) and body.strip()]
    pictures = [body for each, body in contents if _is_picture(each.get_content_maintype(), body)]
    posts = [(each, body) for each, body in contents if body not in pictures]
    if not posts:
        raise Unprocessable("multipart 中没有报警内容")
    first, body = posts[0]
    return Document(_fields(body, str(first.get("content-type", ""))), tuple(pictures))


def _is_picture(kind: str, body: bytes) -> bool:
    return kind == "image" or body.startswith(IMAGES)
