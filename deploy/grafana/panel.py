"""A panel as data: what it shows, what it means, what to do."""

from dataclasses import dataclass, field
from enum import StrEnum

from deploy.grafana.query import Query
from deploy.grafana.style import NOTHING, PLAIN, Fields, Steps

WHOLE, HALF, THIRD, QUARTER = 24, 12, 8, 6
"""Widths; a dashboard is 24 wide."""


class Kind(StrEnum):
    """How a panel is drawn."""

    STAT = "stat"
    LINES = "lines"
    BARS = "bars"
    CHART = "chart"
    TABLE = "table"
    MAP = "map"


@dataclass(frozen=True)
class Panel:
    """One panel. `says` is what it means, `do` what to do about it; both are shown together."""

    kind: Kind
    title: str
    says: str
    do: str
    queries: tuple[Query, ...]
    unit: str
    width: int = HALF
    height: int = 8
    steps: Steps = PLAIN
    fields: Fields = field(default_factory=dict)
    empty: str = NOTHING
    top: float | None = None
    """The end of the axis, where there is one: 1 for a rate."""
    x: str = ""
    """The column along the bottom of a chart."""


@dataclass(frozen=True)
class Row:
    """Panels that belong together."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Board:
    """A dashboard. `filters` are the variables above it; it opens with the time since `period`."""

    uid: str
    title: str
    says: str
    rows: tuple[Row, ...]
    filters: tuple[str, ...] = ()
    period: str = "now-7d"
    refresh: str = "30s"

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All of them, in the order in which they are laid out."""
        return tuple(panel for row in self.rows for panel in row.panels)
