"""The older standard beside the one in use."""

from pathlib import Path

import pytest

from services.reference.catalogue import CatalogueError, load_catalogue
from services.reference.standards import MAPPING, OLDER, load_standards

CATALOGUE = load_catalogue()
PIPE = ("GB/T 30428.2-2013", "事项", "05001")


def test_every_category_of_the_older_standard_leads_somewhere_or_says_that_it_does_not() -> None:
    standards = load_standards(CATALOGUE)
    assert set(standards.older) == set(standards.counterparts)
    assert standards.counterparts[PIPE].code == "96001"
    judged = [each for each in standards.counterparts.values() if each.basis != "名称相同"]
    assert judged and all(each.note for each in judged)


def test_the_same_code_of_another_standard_is_another_category() -> None:
    key = ("GB/T 30428.2-2013", "事项", "06002")
    assert load_standards(CATALOGUE).older[key].name == "临街屠宰"
    assert CATALOGUE.entries["06002"].name == "店面无证装修"


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        (
            OLDER,
            "GB/T 30428.2-2013,事项,05001,突发事件,水管,标准",
            "第 100 行：.*05001 与“供水管道破裂”重复",
        ),
        (OLDER, "GB/T 30428.2-2013,事项,05055,突发事件,,标准", "第 100 行：没有填 name"),
        (OLDER, "GB/T 30428.2-2013,事项,05055,突发事件,新类,标准", "没有写 05055（新类）"),
        (
            MAPPING,
            "GB/T 30428.2-2013,事项,05001,local,事项,96001,判断,",
            "第 100 行：.*已有对应，重复",
        ),
        (MAPPING, "GB/T 30428.2-2013,事项,09999,local,事项,96001,判断,", "第 100 行：原目录中没有"),
    ],
)
def test_a_clash_a_hole_and_what_leads_nowhere_are_named_with_their_row(
    tmp_path: Path, file: Path, line: str, told: str
) -> None:
    copy = tmp_path / file.name
    copy.write_text(f"{file.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")
    older, mapping = (copy, None) if file is OLDER else (None, copy)
    with pytest.raises(CatalogueError, match=told):
        load_standards(CATALOGUE, older, mapping)


def test_a_counterpart_that_is_not_in_the_catalogue_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "mapping.csv"
    text = MAPPING.read_text(encoding="utf-8").replace("local,事项,96001", "local,事项,96999")
    copy.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match="现行目录中没有 local 事项 96999"):
        load_standards(CATALOGUE, mapping=copy)
