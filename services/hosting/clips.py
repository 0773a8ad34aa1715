"""One clip (录像): what it really is, by its content and not by its name; kept as it came.

A clip is evidence byte for byte: it is not changed, only its frame is walked through.
"""

from collections.abc import Iterator

LARGEST = 100_000_000
"""Bytes: some minutes of a camera."""
STILLS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
"""Brands of the same container that hold pictures."""
EBML = b"\x1a\x45\xdf\xa3"
EBML_HEAD = 64


class ClipRefused(Exception):
    """A clip that will never be kept; the sentence says why, in Chinese."""


def is_clip(content: bytes) -> bool:
    """Whether a file means to be a clip."""
    return (
        (content[4:8] == b"ftyp" and content[8:12] not in STILLS)
        or content.startswith(EBML)
        or (content.startswith(b"RIFF") and content[8:12] == b"AVI ")
    )


def media_type_of(content: bytes, largest: int = LARGEST) -> str:
    """What a clip really is. Raises ClipRefused."""
    if len(content) > largest:
        raise ClipRefused(f"录像 {len(content)} 字节，最多 {largest} 字节，请截取事发前后的片段")
    if content[4:8] == b"ftyp":
        return _mp4(content)
    if content.startswith(EBML):
        return _ebml(content)
    if content.startswith(b"RIFF") and content[8:12] == b"AVI ":
        if int.from_bytes(content[4:8], "little") + 8 > len(content):
            raise ClipRefused("录像不完整：AVI 文件比它自己说的短")
        return "video/x-msvideo"
    raise ClipRefused("文件内容不是录像（支持 MP4、MOV、WebM、MKV、AVI）")


def _mp4(content: bytes) -> str:
    boxes = set(_boxes(content))
    for needed in (b"moov", b"mdat"):
        if needed not in boxes:
            raise ClipRefused(f"录像不完整：缺少 {needed.decode()}，请重新导出")
    return "video/quicktime" if content[8:12] == b"qt  " else "video/mp4"


def _boxes(content: bytes) -> Iterator[bytes]:
    """The kinds of the boxes at the top; raises ClipRefused where one goes beyond the end."""
    at = 0
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(content) - at
        if size < 8 or at + size > len(content):
            raise ClipRefused("录像不完整或已损坏，请重新导出")
        yield kind
        at += size


def _ebml(content: bytes) -> str:
    head = content[:EBML_HEAD]
    if b"webm" in head:
        return "video/webm"
    if b"matroska" in head:
        return "video/x-matroska"
    raise ClipRefused("录像不完整或已损坏，请重新导出")
