"""Dangers that are only hinted at, what sounds like them, a building's chat: none of it learned.

The first set was written before the corpus of hints was, the second and the one of chat before
anything was asked of the model that they judge; none was ever a reason for a row of the corpus.
"""

from pathlib import Path

import pytest

from services.classification.adapters.recogniser.corpus import CORPUS, Labelled, read_reports
from services.classification.adapters.recogniser.evaluation import figures
from services.classification.adapters.recogniser.features import learn
from services.classification.domain.recognition import Said
from services.reference.danger import danger_in
from tests.unit.classification.cases import CATALOGUE, RECOGNISER

ALIKE = 0.75


def held_out(name: str) -> list[Labelled]:
    """The texts of a file beside this one."""
    return read_reports(Path(__file__).with_name(f"held_out_{name}.csv"), CATALOGUE.entries)


HINTS = held_out("hints"), held_out("hints_again")
CHAT = held_out("brief")


def test_no_held_out_text_is_learned_from() -> None:
    learned = [each.text.whole for each in read_reports(CORPUS, CATALOGUE.entries)]
    held = [each.text.whole for rows in (*HINTS, CHAT) for each in rows]
    vocabulary = learn([*learned, *held], longest=2, least=1)
    likeness = vocabulary.vectors(held) @ vocabulary.vectors(learned).T
    assert likeness.max() < ALIKE


@pytest.mark.parametrize("rows", HINTS)
def test_the_lexicon_does_not_know_them(rows: list[Labelled]) -> None:
    grave = [each for each in rows if each.is_danger]
    assert len(grave) > 60
    assert sum(danger_in(each.text.whole) is not None for each in grave) <= 2


@pytest.mark.parametrize("rows", HINTS)
def test_hinted_danger_is_found_and_what_sounds_like_it_seldom_is(rows: list[Labelled]) -> None:
    found = figures(RECOGNISER, rows)
    assert found["danger_recall"] >= 0.85
    assert found["danger_precision"] >= 0.85


def test_who_reports_in_few_words_is_not_dismissed_unseen() -> None:
    readings = RECOGNISER.read([Said(each.text.text, channel="wechat") for each in CHAT])
    unseen = [each.opinion.entry is None for each in readings]
    reports = [gone for each, gone in zip(CHAT, unseen, strict=True) if each.code]
    chat = [gone for each, gone in zip(CHAT, unseen, strict=True) if not each.code]
    assert sum(reports) <= 0.15 * len(reports)
    assert sum(chat) >= 0.75 * len(chat)
