"""A clip is what its content says, whatever its name; one that is cut short is refused."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.hosting.clips import ClipRefused, is_clip, media_type_of
from tests.unit.hosting.clips import box, mp4

WEBM = b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm" + b"\0" * 40
AVI = b"RIFF" + struct.pack("<I", 28) + b"AVI LIST" + b"\0" * 20


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (mp4(), "video/mp4"),
        (mp4(b"free", b"mdat", b"moov"), "video/mp4"),
        (mp4(brand=b"qt  "), "video/quicktime"),
        (mp4(b"moov") + struct.pack(">I4s", 0, b"mdat") + b"rest", "video/mp4"),
        (mp4(b"moov") + struct.pack(">I4sQ", 1, b"mdat", 20) + b"rest", "video/mp4"),
        (WEBM, "video/webm"),
        (WEBM.replace(b"webm", b"matroska"), "video/x-matroska"),
        (AVI, "video/x-msvideo"),
    ],
)
def test_a_clip_is_known_by_its_content(content: bytes, media_type: str) -> None:
    assert is_clip(content) and media_type_of(content) == media_type


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (mp4()[:-1], "不完整"),
        (mp4(b"mdat"), "缺少 moov"),
        (mp4(b"moov"), "缺少 mdat"),
        (mp4() + struct.pack(">I4s", 4, b"bad "), "不完整"),
        (WEBM.replace(b"webm", b"noth"), "已损坏"),
        (AVI[:-1], "比它自己说的短"),
        (b"no clip at all", "不是录像"),
    ],
)
def test_what_is_no_whole_clip_is_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(ClipRefused, match=said):
        media_type_of(content)


def test_a_clip_that_is_too_large_is_refused() -> None:
    with pytest.raises(ClipRefused, match="最多 10 字节"):
        media_type_of(mp4(), 10)


def test_a_picture_of_a_phone_is_no_clip() -> None:
    assert not is_clip(box(b"ftyp", b"heic\0\0\0\0")) and not is_clip(b"")


@given(st.binary(max_size=200), st.sampled_from([mp4(), WEBM, AVI]))
def test_whatever_follows_it_is_told_or_refused(rubbish: bytes, clip: bytes) -> None:
    with suppress(ClipRefused):
        assert media_type_of(clip + rubbish).startswith("video/")
