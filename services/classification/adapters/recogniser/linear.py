"""Linear heads: learned in whole batches by L-BFGS, kept in eight bits a weight."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit, logit

Floats = NDArray[np.float32]
Point = NDArray[np.float64]
AS_IT_IS = (1.0, 0.0)


@dataclass(frozen=True)
class Head:
    """One question to a text and its possible answers.

    `weights` has the shape (pieces, answers). Probabilities are `softmax(sharpness * scores)`,
    where `sharpness` was fitted on texts that the weights had not seen (temperature scaling,
    Guo et al. 2017); that of the best answer is mended by `first`, see `mended`.
    """

    answers: tuple[str, ...]
    weights: Floats
    bias: Floats
    sharpness: float = 1.0
    first: tuple[float, float] = AS_IT_IS

    def probabilities(self, vectors: csr_array) -> Floats:
        """How probable each answer is; shape (texts, answers)."""
        return mended(softmax(self.sharpness * self.scores(vectors)), self.first)

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


@dataclass(frozen=True)
class Scaling:
    """How scores become honest: `softmax(sharpness * (scores + shift))`, the best one mended."""

    sharpness: float
    shift: Floats
    first: tuple[float, float] = AS_IT_IS

    def sure(self, scores: Floats) -> Floats:
        """The probabilities; shape (texts, answers)."""
        scaled = (self.sharpness * (scores + self.shift)).astype(np.float32)
        return mended(softmax(scaled), self.first)

    def on(self, head: Head) -> Head:
        """The head, scaled."""
        bias = head.bias + self.shift
        return replace(head, bias=bias, sharpness=self.sharpness, first=self.first)


def mended(sure: Floats, first: tuple[float, float]) -> Floats:
    """Probabilities of which the best has the log-odds `slope * log-odds + offset`.

    The others share the rest as before; none overtakes the best.
    """
    if first == AS_IT_IS:
        return sure
    best = np.clip(sure.max(axis=1), CLOSE, 1.0 - CLOSE)
    next_best = np.partition(sure, -2, axis=1)[:, -2]
    honest = expit(first[0] * logit(best) + first[1])
    honest = np.maximum(honest, next_best / (1.0 - best + next_best))
    found: Floats = (sure * ((1.0 - honest) / (1.0 - best))[:, None]).astype(np.float32)
    found[np.arange(len(sure)), sure.argmax(axis=1)] = honest
    return found


def scaling(scores: Floats, target: NDArray[np.int64]) -> Scaling:
    """The scaling by which the scores of unseen texts become honest.

    Of two answers one is shifted (Platt 1999); of more the best one is mended in the same way.
    """
    is_either = scores.shape[1] == TWO

    def scaled(point: Point) -> Scaling:
        shift = np.zeros(scores.shape[1], np.float32)
        shift[-1] = point[1] if is_either else 0.0
        return Scaling(float(np.exp(point[0])), shift)

    def loss(point: Point) -> float:
        sure = scaled(point).sure(scores)[np.arange(len(target)), target]
        return float(-np.log(sure + CLOSE).mean())

    found = scaled(_lowest(loss))
    return found if is_either else replace(found, first=_first(found.sure(scores), target))


def _first(sure: Floats, target: NDArray[np.int64]) -> tuple[float, float]:
    odds = logit(np.clip(sure.max(axis=1), CLOSE, 1.0 - CLOSE))
    side = np.where(sure.argmax(axis=1) == target, 1.0, -1.0)
    slope, offset = _lowest(
        lambda point: float(np.logaddexp(0.0, -side * (np.exp(point[0]) * odds + point[1])).mean())
    )
    return float(np.exp(slope)), float(offset)


def _lowest(loss: Callable[[Point], float]) -> Point:
    found: Point = minimize(
        loss, START[0], method="Nelder-Mead", options={"initial_simplex": START}
    ).x
    return found


TWO = 2
CLOSE = 1e-6
"""To nought and to one."""
START = np.array([[0.0, 0.0], [0.7, 0.0], [0.0, 0.7]])
"""Where the search for the logarithm of a sharpness or slope, and for a shift, begins."""


def packed(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights in eight bits, with one scale an answer."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127.0
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


def unpacked(eight: NDArray[np.int8], scale: Floats) -> Floats:
    """The weights again, as far as eight bits hold them."""
    weights: Floats = eight.astype(np.float32) * scale
    return weights
