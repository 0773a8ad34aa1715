"""Debounce (防抖): a detector that is only rarely sure has seen nothing.

As Frigate does it: a target is real once the median of its latest scores reaches a threshold,
where a target that was scored fewer than three times counts zeros for the rest.
"""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Debounce:
    """When a scored alarm is believed.

    `threshold` is the median score (0 to 1) from which it is real; `at_least` how many scores
    are counted at least, absent ones as 0; `latest` how many of the newest are looked at.
    """

    threshold: float = 0.7
    at_least: int = 3
    latest: int = 10

    def kept(self, scores: tuple[float, ...], score: float | None) -> tuple[float, ...]:
        """The scores of a target with a further one, as many as are looked at."""
        return scores if score is None else (*scores, min(max(score, 0.0), 1.0))[-self.latest :]

    def believes(self, scores: tuple[float, ...]) -> bool:
        """Whether these scores are of something real; without any score the source is believed."""
        if not scores:
            return True
        missing = max(0, self.at_least - len(scores))
        return median((*scores, *(0.0,) * missing)) >= self.threshold
