"""How the recogniser learns and is judged: losses, folds without twins, honest thresholds."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from services.classification.adapters.recogniser.corpus import CORPUS, Labelled, read_reports
from services.classification.adapters.recogniser.domains import told_twice
from services.classification.adapters.recogniser.honesty import (
    Judged,
    calibration_error,
    typical_of,
)
from services.classification.adapters.recogniser.linear import (
    Floats,
    cross_entropy,
    scaling,
    squared_hinge,
)
from services.classification.adapters.recogniser.model import Text
from services.reference.catalogue import load_catalogue


@pytest.mark.parametrize("loss", [cross_entropy, squared_hinge])
def test_a_loss_slopes_as_it_rises(loss: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> None:
    chance = np.random.default_rng(3)
    scores = chance.normal(size=(6, 4)).astype(np.float32)
    truth = np.eye(4, dtype=np.float32)[[0, 1, 2, 3, 0, 1]]
    ahead = chance.normal(size=scores.shape).astype(np.float32)
    _, slope = loss(scores, truth)
    rise = loss(scores + 0.01 * ahead, truth)[0].sum() - loss(scores - 0.01 * ahead, truth)[0].sum()
    assert rise / 0.02 == pytest.approx(float((slope * ahead).sum()), rel=0.02)


def test_what_is_told_twice_is_one_matter() -> None:
    matter = told_twice(
        [
            "小区门口的路灯坏了三个月没人修",
            "关于学校食堂的饭菜价格",
            "小区门口的路灯坏了三个月没有人修",
            "请问末班公交几点收车",
        ]
    )
    assert matter[0] == matter[2]
    assert len({matter[0], matter[1], matter[3]}) == 3


def judged(spoken: list[bool], typical: list[bool]) -> Judged:
    """Six texts of which the model says 0.9, 0.8 … of danger; the first, third and sixth are."""
    return Judged(
        answers=np.array(["91001", "91005"]),
        truth=np.array(["91001"] * 6),
        sure=np.tile(np.array([[0.9, 0.1]], np.float32), (6, 1)),
        is_report=np.full(6, 0.9, np.float32),
        is_danger=np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], np.float32),
        spoken=np.array(spoken),
        grave=np.array([True, False, True, False, False, True]),
        typical=np.array(typical),
        sources=np.array(["a"] * 6),
    )


def test_only_typical_texts_set_the_threshold_of_danger() -> None:
    silent = [False] * 6
    assert 0.8 < judged(silent, [True] * 6).danger_from <= 0.9
    without_the_doubtful = [True, False, True, True, True, True]
    assert 0.6 < judged(silent, without_the_doubtful).danger_from <= 0.7


def test_where_it_is_about_a_life_a_hint_is_believed_sooner() -> None:
    silent, everything = [False] * 6, [True] * 6
    six = replace(
        judged(silent, everything),
        sure=np.array([[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 3, np.float32),
        grave=np.array([True, False, False, True, True, True]),
    )
    assert six.of_life.tolist() == [False] * 3 + [True] * 3
    assert six.life_from <= 0.4 and 0.8 < six.danger_from <= 0.9
    assert six.alarms.tolist() == six.grave.tolist()


def test_a_word_of_the_lexicon_finds_what_the_model_misses() -> None:
    found = judged([False] * 5 + [True], [True] * 6).figures(np.ones(6, bool))
    assert found["danger_recall"] > found["danger_recall_of_model"]


def test_confidence_that_is_kept_has_no_calibration_error() -> None:
    sure = np.full(10, 0.8, np.float32)
    assert calibration_error(sure, np.arange(10) < 8) == pytest.approx(0.0, abs=1e-6)
    assert calibration_error(sure, np.arange(10) < 3) == pytest.approx(0.5, abs=1e-6)


def test_scaled_scores_say_how_often_they_are_right() -> None:
    chance = np.random.default_rng(5)
    truth = (chance.random(4_000) < 0.2).astype(np.int64)
    score = (3.0 * (truth - 0.5) + chance.normal(size=4_000) + 2.0).astype(np.float32)
    scores = np.stack([-score, score], axis=1)
    sure = scaling(scores, truth).sure(scores)[:, 1]
    assert sure.mean() == pytest.approx(truth.mean(), abs=0.01)
    assert calibration_error(sure, truth == 1) < 0.03
    assert calibration_error((1 / (1 + np.exp(-2 * score))).astype(np.float32), truth == 1) > 0.2


def test_texts_are_all_typical_where_none_is_said_to_be() -> None:
    hard = Labelled(Text("楼上漏水"), "94005", is_danger=False, is_typical=False)
    plain = Labelled(Text("路灯坏了"), "94006", is_danger=False)
    assert typical_of([hard, plain]).tolist() == [False, True]
    assert typical_of([hard]).tolist() == [True]


def test_the_corpus_has_everyday_reports_to_be_judged_by() -> None:
    rows = read_reports(CORPUS, load_catalogue().entries)
    everyday = [each for each in rows if each.is_typical]
    assert len(everyday) > 1_000
    assert sum(each.is_danger for each in everyday) > 100
    assert sum(not each.code for each in everyday) > 100
