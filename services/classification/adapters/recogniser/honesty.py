"""What heads said of texts they had not seen, beside the truth: figures and thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.classification.adapters.recogniser.corpus import Labelled
from services.classification.adapters.recogniser.linear import Floats
from services.classification.domain.verdict import OF_LIFE

Which = NDArray[np.bool_]

DROPPED_AT_MOST = 0.03
"""Share of real reports that may be taken for chat; what alarms never is."""
PRECISE_AT_LEAST = 0.81
"""Share of alarms, by the lexicon or the model, that must be true: among all typical texts, and
among those of each source that speaks of enough dangers. Where half of the texts are dangers
nearly every alarm is true; the threshold has to do where they are rare.
"""
ENOUGH = 80
"""Dangers of a source: by fewer no threshold is set."""
STEPS = tuple(step / 100 for step in range(10, 100, 2))
"""Probabilities among which the thresholds of danger are looked for."""


def typical_of(reports: Sequence[Labelled]) -> Which:
    """The texts by which confidence and thresholds are fitted; all if none is typical."""
    typical = np.array([each.is_typical for each in reports])
    return typical if typical.any() else ~typical


@dataclass(frozen=True)
class Judged:
    """A row a text: `sure` of each of `answers`, probabilities, and what is true of it."""

    answers: NDArray[np.str_]
    truth: NDArray[np.str_]
    """The category; empty where nothing is reported."""
    sure: Floats
    is_report: Floats
    is_danger: Floats
    spoken: Which
    """Whether the lexicon of danger finds a word in it."""
    grave: Which
    typical: Which
    sources: NDArray[np.str_]

    def card(self) -> dict[str, Any]:
        """Thresholds, and the figures: of all, of the typical ones, and of each source."""
        everything = np.ones(len(self.truth), bool)
        groups = {"all": everything, "typical": self.typical} | {
            str(name): self.sources == name for name in sorted(set(self.sources))
        }
        return {
            "report_from": self.report_from,
            "danger_from": self.danger_from,
            "life_from": self.life_from,
            "unseen": {name: self.figures(some) for name, some in groups.items()},
            "by_category": self.by_category(everything),
            "by_category_typical": self.by_category(self.typical),
        }

    @cached_property
    def report_from(self) -> float:
        """From which probability on a text is a report."""
        real = self.typical & (self.truth != "")
        return float(np.quantile(self.heard[real], DROPPED_AT_MOST))

    @cached_property
    def alarms(self) -> Which:
        """What is taken for danger to life, by the lexicon or the model."""
        return self._alarms(*self.dangers_from)

    @cached_property
    def heard(self) -> Floats:
        """How surely somebody has to act, where an alarm is never chat."""
        return np.where(self.alarms, 1.0, self.is_report).astype(np.float32)

    @property
    def danger_from(self) -> float:
        """From which probability on a text of most categories is a danger."""
        return self.dangers_from[0]

    @property
    def life_from(self) -> float:
        """The same of the categories that are about somebody's life."""
        return self.dangers_from[1]

    @cached_property
    def dangers_from(self) -> tuple[float, float]:
        """The two thresholds that find most dangers among those precise enough."""
        pairs = [(danger, life) for danger, life in product(STEPS, STEPS) if danger >= life]
        precise = [each for each in pairs if self._is_precise(self._alarms(*each))]
        return max(precise, key=self._of_dangers, default=(1.0, 1.0))

    def _by_model(self, danger: float, life: float) -> Which:
        return self.is_danger >= np.where(self.of_life, life, danger)

    def _alarms(self, danger: float, life: float) -> Which:
        return self._by_model(danger, life) | self.spoken

    def _is_precise(self, alarms: Which) -> bool:
        return all(share(self.grave[some & alarms]) >= PRECISE_AT_LEAST for some in self._held_to)

    def _of_dangers(self, thresholds: tuple[float, float]) -> tuple[int, int]:
        """How many dangers are found, and by how few alarms."""
        alarms = self._alarms(*thresholds) & self.typical
        return int((alarms & self.grave).sum()), -int(alarms.sum())

    @cached_property
    def _held_to(self) -> list[Which]:
        """Whose alarms must be precise: the typical texts, and sources with dangers enough."""
        sources = [self.typical & (self.sources == name) for name in np.unique(self.sources)]
        enough = [each for each in sources if (each & self.grave).sum() >= ENOUGH]
        return [self.typical, *enough]

    @cached_property
    def of_life(self) -> Which:
        """Whose likeliest category is about somebody's life."""
        return np.isin(self.answers[self.sure.argmax(axis=1)], sorted(OF_LIFE))

    def figures(self, some: Which) -> dict[str, float]:
        """Shares, of these texts."""
        real = some & (self.truth != "")
        order = np.argsort(-self.sure[real], axis=1)
        named = self.answers[order[:, :3]]
        right = named[:, 0] == self.truth[real]
        taken = self.heard >= self.report_from
        by_model = self._by_model(*self.dangers_from)
        alarms = self.alarms
        return {
            "texts": int(some.sum()),
            "top1": share(right),
            "top3": share((named == self.truth[real][:, None]).any(axis=1)),
            "calibration_error": round(calibration_error(self.sure[real].max(axis=1), right), 4),
            "non_reports_recognised": share(~taken[some & (self.truth == "")]),
            "reports_dropped": share(~taken[real]),
            "dangers": int((some & self.grave).sum()),
            "danger_recall": share(alarms[some & self.grave]),
            "danger_precision": share(self.grave[some & alarms]),
            "danger_recall_of_model": share(by_model[some & self.grave]),
            "danger_precision_of_model": share(self.grave[some & by_model]),
        }

    def by_category(self, some: Which) -> dict[str, float]:
        """The share of each category's texts that were recognised first."""
        first = self.answers[self.sure.argmax(axis=1)]
        return {
            str(code): share(first[some & (self.truth == code)] == code) for code in self.answers
        }


def share(which: Which) -> float:
    """How many of these, rounded for a card; 0 of none."""
    return round(float(which.mean()), 4) if len(which) else 0.0


def calibration_error(sure: Floats, right: Which, bands: int = 15) -> float:
    """Expected calibration error (Naeini et al. 2015): how far confidence is from the truth."""
    band = np.minimum((sure * bands).astype(int), bands - 1)
    return float(
        sum(
            (band == each).mean() * abs(sure[band == each].mean() - right[band == each].mean())
            for each in np.unique(band)
        )
    )
