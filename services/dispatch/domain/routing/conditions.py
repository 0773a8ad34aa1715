"""When a rule holds: for each thing it looks at, the values that it takes."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from schemas.dispatch import Mode
from schemas.incident import Alertness, Kind, Severity
from schemas.report import Source, TicketType
from services.dispatch.domain.routing.facts import AREA, SEEN, Facts
from services.reference.catalogue import Catalogue
from services.reference.ground.codes import CodeError, canonical
from services.reference.ground.tree import COMMUNITY_TYPES

T = TypeVar("T")
Values = Annotated[
    tuple[T, ...],
    BeforeValidator(lambda value: value if isinstance(value, list | tuple) else (value,)),
    Field(min_length=1),
]
"""One value, or a list of them."""
DAY = 24 * 60
LONGEST = 3_660


class When(BaseModel):
    """The conditions of a rule as they are written; all of them must hold."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    category: Values[str] | None = None
    lead: Values[str] | None = None
    scene: Values[str] | None = None
    usual: Values[Mode] | None = Field(default=None, description="the catalogue's kind of handling")
    severity: Values[Severity] | None = None
    kind: Values[Kind] | None = None
    area: Values[str] | None = None
    community_type: Values[str] | None = None
    source: Values[Source] | None = None
    ticket: Values[TicketType] | None = None
    reopened: bool | None = None
    alert: Values[Alertness] | None = None
    phase: Values[Literal["working", "off"]] | None = None
    hours: Values[str] | None = None
    weekdays: Values[Annotated[int, Field(ge=1, le=7)]] | None = None
    dates: Values[str] | None = None


@dataclass(frozen=True)
class Conditions:
    """The same, resolved: `sets` by name, and prefixes of codes of the grid tree."""

    sets: Mapping[str, frozenset[Hashable]] = field(default_factory=dict)
    areas: tuple[str, ...] | None = None

    def failing(self, facts: Facts) -> Iterator[str]:
        """The names of the conditions that do not hold."""
        for name, values in self.sets.items():
            if SEEN[name](facts) not in values:
                yield name
        if self.areas is not None and not facts.area.startswith(self.areas):
            yield AREA

    def may_meet(self, other: "Conditions") -> bool:
        """Whether there may be an incident for which both hold; areas are not looked at."""
        shared = self.sets.keys() & other.sets.keys()
        return not any(self.sets[name].isdisjoint(other.sets[name]) for name in shared)

    def covers(self, other: "Conditions", leaving: frozenset[str] = frozenset()) -> bool:
        """Whether these hold wherever the others do, what is named in `leaving` aside."""
        theirs = other.sets
        return self._covers_area(other) and all(
            name in leaving or (name in theirs and theirs[name] <= values)
            for name, values in self.sets.items()
        )

    def _covers_area(self, other: "Conditions") -> bool:
        if self.areas is None:
            return True
        return other.areas is not None and all(each.startswith(self.areas) for each in other.areas)


class ConditionError(ValueError):
    """A condition that cannot be understood, or never holds: which one, and what to do."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        self.name, self.problem, self.remedy = name, problem, remedy
        super().__init__(f"{name}: {problem}")


def resolve(when: When, catalogue: Catalogue) -> Conditions:
    """What is written, as sets; raises ConditionError."""
    sets: dict[str, frozenset[Hashable]] = {}
    if when.category or when.lead or when.scene or when.usual:
        sets["category"] = _codes(when, catalogue)
    for name in ("severity", "kind", "source", "ticket", "alert", "phase", "weekdays"):
        if (values := getattr(when, name)) is not None:
            sets[name] = frozenset(values)
    if when.reopened is not None:
        sets["reopened"] = frozenset({when.reopened})
    if when.community_type is not None:
        _known("community_type", when.community_type, COMMUNITY_TYPES)
        sets["community_type"] = frozenset(when.community_type)
    if when.hours is not None:
        sets["hours"] = _each(when.hours, _minutes)
    if when.dates is not None:
        sets["dates"] = _each(when.dates, _days)
    return Conditions(sets, None if when.area is None else tuple(map(_area, when.area)))


def _codes(when: When, catalogue: Catalogue) -> frozenset[Hashable]:
    entries = catalogue.entries.values()
    _known("lead", when.lead or (), {entry.lead for entry in entries})
    _known("scene", when.scene or (), {entry.scene for entry in entries})
    for prefix in when.category or ():
        if not any(entry.code.startswith(prefix) for entry in entries):
            problem = f"目录中没有以 {prefix!r} 开头的类别"
            raise ConditionError("category", problem, "请核对类别代码（加引号），或先更新目录。")
    codes = frozenset(
        entry.code
        for entry in entries
        if (when.category is None or entry.code.startswith(when.category))
        and (when.lead is None or entry.lead in when.lead)
        and (when.scene is None or entry.scene in when.scene)
        and (when.usual is None or entry.mode in when.usual)
    )
    if not codes:
        problem = "category、lead、scene、usual 合在一起没有任何类别"
        raise ConditionError("category", problem, "请去掉其中互相矛盾的一项。")
    return codes


def _known(name: str, said: Iterable[str], known: Iterable[str]) -> None:
    for value in said:
        if value not in known:
            remedy = f"请改为 {'、'.join(sorted(known))} 之一。"
            raise ConditionError(name, f"没有 {value!r}", remedy)


def _each(said: Iterable[str], read: Callable[[str], Iterable[Hashable]]) -> frozenset[Hashable]:
    return frozenset(value for each in said for value in read(each))


def _minutes(span: str) -> Iterator[int]:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)", span)
    if found is None:
        raise ConditionError("hours", f"{span!r} 不是时段", "请写成 22:00-06:00 这样的时段。")
    since, until = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if since == until:
        raise ConditionError("hours", f"{span!r} 是空时段", "请改正起止时间；整天不必写。")
    until += DAY if until < since else 0
    return (minute % DAY for minute in range(since, until))


def _days(span: str) -> Iterable[int]:
    since, _, until = span.partition("..")
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until or since)
    except ValueError:
        remedy = "请写成 2026-02-15 或 2026-02-15..2026-02-23。"
        raise ConditionError("dates", f"{span!r} 不是日期", remedy) from None
    if not 0 <= (last - first).days <= LONGEST:
        raise ConditionError("dates", f"{span!r} 的起止颠倒或太长", "请改正起止日期。")
    return range(first.toordinal(), last.toordinal() + 1)


def _area(code: str) -> str:
    try:
        return canonical(code)
    except CodeError as error:
        raise ConditionError(AREA, str(error), "请写网格编码或其开头的一级。") from None
