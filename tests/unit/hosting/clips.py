"""Clips for tests: the frame of one, with nothing to see in it."""

import struct


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of an MP4 file."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mp4(*kinds: bytes, brand: bytes = b"isom") -> bytes:
    """An MP4 file with these boxes at the top, by default those that it needs."""
    boxes = [box(each, b"\0" * 24) for each in kinds or (b"moov", b"mdat")]
    return b"".join([box(b"ftyp", brand + b"\0\0\2\0isom"), *boxes])
