"""Training: every text is judged once by a model that has not seen it, then all are learned.

The judgements of those folds give the figures of the model card, make the probabilities honest,
and set the thresholds. The same data and seed give the same model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from services.classification.adapters.recogniser import features
from services.classification.adapters.recogniser.corpus import Labelled
from services.classification.adapters.recogniser.domains import learn_domains
from services.classification.adapters.recogniser.honesty import (
    Judged,
    calibration_error,
    typical_of,
)
from services.classification.adapters.recogniser.linear import (
    Course,
    Floats,
    Head,
    Scaling,
    fit,
    scaling,
)
from services.classification.adapters.recogniser.meanings import Meanings, read_meanings
from services.classification.adapters.recogniser.model import (
    CHANNELS,
    DANGER,
    REPORT,
    Model,
)
from services.classification.domain.harmless import is_harmless

FOLDS = 5
ALWAYS = -1
"""The fold of what is learned from in every fold."""
LONGEST_PIECE = 2
CATEGORY = Course(trust=10.0, steps=50)
IS_REPORT = Course(trust=15.0)
IS_DANGER = Course(trust=15.0)
DANGER_IMPORTANCE = 3.0
"""A danger that is missed costs more than an alarm too many."""
NOTHING, SAFE = "nothing", "safe"

Progress = Callable[[str, float], None]
"""Told what is being done, and which share of the whole is done."""


@dataclass(frozen=True)
class _Question:
    """One head to be learned: the answers of all texts, and which texts it is about."""

    name: str
    labels: tuple[str, ...]
    importance: Floats
    course: Course
    about: NDArray[np.bool_]


def train(
    reports: Sequence[Labelled],
    messages: Sequence[tuple[str, str]],
    *,
    names: Sequence[Labelled] = (),
    seed: int = 7,
    lexicon: Callable[[str], str | None] = lambda text: None,
    progress: Progress = lambda what, share: None,
) -> Model:
    """A model of these reports and messages, with its card.

    `names` are what the categories are called: the head of the categories learns them beside the
    reports, always, and is never judged by them.
    `lexicon` finds the word of a text that means danger to life, or None: it is asked beside
    the model, and either is enough, so the threshold of the model is fitted to what it misses.
    """
    fold = np.random.default_rng(seed).permutation(len(reports)) % FOLDS
    questions = _asked(reports)
    typical = typical_of(reports)
    taught = _with_names(questions, names)
    table = read_meanings()
    texts = _report_texts([*reports, *names])
    unseen = _unseen(texts, taught, np.append(fold, np.full(len(names), ALWAYS)), table, progress)
    unseen = {name: scores[: len(reports)] for name, scores in unseen.items()}
    vocabulary = features.learn(texts, longest=LONGEST_PIECE, table=table)
    vectors = vocabulary.vectors(texts)
    scalings = {each.name: _scaling(each, unseen[each.name], typical) for each in questions}
    everything = np.ones(len(texts), bool)
    heads = {}
    for number, each in enumerate(taught):
        progress(f"learning: {each.name}", 0.65 + 0.05 * number)
        heads[each.name] = scalings[each.name].on(_fitted(vectors, each, everything))
    long, domain, domain_figures = learn_domains(
        messages, seed, lambda what, share: progress(what, 0.8 + 0.2 * share)
    )
    sure = {name: each.sure(unseen[name]) for name, each in scalings.items()}
    harmless = np.array([is_harmless(each.text.whole) for each in reports])
    judged = Judged(
        answers=np.array(_answers(questions[0])),
        truth=np.array(questions[0].labels),
        sure=sure["category"],
        is_report=sure["report"][:, _place(questions[1], REPORT)],
        is_danger=np.where(harmless, 0.0, sure["danger"][:, _place(questions[2], DANGER)]),
        spoken=np.array([bool(lexicon(each.text.whole)) for each in reports]),
        grave=np.array([each.is_danger for each in reports]),
        typical=typical,
        sources=np.array([each.source for each in reports]),
    )
    card = judged.card() | domain_figures | {"seed": seed}
    card["calibration_error_apart"] = _apart(questions[0], unseen["category"], typical, fold)
    return Model(
        reports=vocabulary,
        messages=long,
        category=heads["category"],
        report=heads["report"],
        danger=heads["danger"],
        domain=domain,
        card=card | _sizes(reports),
    )


def _asked(reports: Sequence[Labelled]) -> list[_Question]:
    real = np.array([bool(each.code) for each in reports])
    danger = np.array([each.is_danger for each in reports])
    importance = np.array([each.importance for each in reports], np.float32)
    everything = np.ones(len(reports), bool)
    graver = np.where(danger, importance * DANGER_IMPORTANCE, importance).astype(np.float32)
    return [
        _Question("category", tuple(each.code for each in reports), importance, CATEGORY, real),
        _Question("report", _either(real, REPORT, NOTHING), importance, IS_REPORT, everything),
        _Question("danger", _either(danger, DANGER, SAFE), graver, IS_DANGER, everything),
    ]


def _with_names(questions: Sequence[_Question], names: Sequence[Labelled]) -> list[_Question]:
    """The questions to the reports and, after them, to the names: those are asked the first."""
    first, *others = questions
    labels = tuple(each.code for each in names)
    weights = np.array([each.importance for each in names], np.float32)
    return [
        replace(
            each,
            labels=each.labels + labels,
            importance=np.append(each.importance, weights),
            about=np.append(each.about, np.full(len(names), each is first)),
        )
        for each in (first, *others)
    ]


def _either(which: NDArray[np.bool_], yes: str, no: str) -> tuple[str, ...]:
    return tuple(yes if each else no for each in which)


def _report_texts(reports: Sequence[Labelled]) -> list[str]:
    return [CHANNELS[each.text.channel] + each.text.whole for each in reports]


def _unseen(
    texts: list[str],
    questions: Sequence[_Question],
    fold: NDArray[np.int64],
    table: Meanings,
    progress: Progress,
) -> dict[str, Floats]:
    """The scores of each text by heads that have not seen it: {name: (texts, answers)}."""
    found = {
        each.name: np.zeros((len(texts), len(_answers(each))), np.float32) for each in questions
    }
    for number in range(FOLDS):
        kept = fold != number
        learned = [texts[i] for i in np.flatnonzero(kept)]
        vocabulary = features.learn(learned, longest=LONGEST_PIECE, table=table)
        vectors = vocabulary.vectors(texts)
        for each in questions:
            progress(f"judging unseen texts: {each.name}", 0.65 * number / FOLDS)
            head = _fitted(vectors, each, kept)
            found[each.name][~kept] = head.scores(vectors[~kept])
    return found


def _place(question: _Question, answer: str) -> int:
    return _answers(question).index(answer)


def _answers(question: _Question) -> tuple[str, ...]:
    return tuple(sorted({question.labels[i] for i in np.flatnonzero(question.about)}))


def _fitted(vectors: csr_array, question: _Question, kept: NDArray[np.bool_]) -> Head:
    rows = np.flatnonzero(kept & question.about)
    labels = [question.labels[i] for i in rows]
    return fit(
        vectors[rows], labels, question.importance[rows], question.course, _answers(question)
    )


def _scaling(question: _Question, unseen: Floats, typical: NDArray[np.bool_]) -> Scaling:
    rows = np.flatnonzero(question.about & typical)
    return scaling(unseen[rows], _target(question, rows))


def _apart(
    question: _Question, unseen: Floats, typical: NDArray[np.bool_], fold: NDArray[np.int64]
) -> float:
    """The calibration error of typical texts, those of each fold scaled by those of the others."""
    sure, right = list[Floats](), list[NDArray[np.bool_]]()
    for number in range(FOLDS):
        rows = np.flatnonzero(question.about & typical & (fold == number))
        told = _scaling(question, unseen, typical & (fold != number)).sure(unseen[rows])
        sure.append(told.max(axis=1))
        right.append(told.argmax(axis=1) == _target(question, rows))
    return round(calibration_error(np.concatenate(sure), np.concatenate(right)), 4)


def _target(question: _Question, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    places = {answer: place for place, answer in enumerate(_answers(question))}
    return np.array([places[question.labels[i]] for i in rows])


def _sizes(reports: Sequence[Labelled]) -> dict[str, Any]:
    return {
        "reports": sum(bool(each.code) for each in reports),
        "non_reports": sum(not each.code for each in reports),
        "dangers": sum(each.is_danger for each in reports),
    }
