"""Dangers that are only hinted at, and what sounds like them: texts that no model learned from.

They were written before the corpus of hints was, and were never a reason for one of its rows.
"""

from pathlib import Path

from services.classification.adapters.recogniser.corpus import CORPUS, read_reports
from services.classification.adapters.recogniser.evaluation import figures
from services.classification.adapters.recogniser.features import learn
from services.reference.danger import danger_in
from tests.unit.classification.cases import CATALOGUE, RECOGNISER

HELD_OUT = read_reports(Path(__file__).with_name("held_out_hints.csv"), CATALOGUE.entries)
ALIKE = 0.75


def test_no_held_out_text_is_learned_from() -> None:
    learned = [each.text.whole for each in read_reports(CORPUS, CATALOGUE.entries)]
    held = [each.text.whole for each in HELD_OUT]
    vocabulary = learn([*learned, *held], longest=2, least=1)
    likeness = vocabulary.vectors(held) @ vocabulary.vectors(learned).T
    assert likeness.max() < ALIKE


def test_the_lexicon_does_not_know_them() -> None:
    grave = [each for each in HELD_OUT if each.is_danger]
    assert len(grave) > 100
    assert sum(danger_in(each.text.whole) is not None for each in grave) <= 2


def test_hinted_danger_is_found_and_what_sounds_like_it_seldom_is() -> None:
    found = figures(RECOGNISER, HELD_OUT)
    assert found["danger_recall"] >= 0.85
    assert found["danger_precision"] >= 0.85
