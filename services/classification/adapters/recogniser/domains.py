"""Learning the seven domains of a government board from real messages, and how well that goes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from services.classification.adapters.recogniser import features
from services.classification.adapters.recogniser.features import Vocabulary
from services.classification.adapters.recogniser.headline import headline
from services.classification.adapters.recogniser.linear import (
    Course,
    Floats,
    Head,
    fit,
    scaling,
)

COURSE = Course(trust=2.0, margin=True)
LONGEST_PIECE = 2
FOLDS, REPEATS = 5, 2
ALIKE = 0.6
"""Messages whose pieces are that similar (cosine) are one matter, told twice."""
AT_ONCE = 500

Progress = Callable[[str, float], None]
Messages = Sequence[tuple[str, str]]
"""(text, domain) each."""


def learn_domains(
    messages: Messages, seed: int, progress: Progress
) -> tuple[Vocabulary, Head, dict[str, Any]]:
    """What tells the domains apart, and its figures on messages that were not learned from.

    The figures are of `REPEATS` divisions into `FOLDS`; what is told twice stays in one fold.
    """
    texts = [text for text, _ in messages]
    labels = np.array([label for _, label in messages])
    answers = tuple(sorted(set(labels.tolist())))
    target = np.searchsorted(answers, labels)
    matter = told_twice(texts)
    rounds = []
    for number in range(REPEATS):
        progress("judging unseen messages", number / (REPEATS + 1))
        chance = np.random.default_rng(seed + number)
        fold = (chance.permutation(matter.max() + 1) % FOLDS)[matter]
        rounds.append(_unseen(texts, labels, answers, fold))
    progress("learning: domain", REPEATS / (REPEATS + 1))
    vocabulary, head = _learned(texts, labels, answers)
    honest = scaling(rounds[0], target).on(head)
    return vocabulary, honest, _figures(answers, target, rounds)


def told_twice(texts: Sequence[str]) -> NDArray[np.int64]:
    """The number of the matter of each text: those much alike share one."""
    vectors = features.learn(texts, longest=LONGEST_PIECE).vectors(texts)
    pairs = [_alike(vectors, start) for start in range(0, len(texts), AT_ONCE)]
    row, column = np.concatenate(pairs, axis=1)
    links = coo_array((np.ones(len(row)), (row, column)), shape=(len(texts), len(texts)))
    _, matter = connected_components(links, directed=False)
    return np.asarray(matter, np.int64)


def _alike(vectors: csr_array, start: int) -> NDArray[np.int64]:
    near = (vectors[start : start + AT_ONCE] @ vectors.T).tocoo()
    row, column = near.coords
    much = near.data > ALIKE
    return np.stack([row[much] + start, column[much]]).astype(np.int64)


def _unseen(
    texts: Sequence[str],
    labels: NDArray[np.str_],
    answers: tuple[str, ...],
    fold: NDArray[np.int64],
) -> Floats:
    """The scores of each message by heads that have not seen it, nor its like."""
    scores = np.zeros((len(texts), len(answers)), np.float32)
    for number in range(FOLDS):
        rows = np.flatnonzero(fold == number).tolist()
        kept = np.flatnonzero(fold != number).tolist()
        vocabulary, head = _learned([texts[i] for i in kept], labels[kept], answers)
        some = [texts[i] for i in rows]
        scores[rows] = head.scores(vocabulary.vectors(some, list(map(headline, some))))
    return scores


def _learned(
    texts: Sequence[str], labels: NDArray[np.str_], answers: tuple[str, ...]
) -> tuple[Vocabulary, Head]:
    titles = list(map(headline, texts))
    plain = features.learn(texts, titles, longest=LONGEST_PIECE)
    target = np.searchsorted(answers, labels)
    vocabulary = features.leaning(plain, plain.vectors(texts, titles), target)
    even = np.ones(len(texts), np.float32)
    vectors = vocabulary.vectors(texts, titles)
    return vocabulary, fit(vectors, labels.tolist(), even, COURSE, answers)


def _figures(
    answers: tuple[str, ...], target: NDArray[np.int64], rounds: Sequence[Floats]
) -> dict[str, Any]:
    by_round = np.array(
        [
            [_f1(target == place, scores.argmax(axis=1) == place) for place in range(len(answers))]
            for scores in rounds
        ]
    )
    macro = by_round.mean(axis=1)
    return {
        "messages": len(target),
        "domain_macro_f1": round(float(macro.mean()), 4),
        "domain_macro_f1_sd": round(float(macro.std()), 4),
        "domain_f1": {
            name: round(float(value), 4)
            for name, value in zip(answers, by_round.mean(axis=0), strict=True)
        },
    }


def _f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    right = float((truth & said).sum())
    return 2.0 * right / max(1.0, float(truth.sum() + said.sum()))
