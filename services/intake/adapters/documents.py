"""What cameras post: JSON, XML or multipart, brought into one shape: nested dicts, and pictures."""

import re
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.intake.adapters.envelope import Letter
from services.intake.adapters.strict_json import DEEPEST, strict_object
from services.kernel.errors import Unprocessable

DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
CHINESE = re.compile(rb"encoding=[\"'](?:gb2312|gbk|gb18030)[\"']", re.IGNORECASE)
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
        return Document(letter.object())
    if letter.content_type.lower().startswith("multipart/"):
        return _multipart(letter)
    return Document(_fields(letter.body))


def _fields(body: bytes) -> dict[str, Any]:
    if not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return strict_object(body)
    root = _root(body)
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise Unprocessable(f"XML 元素过多，最多 {MOST_ELEMENTS} 个")
    return {_name(root): _value(root, 1)}


def _root(body: bytes) -> Element:
    """Parse XML without entities or a document type; GB 18030 is what GB/T 28181 writes."""
    try:
        declared = DECLARATION.match(body.lstrip(b"\xef\xbb\xbf"))
        if declared and CHINESE.search(declared.group()):
            body = body.decode("gb18030").replace(declared.group().decode(), "", 1).encode()
        root: Element = fromstring(body.strip(), forbid_dtd=True)
    except DefusedXmlException:
        raise Unprocessable("XML 中不允许有实体或文档类型声明") from None
    except (ParseError, UnicodeError, ValueError, LookupError):
        raise Unprocessable("正文不是有效的 XML") from None
    return root


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


def _multipart(letter: Letter) -> Document:
    head = f"Content-Type: {letter.content_type}\r\n\r\n".encode()
    posted = BytesParser(policy=HTTP).parsebytes(head + letter.body)
    parts = list(posted.iter_parts())[:MOST_PARTS] if posted.is_multipart() else []
    bodies = [(each.get_content_maintype(), each.get_payload(decode=True)) for each in parts]
    contents = [(kind, body) for kind, body in bodies if isinstance(body, bytes)]
    posts = [body for kind, body in contents if kind != "image" and body.strip()]
    if not posts:
        raise Unprocessable("multipart 中没有报警内容")
    return Document(_fields(posts[0]), tuple(body for kind, body in contents if kind == "image"))
