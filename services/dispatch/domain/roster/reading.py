"""Reads a roster and checks it: each fault with file, line and what to do."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import pairwise

from schemas.dispatch import Level
from services.dispatch.domain.crew_choice import TITLES
from services.dispatch.domain.roster.duty import Duty, Roster, roster_of
from services.dispatch.domain.roster.exchanges import exchanges
from services.dispatch.domain.roster.written import Person, WrittenRoster
from services.reference.ground.codes import CodeError, canonical
from services.reference.rule_files import At, Fault, RuleFileError, Written, read_rules, understood

FILE = "roster.yaml"
DIGITS = {Level.MICRO_GRID: 18, Level.GRID: 15, Level.COMMUNITY: 12, Level.STREET: 9}
"""How long the codes of the areas of a rung are; departments have desks of their own."""
A_MONDAY = date(2024, 1, 1)
"""A week in which only weekdays count."""


def read_roster(text: str, file: str = FILE, units: Collection[str] = ()) -> Roster:
    """The roster of a file; `units` are the codes of the ground, empty: any will do.

    Raises RuleFileError with all faults.
    """
    written = read_rules(text, file)
    said = understood(WrittenRoster, written)
    faults = [*_people(said, written, units), *_shifts(said, written), *exchanges(said, written)]
    if faults:
        raise RuleFileError(faults)
    lines = {each.id: written.line("people", row) for row, each in enumerate(said.people)}
    roster = roster_of(_in_one_form(said), written.version, lines)
    faults = list(_overlapping(roster, said, written))
    if faults:
        raise RuleFileError(faults)
    return roster


def _in_one_form(said: WrittenRoster) -> WrittenRoster:
    people = tuple(
        each.model_copy(update={"areas": tuple(map(canonical, each.areas))}) for each in said.people
    )
    return said.model_copy(update={"people": people})


def _people(said: WrittenRoster, written: Written, units: Collection[str]) -> Iterator[Fault]:
    times = Counter(each.id for each in said.people)
    for row, person in enumerate(said.people):
        if times[person.id] > 1:
            problem = f"工号 {person.id} 写了 {times[person.id]} 次。"
            yield written.fault(("people", row, "id"), problem, "请合并为一项，区域写在 areas 中。")
        if person.level not in DIGITS:
            problem = f"{person.id} 是部门的人，班表里排了也不会派给他。"
            remedy = "部门的事由部门收件台分办，请从班表中删去。"
            yield written.fault(("people", row, "level"), problem, remedy)
        for number, area in enumerate(person.areas):
            at = ("people", row, "areas", number)
            try:
                code = canonical(area)
            except CodeError as error:
                yield written.fault(at, str(error), "请填网格编码。")
                continue
            digits = DIGITS.get(person.level)
            if digits and len(code) != digits:
                title = TITLES[person.level]
                problem = f"{code} 不是{title}的区域，不会因它派给 {person.id}。"
                yield written.fault(at, problem, f"{title}请填 {digits} 位编码。")
            elif units and code not in units:
                yield written.fault(at, f"底图中没有 {code}。", "请核对编码，或先发布新的底图。")
        yield from _post(person, written, row)


def _post(person: Person, written: Written, row: int) -> Iterator[Fault]:
    """Whether the post lies in the country, which one with its degrees swapped does not."""
    if person.at and not (73 < person.at[0] < 136 and 3 < person.at[1] < 54):
        problem = f"{person.id} 的岗位 {list(person.at)} 不在国内。"
        yield written.fault(("people", row, "at"), problem, "请先写经度、后写纬度。")


def _shifts(said: WrittenRoster, written: Written) -> Iterator[Fault]:
    known = {each.id for each in said.people}
    names = Counter(each.name for each in said.shifts)
    at: At
    for row, shift in enumerate(said.shifts):
        if names[shift.name] > 1:
            at = ("shifts", row, "name")
            yield written.fault(at, f"班次“{shift.name}”写了两次。", "请改用不同的名称。")
        for number, person in enumerate(shift.people):
            if person not in known:
                at = ("shifts", row, "people", number)
                yield written.fault(at, f"没有工号 {person}。", "请先写入 people。")


def _overlapping(roster: Roster, said: WrittenRoster, written: Written) -> Iterator[Fault]:
    """Somebody who has two shifts at once, before swaps and leave; one fault a person."""
    plain = roster_of(said.model_copy(update={"leave": (), "swaps": ()}), roster.version)
    weeks = {day - timedelta(day.weekday()) for shift in said.shifts for day in shift.dates}
    told: set[str] = set()
    for monday in sorted(weeks | {A_MONDAY}):
        duties = sorted(plain.duties(monday - timedelta(1), 9), key=_by_holder)
        for one, other in pairwise(duties):
            if one.holder == other.holder and other.begins < one.ends and one.holder not in told:
                told.add(one.holder)
                yield _twice(said, one.holder, written)


def _twice(said: WrittenRoster, person: str, written: Written) -> Fault:
    rows = [row for row, shift in enumerate(said.shifts) if person in shift.people]
    names = "、".join(said.shifts[row].name for row in rows)
    at = ("shifts", rows[-1], "people", said.shifts[rows[-1]].people.index(person))
    return written.fault(at, f"{person} 同时有两个班（{names}）。", "请从其中一个班次中删去。")


def _by_holder(duty: Duty) -> tuple[str, float]:
    return duty.holder, duty.begins.timestamp()
