"""Pictures for tests, drawn on the spot: small ones, bombs, and what only calls itself one."""

import struct
import zlib
from io import BytesIO

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

WHERE = (104.1, 30.66)


def jpeg(width: int = 64, height: int = 48, *, told: bool = True, turned: int = 1) -> bytes:
    """A photograph; if `told`, its file says when and where it was taken."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    if told:
        taken = exif.get_ifd(ExifTags.IFD.Exif)
        taken[ExifTags.Base.DateTimeOriginal] = "2026:03:01 08:30:00"
        taken[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
        where = exif.get_ifd(ExifTags.IFD.GPSInfo)
        where[ExifTags.GPS.GPSLongitudeRef], where[ExifTags.GPS.GPSLatitudeRef] = "E", "N"
        where[ExifTags.GPS.GPSLongitude] = _degrees(WHERE[0])
        where[ExifTags.GPS.GPSLatitude] = _degrees(WHERE[1])
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def picture(kind: str, mode: str = "RGBA") -> bytes:
    """A small picture of another kind."""
    out = BytesIO()
    Image.new(mode, (8, 8)).save(out, kind)
    return out.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of some kilobytes that unpacks to gigabytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 100_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", rows)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    seconds = round(((value - whole) * 60 - minutes) * 60 * 10_000)
    return IFDRational(whole), IFDRational(minutes), IFDRational(seconds, 10_000)
