"""The categories, and the words that name them."""

from pathlib import Path

import pytest

from schemas.dispatch import Mode
from schemas.incident import Severity
from services.reference.catalogue import (
    LIMIT,
    MODES,
    SCENES,
    SEVERITIES,
    SHIPPED,
    CatalogueError,
    load_catalogue,
)
from tests.unit.reference.cases import LAMP, written

CATALOGUE = load_catalogue()


def test_the_shipped_catalogue_loads_whole() -> None:
    assert len(CATALOGUE.entries) >= 144
    assert all(code == entry.code for code, entry in CATALOGUE.entries.items())
    assert all(entry.name and entry.lead and entry.scene for entry in CATALOGUE.entries.values())


def test_severities_and_modes_are_those_that_travel() -> None:
    assert tuple(Severity) == SEVERITIES
    assert tuple(Mode) == MODES


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(SHIPPED.read_bytes())
    assert load_catalogue(copy) == CATALOGUE
    assert load_catalogue(written(tmp_path, LAMP)).version != CATALOGUE.version


def test_a_catalogue_as_spreadsheets_save_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, LAMP)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_catalogue(path).entries["94001"].words == ("路灯", "灯不亮")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (LAMP, "第 3 行：代码 94001 与“路灯”重复"),
        (LAMP.replace("94001", "9400"), "第 3 行：'9400' 不是五位数字代码"),
        (LAMP.replace("94001", "9400A"), "第 3 行：'9400A' 不是五位数字代码"),
        (
            LAMP.replace("94001", "94002").replace("low", "dire"),
            "第 3 行：severity 是 'dire'，应为 low",
        ),
        (
            LAMP.replace("94001", "94002").replace("马上办", "不办"),
            "第 3 行：mode 是 '不办'，应为 马上办",
        ),
        (LAMP.replace("94001", "94002").replace("便民服务", ""), "第 3 行：scene 是 ''，应为"),
        (LAMP.replace("94001", "94002").replace("物业", ""), "第 3 行：类别 94002 没有填 lead"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, row: str, sentence: str) -> None:
    with pytest.raises(CatalogueError, match=sentence):
        load_catalogue(written(tmp_path, LAMP, row))


def test_a_category_without_words_is_named_by_no_text(tmp_path: Path) -> None:
    wordless = load_catalogue(written(tmp_path, "94002,其他,local,便民服务,low,马上办,物业,"))
    assert wordless.entries["94002"].words == ()
    assert wordless.named_in("路灯") == {}
    assert wordless.named_in("") == {}


def test_the_words_that_a_text_names_stand_in_its_order_each_once(tmp_path: Path) -> None:
    rows = (
        "94001,甲,local,便民服务,low,马上办,物业,一|二|三|四|五",
        "94002,乙,local,便民服务,low,马上办,物业,六",
    )
    found = load_catalogue(written(tmp_path, *rows)).named_in("五、三、六、一、三、四、二")
    assert found == {"94001": ["五", "三", "一", "四", "二"], "94002": ["六"]}


def test_a_longer_word_hides_the_shorter_one_in_it(tmp_path: Path) -> None:
    rows = (
        "94001,甲,local,便民服务,low,马上办,物业,车",
        "94002,乙,local,便民服务,low,马上办,物业,电瓶车",
    )
    catalogue = load_catalogue(written(tmp_path, *rows))
    assert catalogue.named_in("电瓶车") == {"94002": ["电瓶车"]}
    assert catalogue.named_in("电瓶车和车") == {"94002": ["电瓶车"], "94001": ["车"]}


def test_a_word_of_two_categories_names_both(tmp_path: Path) -> None:
    other = "94002,楼道灯,local,便民服务,low,马上办,物业,路灯"
    found = load_catalogue(written(tmp_path, LAMP, other)).named_in("路灯坏了")
    assert found == {"94001": ["路灯"], "94002": ["路灯"]}


def test_signs_in_a_word_mean_only_themselves(tmp_path: Path) -> None:
    catalogue = load_catalogue(written(tmp_path, LAMP.replace("路灯|灯不亮", "3.5米(高)|a+b")))
    assert catalogue.named_in("3.5米(高)和a+b") == {"94001": ["3.5米(高)", "a+b"]}
    assert catalogue.named_in("345米高，aab") == {}


def test_a_catalogue_without_a_column_or_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_text("code,name\n94001,路灯\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="第 1 行：缺少列 standard"):
        load_catalogue(path)
    with pytest.raises(CatalogueError, match="目录是空的"):
        load_catalogue(written(tmp_path))


def test_every_category_says_how_long_handling_may_take_and_where_that_is_from() -> None:
    assert all(LIMIT.fullmatch(each.limit) for each in CATALOGUE.entries.values())
    assert {each.limit_basis for each in CATALOGUE.entries.values()} == {"公开标准示例", "本项目"}
    assert {each.scene for each in CATALOGUE.entries.values()} == set(SCENES)
