"""One picture file: what is no picture is refused with a reason, and nothing hidden survives."""

from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from services.hosting.pictures import Fault, Limits, PictureRefused, paint
from tests.unit.intake.pictures import WHERE, bomb, jpeg, picture

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

LIMITS = Limits(size=1_000_000, pixels=20_000_000)
ZIP = b"PK\x05\x06" + b"\x00" * 18


def test_time_and_place_are_taken_out_and_nothing_else_of_the_file_is_kept() -> None:
    painted = paint(jpeg(), LIMITS)
    assert painted.taken_at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert painted.longitude == pytest.approx(WHERE[0]) and painted.latitude == pytest.approx(
        WHERE[1]
    )
    kept = Image.open(BytesIO(painted.content))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (64, 48), {})
    assert b"2026:03:01" not in painted.content and b"Exif" not in painted.content


def test_a_picture_that_lies_on_its_side_is_turned() -> None:
    assert (paint(jpeg(turned=6), LIMITS).width, paint(jpeg(turned=6), LIMITS).height) == (48, 64)


def test_the_same_picture_is_the_same_content() -> None:
    assert paint(jpeg(), LIMITS).content == paint(jpeg(), LIMITS).content


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "BMP"])
def test_other_kinds_become_the_one_kind_that_is_kept(kind: str) -> None:
    mode = "RGB" if kind == "BMP" else "RGBA"
    assert Image.open(BytesIO(paint(picture(kind, mode), LIMITS).content)).format == "JPEG"


@pytest.mark.parametrize(
    ("content", "fault", "said"),
    [
        (b"", Fault.EMPTY, "空文件"),
        (b"no picture at all", Fault.NO_PICTURE, "不是图片"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            Fault.NO_PICTURE,
            "SVG",
        ),
        (b"<?xml version='1.0'?><svg/>", Fault.NO_PICTURE, "SVG"),
        (bomb(), Fault.TOO_MANY_PIXELS, "30000×30000"),
        (jpeg()[:400], Fault.BROKEN, "不完整"),
        (picture("PNG")[:40], Fault.BROKEN, "不完整"),
        (jpeg() + b"<script>alert(1)</script>", Fault.TWO_NATURES, "又藏有"),
        (jpeg() + ZIP, Fault.TWO_NATURES, "又藏有"),
        (jpeg() + b"<?php system(1);", Fault.TWO_NATURES, "又藏有"),
        (b"\xff" * 1_000_001, Fault.TOO_LARGE, "最多 1000000 字节"),
        (b"%PDF-1.7\n", Fault.TWO_NATURES, "又藏有"),
        (b"II*\x00" + b"\x00" * 60, Fault.NO_PICTURE, "不是图片"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_no_honest_picture_is_refused_in_chinese(
    content: bytes, fault: Fault, said: str
) -> None:
    with pytest.raises(PictureRefused, match=said) as refused:
        paint(content, LIMITS)
    assert refused.value.fault is fault


@given(cut=st.integers(0, len(jpeg())), noise=st.binary(max_size=64))
def test_a_damaged_file_is_a_picture_or_refused_and_never_anything_else(
    cut: int, noise: bytes
) -> None:
    with suppress(PictureRefused):
        assert paint(jpeg()[:cut] + noise + jpeg()[cut + len(noise) :], LIMITS).width > 0
