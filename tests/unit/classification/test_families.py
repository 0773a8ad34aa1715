"""Which categories may be one matter, as the table says."""

import pytest

from services.classification.adapters.families import load_families
from services.classification.domain.families import Families, FamilyError, read_families
from tests.unit.classification.cases import CATALOGUE, LANE

HEAD = "family,metres,hours,likeness,codes,facets\n"
CODES = {"91001", "91008"}


def test_the_shipped_table_fits_the_shipped_catalogue() -> None:
    families = load_families(CATALOGUE.entries)
    assert families.of("91001") == families.of("91008")
    assert families.of("91001") != families.of(LANE)


def test_a_category_in_no_family_is_one_by_itself_within_50_metres_and_24_hours() -> None:
    alone = Families().of(LANE)
    assert (alone.name, alone.metres, alone.window.total_seconds()) == (LANE, 50, 24 * 3600)


def test_shares_of_one_family_add_up_and_the_chosen_one_comes_first() -> None:
    families = read_families(HEAD + "坠物,60,24,0,91001|91008,", CODES)
    leanings = families.leanings("91008", [("91001", 0.5), (LANE, 0.2), ("91008", 0.25)])
    assert leanings == (("坠物", 0.75), (LANE, 0.2))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("坠物,60,24,0,91001|99999,", "line 2: the catalogue has no category 99999"),
        ("坠物,60,24,0,91001,\n物,60,24,0,91001,", "line 3: 91001 is in 坠物 already"),
        ("坠物,60,24,0,91001,\n坠物,60,24,0,91008,", "line 3: 坠物 stands there twice"),
        ("坠物,600,24,0,91001,", "line 2: metres must be above 0 and at most 150"),
        ("坠物,60,0,0,91001,", "line 2: hours must be above 0"),
        ("坠物,60,24,1,91001,", "line 2: likeness must be from 0 to below 1"),
        ("坠物,60,24", "line 2: 3 fields where there must be 6"),
        ("坠物,x,24,0,91001,", "line 2: could not convert"),
    ],
)
def test_a_fault_names_its_line(row: str, sentence: str) -> None:
    with pytest.raises(FamilyError, match=sentence):
        read_families(HEAD + row, CODES)


def test_other_columns_are_refused() -> None:
    with pytest.raises(FamilyError, match="line 1: the columns must be"):
        read_families("a,b\n", CODES)
