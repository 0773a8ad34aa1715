"""Softmax regression: learned by AdaGrad in small batches, kept in eight bits a weight."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """One question to a text and its possible answers.

    `weights` has the shape (pieces, answers). Probabilities are `softmax(sharpness * scores)`,
    where `sharpness` was fitted on texts that the weights had not seen (temperature scaling,
    Guo et al. 2017).
    """

    answers: tuple[str, ...]
    weights: Floats
    bias: Floats
    sharpness: float = 1.0

    def probabilities(self, vectors: csr_array) -> Floats:
        """How probable each answer is; shape (texts, answers)."""
        return softmax(self.sharpness * self.scores(vectors))

    def scores(self, vectors: csr_array) -> Floats:
        """The scores behind the probabilities; shape (texts, answers)."""
        scores: Floats = np.asarray(vectors @ self.weights, dtype=np.float32) + self.bias
        return scores


@dataclass(frozen=True)
class Course:
    """How a head is learned: `rate` falls to a tenth."""

    epochs: int = 12
    rate: float = 0.6
    portion: int = 256
    decay: float = 1e-5
    seed: int = 7


def softmax(scores: Floats) -> Floats:
    """Rows that sum to one."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    quotient: Floats = raised / raised.sum(axis=1, keepdims=True)
    return quotient


def fit(
    vectors: csr_array,
    labels: Sequence[str],
    importance: Floats,
    course: Course,
    answers: Sequence[str] = (),
) -> Head:
    """Learn a head; `importance` is the weight of each text. The same seed gives the same head."""
    known = tuple(answers) or tuple(sorted(set(labels)))
    places = {answer: place for place, answer in enumerate(known)}
    target = np.array([places[label] for label in labels])
    chance = np.random.default_rng(course.seed)
    weights = np.zeros((vectors.shape[1], len(known)), np.float32)
    seen = np.zeros_like(weights)
    bias = np.zeros(len(known), np.float32)
    portions = -(-len(target) // course.portion)
    steps = course.epochs * portions
    for step in range(steps):
        if step % portions == 0:
            order = chance.permutation(len(target))
        some = order[step % portions * course.portion :][: course.portion]
        part = vectors[some]
        error = softmax(np.asarray(part @ weights, dtype=np.float32) + bias)
        error[np.arange(len(some)), target[some]] -= 1.0
        error *= importance[some, None] / len(some)
        columns = np.unique(part.indices)
        slope = np.asarray(part[:, columns].T @ error, dtype=np.float32)
        slope += course.decay * weights[columns]
        rate = course.rate * (1.0 - 0.9 * step / steps)
        seen[columns] += slope * slope
        weights[columns] -= rate * slope / (np.sqrt(seen[columns]) + 1e-6)
        bias -= 0.1 * rate * error.sum(axis=0)
    return Head(known, weights, bias)


def sharpness(scores: Floats, target: NDArray[np.int64]) -> float:
    """The factor by which the scores of unseen texts become honest probabilities."""
    candidates = np.geomspace(0.3, 4.0, 60)
    rows = np.arange(len(target))
    losses = [
        -np.log(softmax((each * scores).astype(np.float32))[rows, target] + 1e-9).mean()
        for each in candidates
    ]
    return float(candidates[int(np.argmin(losses))])


def packed(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights in eight bits, with one scale an answer."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127.0
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


def unpacked(eight: NDArray[np.int8], scale: Floats) -> Floats:
    """The weights again, as far as eight bits hold them."""
    weights: Floats = eight.astype(np.float32) * scale
    return weights
