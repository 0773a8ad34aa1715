"""One picture file (图片): what it really is, its evidence, and its pixels alone.

The type is known by content, the size by the header before anything is unpacked. What is kept
is painted anew as JPEG: neither EXIF nor anything hidden behind the picture survives. Blocking:
call it in a thread.
"""

import re
import warnings
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from services.reference.calendar import BEIJING

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF")
BROKEN = "图片不完整或已损坏"
LONGEST_SIDE = 4_096
QUALITY = 88
TEXTUAL = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!|svg|html|script)", re.IGNORECASE)
ACTIVE = re.compile(rb"<script|<\?php|<html|<svg[\s>]|<iframe", re.IGNORECASE)
OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
ARCHIVE_END, ARCHIVE_TAIL = b"PK\x05\x06", 65_557
PDF_HEAD = 1_024

Image.MAX_IMAGE_PIXELS = None  # the limit is ours, before anything is unpacked
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\..*")


class Fault(StrEnum):
    """Why a picture is not kept; the value is a label of the metric."""

    EMPTY = "empty"
    NO_PICTURE = "no_picture"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"
    TWO_NATURES = "two_natures"
    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"


class PictureRefused(Exception):
    """A picture that will never be kept; the sentence says why, in Chinese."""

    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a picture may be: its file in bytes, itself in pixels."""

    size: int = 15_000_000
    pixels: int = 64_000_000


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture painted anew, and what its file said of when and where (WGS-84 degrees).

    `was` is the media type that the file really had.
    """

    content: bytes = field(repr=False)
    width: int
    height: int
    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None
    was: str = ""


def paint(content: bytes, limits: Limits) -> Painted:
    """The picture in a file. Raises PictureRefused."""
    _refuse_by_bytes(content, limits)
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _refuse_by_header(image, limits)
            was = Image.MIME.get(image.format or "", "")
            evidence = _evidence(image.getexif())
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            painted = _plain(ImageOps.exif_transpose(image))
            out = BytesIO()
            painted.save(out, "JPEG", quality=QUALITY)
    except UnidentifiedImageError:
        if content.startswith(BEGINNINGS):
            raise PictureRefused(Fault.BROKEN, BROKEN) from None
        raise PictureRefused(Fault.NO_PICTURE, _what_it_is(content)) from None
    except PictureRefused:
        raise
    except Exception:  # a damaged file may fail in any way
        raise PictureRefused(Fault.BROKEN, BROKEN) from None
    return Painted(out.getvalue(), painted.width, painted.height, *evidence, was=was)


def _refuse_by_bytes(content: bytes, limits: Limits) -> None:
    if not content:
        raise PictureRefused(Fault.EMPTY, "图片是空文件（0 字节）")
    if len(content) > limits.size:
        raise PictureRefused(Fault.TOO_LARGE, f"图片 {len(content)} 字节，最多 {limits.size} 字节")
    if TEXTUAL.match(content):
        raise PictureRefused(Fault.NO_PICTURE, _what_it_is(content))
    tail = content[-ARCHIVE_TAIL:]
    if ACTIVE.search(content) or b"%PDF-" in content[:PDF_HEAD] or ARCHIVE_END in tail:
        raise PictureRefused(
            Fault.TWO_NATURES, "文件既是图片又藏有网页、脚本、文档或压缩包，已拒收"
        )


def _refuse_by_header(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.pixels:
        why = f"图片 {width}×{height} 像素，超过上限 {limits.pixels} 像素"
        raise PictureRefused(Fault.TOO_MANY_PIXELS, why)


def _what_it_is(content: bytes) -> str:
    if b"<svg" in content[:4_096].lower():
        return "SVG 不是照片，可能带有脚本，不接收"
    return "文件内容不是图片（支持 JPEG、PNG、WebP、GIF、BMP）"


def _plain(image: Image.Image) -> Image.Image:
    """The pixels as RGB, on white where they are clear, no side longer than LONGEST_SIDE."""
    if image.mode != "RGB":
        layered = image.convert("RGBA")
        painted = Image.new("RGB", image.size, "white")
        painted.paste(layered, mask=layered.getchannel("A"))
    else:
        painted = image.copy()
    painted.info.clear()
    painted.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return painted


def _evidence(exif: Image.Exif) -> tuple[datetime | None, float | None, float | None]:
    """When and where, as far as the file says so; a strange entry says nothing."""
    try:
        told = exif.get_ifd(ExifTags.IFD.Exif)
        where = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:  # an EXIF block may be damaged in any way
        return None, None, None
    x = _degrees(where, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    y = _degrees(where, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    is_known = x is not None and y is not None and (x, y) != (0.0, 0.0)
    return _taken_at(told, exif), x if is_known else None, y if is_known else None


def _taken_at(told: Any, exif: Image.Exif) -> datetime | None:
    said = told.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        moment = datetime.strptime(str(said).strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    zone = OFFSET.fullmatch(str(told.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 "))
    if not zone:
        return moment.replace(tzinfo=BEIJING)
    ahead = timedelta(hours=int(zone[2]), minutes=int(zone[3]))
    if ahead >= timedelta(hours=24):
        return moment.replace(tzinfo=BEIJING)
    return moment.replace(tzinfo=timezone(-ahead if zone[1] == "-" else ahead))


def _degrees(where: Any, name: int, side: int, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(each) for each in where[name])
        found = degrees + minutes / 60 + seconds / 3_600
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    signed = -found if str(where.get(side, "")).startswith(negative) else found
    return round(signed, 7) if -most <= signed <= most else None
