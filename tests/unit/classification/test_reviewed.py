"""What people answered is learned from, and its share and effect are told."""

from pathlib import Path

import pytest

from services.classification.adapters.recogniser.corpus import Labelled
from services.classification.adapters.recogniser.evaluation import figures
from services.classification.adapters.recogniser.model import Text
from services.classification.adapters.recogniser.reviewed import (
    IMPORTANCE,
    REVIEWS,
    effect,
    read_answers,
)
from services.classification.domain.verdict import ModelError
from services.reference.catalogue import load_catalogue
from tests.unit.classification.cases import RECOGNISER

CODES = load_catalogue().entries
HEAD = "text,channel,code,danger_to_life,is_hazard\n"


def answers(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(HEAD + "".join(f"{each}\n" for each in rows), encoding="utf-8")
    return path


def test_of_one_text_the_last_answer_is_learned(tmp_path: Path) -> None:
    path = answers(
        tmp_path,
        "门口堆了砖,wechat,06036,0,1",
        "今天天气好,wechat,,0,0",
        "门口堆了砖,wechat,08006,0,1",
    )
    rows = read_answers([path], CODES)
    assert [(each.text.text, each.code) for each in rows] == [
        ("门口堆了砖", "08006"),
        ("今天天气好", ""),
    ]
    assert all(each.importance == IMPORTANCE and each.source == REVIEWS for each in rows)


def test_what_the_model_was_unsure_of_sets_no_threshold(tmp_path: Path) -> None:
    path = answers(tmp_path, "门口堆了砖,wechat,06036,0,1")
    assert not any(each.is_typical for each in read_answers([path], CODES))


def test_an_answer_that_the_catalogue_does_not_have_is_named(tmp_path: Path) -> None:
    path = answers(tmp_path, "门口堆了砖,wechat,12345,0,1")
    with pytest.raises(ModelError, match=r"answers\.csv:2: the catalogue has no category '12345'"):
        read_answers([path], CODES)


def test_share_and_effect_stand_side_by_side(tmp_path: Path) -> None:
    rows = read_answers([answers(tmp_path, "三楼往下扔酒瓶,wechat,91001,0,1")], CODES)
    corpus = [Labelled(Text(f"路灯坏了{n}"), "94006", is_danger=False) for n in range(6)]
    before = figures(RECOGNISER, rows)
    told = effect([*corpus, *rows], before, before | {"top1": 0.5})
    assert told["answers"] == 1 and told["share_of_weight"] == 0.25
    assert told["top1_before"] == before["top1"] and told["top1_after"] == 0.5
