"""A file handed in as evidence: what it says it is, what it really is, what of it is kept."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from services.feedback.ports import EvidenceRefused, Handed
from services.hosting.clips import ClipRefused, is_clip, media_type_of
from services.hosting.pictures import Limits, PictureRefused, paint

ANYTHING = frozenset({"", "application/octet-stream"})
"""What is declared by who does not know."""
ALIASES = {"image/jpg": "image/jpeg", "image/x-ms-bmp": "image/bmp", "video/avi": "video/x-msvideo"}
PATH = re.compile(r"[/\\\x00-\x1f]|^\.\.?$")
PAINTED = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is kept of a file: a picture painted anew, or a clip as it came; `about` is for JSON."""

    kind: str
    media_type: str
    content: bytes = field(repr=False)
    about: dict[str, Any]


def look(handed: Handed, limits: Limits, largest_clip: int) -> Looked:
    """Blocking: call it in a thread. Raises EvidenceRefused."""
    if PATH.search(handed.name):
        shown = handed.name[:80].encode("unicode_escape").decode()
        raise EvidenceRefused(f"文件名 {shown} 带有路径，只能是一个文件名")
    if not handed.content:
        raise EvidenceRefused("文件是空的（0 字节），请重新上传")
    try:
        looked = (
            _clip(handed, largest_clip) if is_clip(handed.content) else _picture(handed, limits)
        )
    except (PictureRefused, ClipRefused) as refused:
        raise EvidenceRefused(str(refused)) from None
    _refuse_another_type(handed.media_type, looked.about["was"])
    return looked


def _refuse_another_type(declared: str, real: str) -> None:
    plain = declared.partition(";")[0].strip().lower()
    if plain not in ANYTHING and ALIASES.get(plain, plain) != real:
        raise EvidenceRefused(f"声明的类型是 {plain[:60]}，文件其实是 {real}，请按实际类型上传")


def _clip(handed: Handed, largest: int) -> Looked:
    media_type = media_type_of(handed.content, largest)
    about = _about(handed, "clip", media_type, media_type)
    return Looked("clip", media_type, handed.content, about)


def _picture(handed: Handed, limits: Limits) -> Looked:
    painted = paint(handed.content, limits)
    about = _about(handed, "picture", PAINTED, painted.was)
    about["picture"] = {
        "media_type": PAINTED,
        "shows": handed.shows,
        "width": painted.width,
        "height": painted.height,
        "taken_at": painted.taken_at,
        "longitude": painted.longitude,
        "latitude": painted.latitude,
    }
    return Looked("picture", PAINTED, painted.content, about)


def _about(handed: Handed, kind: str, media_type: str, was: str) -> dict[str, Any]:
    """`original` is the SHA-256 of the file as it came: it proves which one this was made from."""
    original = sha256(handed.content).hexdigest()
    size = len(handed.content)
    return {
        "kind": kind,
        "media_type": media_type,
        "was": was,
        "original": original,
        "size": size,
        "shows": handed.shows,
    }
