"""Words that mean nearly the same, and where a title ends that was not kept apart."""

from pathlib import Path

import numpy as np
import pytest

from services.classification.adapters.recogniser import features
from services.classification.adapters.recogniser.headline import headline
from services.classification.adapters.recogniser.meanings import (
    FIRST,
    is_meaning,
    read_meanings,
)
from services.classification.domain.verdict import ModelError


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "meanings.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_two_words_of_one_meaning_are_alike(tmp_path: Path) -> None:
    known = read_meanings(table(tmp_path, "# old people\nold: 婆婆 老人家\nlift: 电梯 轿厢\n"))
    texts = ["婆婆摔了", "老人家在哭", "轿厢停了", "电梯坏了"]
    vectors = features.learn(texts, longest=1, table=known).vectors(texts)
    likeness = (vectors @ vectors.T).toarray()
    assert likeness[0, 1] > 0 and likeness[2, 3] > likeness[2, 1]
    plain = features.learn(texts, longest=1).vectors(texts)
    assert (plain @ plain.T).toarray()[0, 1] == 0


def test_a_meaning_counts_once_a_text_and_a_word_may_have_two(tmp_path: Path) -> None:
    known = read_meanings(table(tmp_path, "old: 婆婆\nkin: 婆婆 爷爷\n"))
    documents, keys = known.of(*features.pieces(["婆婆和婆婆", "爷爷", "没有"], 3))
    assert documents.tolist() == [0, 0, 1]
    assert keys.tolist() == [FIRST, FIRST + 1, FIRST + 1]
    assert is_meaning(keys).all() and not is_meaning(features.pieces(["婆婆"], 2)[1]).any()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("old 婆婆", "meanings.txt:2: write 'name: word word'"),
        ("old: 老人家们", "meanings.txt:2: '老人家们' has more than 3 characters"),
    ],
)
def test_a_line_that_is_no_meaning_is_named(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        read_meanings(table(tmp_path, f"lift: 电梯\n{line}\n"))


def test_the_shipped_table_can_be_read() -> None:
    assert len(read_meanings().words) > 1_000


def test_a_title_ends_where_the_letter_begins() -> None:
    assert headline("小区路灯坏了无人修尊敬的领导：您好！我是住户") == "小区路灯坏了无人修"
    assert headline("路灯坏了三个月没有人管，晚上看不见") == "路灯坏了三个月没有人管，"
    assert len(headline("字" * 200)) == 30


def test_pieces_that_lean_to_an_answer_weigh_more() -> None:
    texts = ["水管的事", "水管的话", "路灯的事", "路灯的话"]
    plain = features.learn(texts, longest=1)
    leaning = features.leaning(plain, plain.vectors(texts), np.array([0, 0, 1, 1]))
    weight = {
        features.written(int(key)): each
        for key, each in zip(plain.keys, leaning.weights / plain.weights, strict=True)
    }
    assert weight["灯"] > weight["的"] and weight["水"] == pytest.approx(weight["灯"])
