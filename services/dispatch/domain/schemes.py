"""Handling schemes (处置方案): lanes with conditions, who, by when, with whom, and the way out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from schemas.dispatch import Level, Mode
from services.dispatch.domain.routing.conditions import (
    ConditionError,
    Conditions,
    Values,
    When,
    resolve,
)
from services.dispatch.domain.routing.facts import Facts
from services.dispatch.domain.routing.shadowing import left_for
from services.dispatch.domain.routing.table import Rule
from services.dispatch.domain.routing.written import Then
from services.reference.amounts import Amount, amount
from services.reference.catalogue import Catalogue
from services.reference.rule_files import (
    Fault,
    RuleFileError,
    Written,
    read_rules,
    understood,
)

LEAD = "{lead}"
"""Stands for the department that leads a category by the catalogue."""
Way = Literal["overdue", "declined"]


class SchemeTask(BaseModel):
    """What one unit has to do in a coordination, and how long it may take."""

    model_config = ConfigDict(
        extra="forbid", coerce_numbers_to_str=True, frozen=True, arbitrary_types_allowed=True
    )

    unit: Annotated[str, Field(min_length=1)]
    what: Annotated[str, Field(min_length=1, max_length=500)]
    within: Annotated[Amount, BeforeValidator(lambda value: amount(str(value)))]


class Lane(BaseModel):
    """One lane; `exit` says which one follows when it is overdue or declined."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    name: Annotated[str, Field(min_length=1)]
    when: Annotated[When, BeforeValidator(lambda value: {} if value is None else value)] = When()
    mode: Mode
    who: Level | None = None
    deadline: str | None = None
    lead: str = ""
    responsible: str = ""
    joint: Values[str] = ()
    tasks: tuple[SchemeTask, ...] = ()
    exit: Mapping[Way, str] = Field(default_factory=dict)


class WrittenScheme(BaseModel):
    """A scheme; `our_reading` where the source names it and does not define it."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    name: Annotated[str, Field(min_length=1)]
    our_reading: bool = False
    note: str = ""
    lanes: Annotated[tuple[Lane, ...], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    schemes: tuple[WrittenScheme, ...]


@dataclass(frozen=True)
class Scheme:
    """A scheme whose lanes are resolved, in their order."""

    said: WrittenScheme
    line: int
    lanes: Sequence[tuple[Lane, Conditions]]

    def lane_for(self, facts: Facts) -> Lane | None:
        """The first lane whose conditions hold."""
        return next((lane for lane, held in self.lanes if not any(held.failing(facts))), None)

    def lane(self, name: str) -> Lane | None:
        """The lane of a name."""
        return next((lane for lane, _ in self.lanes if lane.name == name), None)


def read_schemes(text: str, file: str, catalogue: Catalogue) -> dict[str, Scheme]:
    """The schemes by name; raises RuleFileError, also for lanes that lead back to themselves."""
    written = read_rules(text, file)
    said = understood(_File, written)
    found: dict[str, Scheme] = {}
    faults: list[Fault] = []
    for index, scheme in enumerate(said.schemes):
        if scheme.name in found:
            problem = f"方案“{scheme.name}”写了两次。"
            faults.append(written.fault(("schemes", index), problem, "请改名或删去其中一个。"))
        faults += _wrong_ways(scheme, index, written)
        lanes = []
        for number, lane in enumerate(scheme.lanes):
            at = ("schemes", index, "lanes", number)
            try:
                lanes.append((lane, resolve(lane.when, catalogue)))
            except ConditionError as error:
                where = (*at, "when", error.name)
                faults.append(written.fault(where, f"{error.problem}。", error.remedy))
        found[scheme.name] = Scheme(scheme, written.line("schemes", index), lanes)
        faults += _never_taken(found[scheme.name], index, written, catalogue)
    if faults:
        raise RuleFileError(faults)
    return found


def _never_taken(
    scheme: Scheme, index: int, written: Written, catalogue: Catalogue
) -> Iterator[Fault]:
    """Lanes that those before them leave nothing for, and that no way out leads to."""
    led_to = {to for lane, _ in scheme.lanes for to in lane.exit.values()}
    before: list[Rule] = []
    for number, (lane, held) in enumerate(scheme.lanes):
        if lane.name not in led_to and not left_for(held, before, catalogue):
            problem = (
                f"方案“{scheme.said.name}”的通道“{lane.name}”永远轮不到：前面的通道已经全部截走。"
            )
            remedy = "请把它移到前面，或让某个 exit 转到它，或删去它。"
            yield written.fault(("schemes", index, "lanes", number), problem, remedy)
        before.append(Rule(lane.name, 0, held, Then(), goes_on=False))


def _wrong_ways(scheme: WrittenScheme, index: int, written: Written) -> Iterator[Fault]:
    lanes = {lane.name: lane for lane in scheme.lanes}
    for number, lane in enumerate(scheme.lanes):
        at = ("schemes", index, "lanes", number)
        for way, to in lane.exit.items():
            if to not in lanes:
                problem = f"方案“{scheme.name}”没有名为“{to}”的通道。"
                yield written.fault(
                    (*at, "exit", way), problem, f"请改为 {'、'.join(lanes)} 之一。"
                )
        round_trip = _round_trip(lane.name, lanes)
        if round_trip:
            problem = f"方案“{scheme.name}”的通道兜圈子：{' → '.join(round_trip)}。"
            yield written.fault((*at, "exit"), problem, "请去掉其中一个 exit，使每条路都有尽头。")
        for unit in _units(lane):
            if re.search(r"[{}]", unit.replace(LEAD, "")):
                problem = f"单位 {unit!r} 中有不认识的记号。"
                yield written.fault(at, problem, f"只能写单位名称或 {LEAD}。")


def _units(lane: Lane) -> list[str]:
    return [lane.lead, lane.responsible, *lane.joint, *(task.unit for task in lane.tasks)]


def _round_trip(start: str, lanes: Mapping[str, Lane]) -> list[str]:
    """A way from a lane back to itself; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for to in lanes[way[-1]].exit.values():
            if to == start:
                return [*way, to]
            if to in lanes and to not in seen:
                seen.add(to)
                ways.append([*way, to])
    return []
