"""The grid tree."""

import pytest

from services.reference.ground import Kind, Tree, Unit
from tests.unit.reference.ground.outlined import COMMUNITY, GRID, tree_of, unit

ZONE = Unit("999001002", "桂溪街道", Kind.STREET, ("桂溪乡",), zone="高新区")
TREE = Tree([*tree_of(f"{GRID}001", f"{GRID}002", f"{COMMUNITY}002"), ZONE, unit("999001002001")])


def test_a_unit_is_found_by_its_code_and_by_its_form_of_14_digits() -> None:
    assert TREE.unit(GRID) is TREE.unit(GRID[:12] + GRID[13:])
    assert TREE.unit("999001001001009") is None


def test_children_lie_one_level_down() -> None:
    assert [each.code for each in TREE.children(GRID)] == [f"{GRID}001", f"{GRID}002"]
    assert [each.code for each in TREE.children("")] == ["999001"]


def test_what_lies_in_a_unit_is_all_below_it_and_itself() -> None:
    assert {each.code for each in TREE.under(GRID)} == {GRID, f"{GRID}001", f"{GRID}002"}
    assert len(TREE.under("")) == len(TREE)


def test_a_functional_zone_is_found_by_name_and_holds_for_all_below() -> None:
    assert list(TREE.named("高新区")) == [ZONE] == list(TREE.named("桂溪乡"))
    assert TREE.zone("999001002001") == "高新区"
    assert TREE.zone(GRID) == ""


def test_a_unit_is_described_from_the_community_down() -> None:
    assert TREE.described(f"{GRID}002") == "第1社区第1网格第2微网格"
    assert TREE.described("999001002") == "桂溪街道"


@pytest.mark.parametrize(
    ("codes", "top"), [((f"{GRID}001",), f"{GRID}001"), ((GRID, "999001002"), "999001"), ((), "")]
)
def test_the_top_is_the_lowest_unit_in_which_all_lies(codes: tuple[str, ...], top: str) -> None:
    assert Tree(tree_of(*codes)).top == top


def test_units_are_counted_by_kind() -> None:
    assert TREE.counts() == {"区县": 1, "街道": 2, "社区": 2, "一般网格": 2, "微网格": 2}
