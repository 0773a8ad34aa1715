"""What the rules look at: the facts of one incident at one moment."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.incident import Alertness, Kind, Severity
from schemas.report import Source, TicketType


@dataclass(frozen=True, slots=True)
class Facts:
    """`area` is the code of the lowest unit that is known, empty for none; `at` is Beijing time."""

    category: str
    severity: Severity
    at: datetime
    at_work: bool
    kind: Kind = Kind.HAZARD
    area: str = ""
    community_type: str = ""
    source: Source | None = None
    ticket: TicketType | None = None
    reopened: bool = False
    alert: Alertness | None = None
    """The level of the emergency mode that holds there (应急模式)."""
    unreviewed: bool = False
    """Nobody has said in time what it is; the category is a guess."""


WORKING, OFF = "working", "off"
SEEN: Mapping[str, Callable[[Facts], Hashable]] = {
    "category": lambda facts: facts.category,
    "severity": lambda facts: facts.severity,
    "kind": lambda facts: facts.kind,
    "community_type": lambda facts: facts.community_type,
    "source": lambda facts: facts.source,
    "ticket": lambda facts: facts.ticket,
    "reopened": lambda facts: facts.reopened,
    "alert": lambda facts: facts.alert,
    "phase": lambda facts: WORKING if facts.at_work else OFF,
    "hours": lambda facts: facts.at.hour * 60 + facts.at.minute,
    "weekdays": lambda facts: facts.at.isoweekday(),
    "dates": lambda facts: facts.at.toordinal(),
}
"""What a condition of each name compares with."""
AREA = "area"
TITLES = {
    "category": "类别",
    "severity": "严重程度",
    "kind": "事项性质",
    "community_type": "社区类型",
    "source": "来源",
    "ticket": "工单类型",
    "reopened": "是否回访重办",
    "alert": "应急模式",
    "phase": "工作时间",
    "hours": "时段",
    "weekdays": "星期",
    "dates": "日期",
    AREA: "区域",
}
