"""Training: every text is judged once by a model that has not seen it, then all are learned.

The judgements of those folds give the figures of the model card, make the probabilities honest,
and set the thresholds. The same data and seed give the same model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from services.classification.adapters.recogniser import features
from services.classification.adapters.recogniser.corpus import Labelled
from services.classification.adapters.recogniser.features import Vocabulary
from services.classification.adapters.recogniser.linear import (
    Course,
    Floats,
    Head,
    fit,
    sharpness,
    softmax,
)
from services.classification.adapters.recogniser.model import (
    CHANNELS,
    DANGER,
    HEADLINE,
    REPORT,
    Model,
)

FOLDS = 5
CATEGORY = Course(epochs=12, rate=0.8)
IS_REPORT = Course(epochs=25, rate=0.8)
IS_DANGER = Course(epochs=12, rate=0.3)
DOMAIN = Course(epochs=10, rate=0.3)
DANGER_IMPORTANCE = 3.0
"""A danger that is missed costs more than an alarm too many."""
DROPPED_AT_MOST = 0.025
"""Share of real reports that may be taken for chat, among texts that were not learned from."""
PRECISE_AT_LEAST = 0.82
"""Share of alarms that must be true, among texts that were not learned from."""
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
    seed: int = 7,
    progress: Progress = lambda what, share: None,
) -> Model:
    """A model of these reports and messages, with its card."""
    fold = np.random.default_rng(seed).permutation(len(reports)) % FOLDS
    questions = [replace(each, course=replace(each.course, seed=seed)) for each in _asked(reports)]
    unseen = _unseen(reports, questions, fold, progress)
    vocabulary = features.learn(_report_texts(reports), longest=2)
    vectors = vocabulary.vectors(_report_texts(reports))
    heads = {}
    for number, each in enumerate(questions):
        progress(f"learning: {each.name}", 0.5 + 0.1 * number)
        heads[each.name] = _learned(vectors, each, unseen[each.name])
    long, domain, domain_figures = _domains(messages, seed, progress)
    card = _card(reports, questions, unseen, heads) | domain_figures | {"seed": seed}
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


def _either(which: NDArray[np.bool_], yes: str, no: str) -> tuple[str, ...]:
    return tuple(yes if each else no for each in which)


def _report_texts(reports: Sequence[Labelled]) -> list[str]:
    return [CHANNELS[each.text.channel] + each.text.whole for each in reports]


def _unseen(
    reports: Sequence[Labelled],
    questions: Sequence[_Question],
    fold: NDArray[np.int64],
    progress: Progress,
) -> dict[str, Floats]:
    """The scores of each text by heads that have not seen it: {name: (texts, answers)}."""
    texts = _report_texts(reports)
    found = {
        each.name: np.zeros((len(texts), len(_answers(each))), np.float32) for each in questions
    }
    for number in range(FOLDS):
        kept = fold != number
        vocabulary = features.learn([texts[i] for i in np.flatnonzero(kept)], longest=2)
        vectors = vocabulary.vectors(texts)
        for each in questions:
            progress(f"judging unseen texts: {each.name}", 0.5 * number / FOLDS)
            head = _fitted(vectors, each, kept)
            found[each.name][~kept] = head.scores(vectors[~kept])
    return found


def _answers(question: _Question) -> tuple[str, ...]:
    return tuple(sorted({question.labels[i] for i in np.flatnonzero(question.about)}))


def _fitted(vectors: csr_array, question: _Question, kept: NDArray[np.bool_]) -> Head:
    rows = np.flatnonzero(kept & question.about)
    labels = [question.labels[i] for i in rows]
    return fit(
        vectors[rows], labels, question.importance[rows], question.course, _answers(question)
    )


def _learned(vectors: csr_array, question: _Question, unseen: Floats) -> Head:
    head = _fitted(vectors, question, np.ones(len(question.labels), bool))
    rows = np.flatnonzero(question.about)
    return replace(head, sharpness=sharpness(unseen[rows], _target(question, rows)))


def _target(question: _Question, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    places = {answer: place for place, answer in enumerate(_answers(question))}
    return np.array([places[question.labels[i]] for i in rows])


def _domains(
    messages: Sequence[tuple[str, str]], seed: int, progress: Progress
) -> tuple[Vocabulary, Head, dict[str, Any]]:
    texts = [text for text, _ in messages]
    labels = [label for _, label in messages]
    answers = tuple(sorted(set(labels)))
    fold = np.random.default_rng(seed).permutation(len(texts)) % FOLDS
    course = replace(DOMAIN, seed=seed)
    even = np.ones(len(texts), np.float32)
    scores = np.zeros((len(texts), len(answers)), np.float32)

    def learned(rows: NDArray[np.int64]) -> tuple[Vocabulary, Head]:
        some = [texts[i] for i in rows]
        vocabulary = features.learn(
            some, [each[:HEADLINE] for each in some], longest=3, least=LEAST_OF_MESSAGES
        )
        vectors = vocabulary.vectors(some, [each[:HEADLINE] for each in some])
        return vocabulary, fit(vectors, [labels[i] for i in rows], even[rows], course, answers)

    for number in range(FOLDS):
        progress("judging unseen messages", 0.8 + 0.15 * number / FOLDS)
        vocabulary, head = learned(np.flatnonzero(fold != number))
        rows = np.flatnonzero(fold == number)
        some = [texts[i] for i in rows]
        vectors = vocabulary.vectors(some, [each[:HEADLINE] for each in some])
        scores[rows] = head.scores(vectors)
    progress("learning: domain", 0.95)
    vocabulary, head = learned(np.arange(len(texts)))
    target = np.array([answers.index(label) for label in labels])
    honest = replace(head, sharpness=sharpness(scores, target))
    said = scores.argmax(axis=1)
    by_class = [_f1(target == place, said == place) for place in range(len(answers))]
    figures = {
        "messages": len(texts),
        "domain_macro_f1": round(float(np.mean(by_class)), 4),
        "domain_f1": {name: round(value, 4) for name, value in zip(answers, by_class, strict=True)},
    }
    return vocabulary, honest, figures


LEAST_OF_MESSAGES = 4
"""In how many messages a piece must occur: it bounds the size of the file."""


def _f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    right = float((truth & said).sum())
    return 2.0 * right / max(1.0, float(truth.sum() + said.sum()))


def _card(
    reports: Sequence[Labelled],
    questions: Sequence[_Question],
    unseen: Mapping[str, Floats],
    heads: Mapping[str, Head],
) -> dict[str, Any]:
    """Thresholds, and the figures on unseen texts: of all, and of each source of reports."""
    category, report, danger = questions
    sure = softmax(heads["category"].sharpness * unseen["category"])
    is_report = _yes(report, unseen, heads, REPORT)
    is_danger = _yes(danger, unseen, heads, DANGER)
    grave = np.array([each.is_danger for each in reports])
    judged = _Judged(
        answers=np.array(_answers(category)),
        truth=np.array(category.labels),
        sure=sure,
        is_report=is_report,
        is_danger=is_danger,
        grave=grave,
        report_from=float(np.quantile(is_report[category.about], DROPPED_AT_MOST)),
        danger_from=_from(is_danger, grave),
    )
    sources = np.array([each.source for each in reports])
    return {
        "report_from": judged.report_from,
        "danger_from": judged.danger_from,
        "unseen": {
            name: judged.figures((sources == name) | (name == "all"))
            for name in ("all", *sorted(set(sources)))
        },
        "by_category": judged.by_category(),
    }


@dataclass(frozen=True)
class _Judged:
    """What heads that had not seen the texts said of them, beside the truth."""

    answers: NDArray[np.str_]
    truth: NDArray[np.str_]
    sure: Floats
    is_report: Floats
    is_danger: Floats
    grave: NDArray[np.bool_]
    report_from: float
    danger_from: float

    def figures(self, some: NDArray[np.bool_]) -> dict[str, float]:
        """Shares, of these texts."""
        real = some & (self.truth != "")
        order = np.argsort(-self.sure[real], axis=1)
        named = self.answers[order[:, :3]]
        right = named[:, 0] == self.truth[real]
        taken, alarms = self.is_report >= self.report_from, self.is_danger >= self.danger_from
        return {
            "texts": int(some.sum()),
            "top1": _share(right),
            "top3": _share((named == self.truth[real][:, None]).any(axis=1)),
            "calibration_error": round(_calibration_error(self.sure[real].max(axis=1), right), 4),
            "non_reports_recognised": _share(~taken[some & (self.truth == "")]),
            "reports_dropped": _share(~taken[real]),
            "danger_recall": _share(alarms[some & self.grave]),
            "danger_precision": _share(self.grave[some & alarms]),
        }

    def by_category(self) -> dict[str, float]:
        """The share of each category's texts that were recognised first."""
        first = self.answers[self.sure.argmax(axis=1)]
        return {str(code): _share(first[self.truth == code] == code) for code in self.answers}


def _share(which: NDArray[np.bool_]) -> float:
    return round(float(which.mean()), 4) if len(which) else 0.0


def _yes(
    question: _Question, unseen: Mapping[str, Floats], heads: Mapping[str, Head], answer: str
) -> Floats:
    place = _answers(question).index(answer)
    sure: Floats = softmax(heads[question.name].sharpness * unseen[question.name])[:, place]
    return sure


def _from(probability: Floats, truth: NDArray[np.bool_]) -> float:
    """The lowest threshold at which alarms are precise enough."""
    order = np.argsort(-probability)
    precision = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISE_AT_LEAST)
    return float(probability[order[enough[-1]]]) if len(enough) else 1.0


def _calibration_error(sure: Floats, right: NDArray[np.bool_], bands: int = 15) -> float:
    """Expected calibration error (Naeini et al. 2015): how far confidence is from the truth."""
    band = np.minimum((sure * bands).astype(int), bands - 1)
    return float(
        sum(
            (band == each).mean() * abs(sure[band == each].mean() - right[band == each].mean())
            for each in np.unique(band)
        )
    )


def _sizes(reports: Sequence[Labelled]) -> dict[str, Any]:
    return {
        "reports": sum(bool(each.code) for each in reports),
        "non_reports": sum(not each.code for each in reports),
        "dangers": sum(each.is_danger for each in reports),
    }
