"""What is set in `risk.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from schemas.incident import Alertness

SHIPPED = Path(__file__).parents[2] / "risk.toml"
RISING = tuple(reversed(Alertness))
"""蓝, 黄, 橙, 红."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is set in `risk.toml`, which says what each is and its unit."""

    windows: tuple[int, ...]
    place_memory_days: float
    pace_memory_days: float
    silent_days: int
    prior_incidents: float
    prior_place_incidents: float
    sway: float
    clump: float
    district_sway: float
    least_incidents: int
    unknown_children: int
    calm_days: int
    echo_days: int
    level_interval_days: dict[str, float]
    share: dict[str, float]
    tail: dict[str, float]

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Self:
        """From a file. Raises TypeError where a figure is missing or unknown."""
        figures = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(**figures | {"windows": tuple(sorted(figures["windows"]))})

    def level(self, interval: float) -> Alertness | None:
        """How grave a finding is that chance brings once in so many days."""
        reached = [each for each in RISING if interval >= self.level_interval_days[each]]
        return reached[-1] if reached else None
