"""Codes of the grid tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.ground.codes import (
    LENGTHS,
    CodeError,
    Level,
    at_level,
    canonical,
    level_of,
    line_of,
    parent_of,
    short_form,
)

CODES = st.sampled_from(list(LENGTHS)).flatmap(
    lambda length: st.text("0123456789", min_size=length, max_size=length)
)


def test_a_grid_of_14_digits_and_of_15_is_the_same() -> None:
    assert canonical("51010800400301") == "510108004003001" == canonical("510108004003001")
    assert short_form("510108004003001") == "51010800400301"
    assert short_form("510108004003101") is None


@pytest.mark.parametrize(
    "written", ["５１０１０８", " 510108 ", "'510108", "510108.0"], ids=["wide", "space", "'", ".0"]
)
def test_a_code_is_read_however_a_table_wrote_it(written: str) -> None:
    assert canonical(written) == "510108"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("5101080040", "有 10 位：应为"),
        ("5.10108E+17", "科学计数法：请把该列设为“文本”"),
        ("51O108", "不全是数字"),
        ("", "是空的：请补上编码"),
    ],
)
def test_what_is_no_code_is_told_with_what_to_do(written: str, sentence: str) -> None:
    with pytest.raises(CodeError, match=sentence):
        canonical(written)


@given(CODES)
def test_a_code_lies_in_its_parent_and_so_up_to_the_district(code: str) -> None:
    line = line_of(code)
    assert line[-1] == code and len(line[0]) == 6
    assert [parent_of(each) for each in line[1:]] == line[:-1]
    assert [at_level(code, level_of(each)) for each in line] == line


@given(CODES)
def test_the_canonical_form_is_its_own(code: str) -> None:
    assert canonical(canonical(code)) == code


def test_the_part_of_a_lower_level_is_empty() -> None:
    assert at_level("510108", Level.MICRO_GRID) == ""
