"""Linear heads: learned in whole batches by L-BFGS, kept in eight bits a weight."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
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
    """How a head is learned.

    `trust` is how much an error weighs against large weights. With `margin` every answer is
    told from all others by a squared hinge, else the answers share one softmax.
    """

    trust: float
    steps: int = 80
    margin: bool = False


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
    """Learn a head; `importance` is the weight of each text. The same texts give the same head."""
    known = tuple(answers) or tuple(sorted(set(labels)))
    places = {answer: place for place, answer in enumerate(known)}
    truth = np.zeros((len(labels), len(known)), np.float32)
    truth[np.arange(len(labels)), [places[label] for label in labels]] = 1.0
    loss = squared_hinge if course.margin else cross_entropy
    columns = vectors.T.tocsr()
    weight = (course.trust * importance)[:, None].astype(np.float32)
    shape = (vectors.shape[1] + 1, len(known))

    def cost(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(shape).astype(np.float32)
        scores = np.asarray(vectors @ weights[:-1], dtype=np.float32) + weights[-1]
        value, slope = loss(scores, truth)
        slope *= weight
        ahead = np.vstack([np.asarray(columns @ slope) + weights[:-1], slope.sum(axis=0)])
        size = 0.5 * float(np.square(weights[:-1], dtype=np.float64).sum())
        return float((value * weight[:, 0]).sum()) + size, ahead.ravel().astype(np.float64)

    found = minimize(
        cost,
        np.zeros(shape[0] * shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": course.steps, "maxcor": REMEMBERED},
    )
    weights = found.x.reshape(shape).astype(np.float32)
    return Head(known, weights[:-1], weights[-1])


REMEMBERED = 5
"""Steps that L-BFGS looks back upon; each takes the memory of two heads."""


def cross_entropy(scores: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """The loss of each text under one softmax over the answers, and its slope."""
    sure = softmax(scores)
    return -np.log((sure * truth).sum(axis=1) + 1e-12), sure - truth


def squared_hinge(scores: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """The loss of each text if every answer is told from all others, and its slope."""
    side = 2.0 * truth - 1.0
    short = np.maximum(0.0, 1.0 - side * scores)
    loss: Floats = np.square(short).sum(axis=1)
    slope: Floats = -2.0 * short * side
    return loss, slope


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
