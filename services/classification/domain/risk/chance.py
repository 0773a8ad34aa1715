"""How improbable a count is, and how often chance brings something as rare in the district."""

from collections import Counter
from collections.abc import Iterable
from math import exp, expm1, inf, lgamma, log, log1p, sqrt
from typing import NamedTuple

from services.classification.domain.risk.areas import LEVELS, AreaLevel
from services.classification.domain.risk.parameters import Parameters

PIVOT = 5.0
"""Nats: the moderate score by which the tail of chance is learned."""
TAIL_MEMORY = 90.0
"""Days, for the same."""
TAIL_PRIOR = 20.0
"""Scores beyond the pivot that the stated tail is worth."""
PRECISION = 1e-5
"""Relative: when the sum of a tail may end."""
ORDINARY = 1.5
"""Standard deviations: what is not further from usual is not worth a closer look."""
TINY = 1e-300
"""No chance is told to be smaller."""


class Finding(NamedTuple):
    """The most improbable window of an area; `score` in nats."""

    area: str
    score: float
    days: int
    observed: int
    expected: float
    p_value: float


def improbable(
    area: str, days: int, observed: int, expected: float, spread: float
) -> Finding | None:
    """A count that is worth telling of, with how improbable it is; None for an ordinary one."""
    deviation = sqrt(expected + spread * expected**2)
    if observed < expected + ORDINARY * deviation:
        return None
    p_value, any_at_all = negative_binomial(observed, expected, spread)
    score = log(any_at_all) - log(p_value)
    return Finding(area, score, days, observed, expected, p_value)


def negative_binomial(count: int, mean: float, spread: float) -> tuple[float, float]:
    """The chances of so many or more, and of any at all; `spread` is 1/size: the squared
    coefficient of variation beyond Poisson's.
    """
    size = 1 / spread
    none = -size * log1p(mean * spread)
    odds = mean / (mean + size)
    term = exp(lgamma(count + size) - lgamma(size) - lgamma(count + 1) + none + count * log(odds))
    total, ratio = term, inf
    while term > PRECISION * total or ratio >= 1:
        ratio = odds * (count + size) / (count + 1)
        term, count = term * ratio, count + 1
        total += term
    return max(TINY, min(total, 1.0)), -expm1(none)


class Tails:
    """How heavy the tail of chance is at each level: as stated, or as the days have shown."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self.learned = {level: [0.0, 0.0, 0.0] for level in AreaLevel}
        """Weighed days, counts that were looked at, and scores beyond the pivot."""

    def interval(self, finding: Finding) -> float:
        """Days between two findings at least as rare in the whole district, by chance."""
        level = LEVELS[len(finding.area)]
        days, tests, _ = self.learned[level]
        a_day = max(1.0, tests / days if days else 1.0)
        nats = finding.score / self._tail(level) + log(self._parameters.share[level] / a_day)
        return exp(min(nats, 500.0))

    def _tail(self, level: AreaLevel) -> float:
        """How much heavier than the model chance is."""
        stated = self._parameters.tail[level]
        _, tests, high = self.learned[level]
        reached = (high + TAIL_PRIOR) / (tests + TAIL_PRIOR * exp(PIVOT / stated))
        return max(stated, PIVOT / -log(reached))

    def learn(self, tested: Iterable[str], beyond: Iterable[str]) -> None:
        """A day is over: in these areas was anything, in these a score went beyond the pivot."""
        keep = 1 - 1 / TAIL_MEMORY
        tests = Counter(LEVELS[len(area)] for area in tested)
        high = Counter(LEVELS[len(area)] for area in beyond)
        for level, tail in self.learned.items():
            gained = (1.0, tests[level], high[level])
            tail[:] = [keep * old + new for old, new in zip(tail, gained, strict=True)]
