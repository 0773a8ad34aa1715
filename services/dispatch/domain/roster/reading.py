"""Reads a roster and checks it: each fault with file, line and what to do."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import pairwise

from services.dispatch.domain.roster.duty import Duty, Roster, roster_of
from services.dispatch.domain.roster.written import Leave, WrittenRoster
from services.reference.ground.codes import CodeError, canonical
from services.reference.rule_files import At, Fault, RuleFileError, Written, read_rules, understood

FILE = "roster.yaml"
A_MONDAY = date(2024, 1, 1)
"""A week in which only weekdays count."""


def read_roster(text: str, file: str = FILE, units: Collection[str] = ()) -> Roster:
    """The roster of a file; `units` are the codes of the ground, empty: any will do.

    Raises RuleFileError with all faults.
    """
    written = read_rules(text, file)
    said = understood(WrittenRoster, written)
    faults = [*_people(said, written, units), *_shifts(said, written), *_exchanges(said, written)]
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
        for number, area in enumerate(person.areas):
            at = ("people", row, "areas", number)
            try:
                code = canonical(area)
            except CodeError as error:
                yield written.fault(at, f"{error}。", "请填网格编码。")
                continue
            if units and code not in units:
                yield written.fault(at, f"底图中没有 {code}。", "请核对编码，或先发布新的底图。")


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


def _exchanges(said: WrittenRoster, written: Written) -> Iterator[Fault]:
    known = {each.id for each in said.people}
    shifts = {each.name: each for each in said.shifts}
    for row, swap in enumerate(said.swaps):
        for key, person in (("out", swap.out), ("in", swap.into)):
            if person not in known:
                yield written.fault(
                    ("swaps", row, key), f"没有工号 {person}。", "请先写入 people。"
                )
        shift = shifts.get(swap.shift)
        if shift is None or swap.out not in shift.people:
            problem = f"{swap.out} 不在班次“{swap.shift}”中。"
            yield written.fault(("swaps", row), problem, "请核对班次名称和 out。")
    for row, leave in enumerate(said.leave):
        yield from _leave(said, leave, known, written, row)


def _leave(
    said: WrittenRoster, leave: Leave, known: Collection[str], written: Written, row: int
) -> Iterator[Fault]:
    for key, person in (("person", leave.person), ("substitute", leave.substitute)):
        if person is not None and person not in known:
            yield written.fault(("leave", row, key), f"没有工号 {person}。", "请先写入 people。")
    if leave.until < leave.since:
        yield written.fault(("leave", row, "until"), "结束早于开始。", "请更正日期。")
    if circle := _circle(said, leave):
        problem = f"代班成环：{' → '.join(circle)}。"
        yield written.fault(("leave", row, "substitute"), problem, "请指定不在请假的人代班。")


def _circle(said: WrittenRoster, leave: Leave) -> list[str]:
    """The way along substitutes who are away on the same day, if it leads back."""
    way, since, until = [leave.person], leave.since, leave.until
    following: Leave | None = leave
    while following and following.substitute:
        way.append(following.substitute)
        if way[-1] in way[:-1]:
            return way
        following = next(
            (
                each
                for each in said.leave
                if each.person == way[-1] and each.since <= until and since <= each.until
            ),
            None,
        )
        if following:
            since, until = max(since, following.since), min(until, following.until)
    return []


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
