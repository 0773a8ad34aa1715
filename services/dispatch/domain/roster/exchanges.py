"""Checks of swaps and leave (换班、请假、代班)."""

from collections.abc import Collection, Iterator

from services.dispatch.domain.roster.duty import works_on
from services.dispatch.domain.roster.written import Leave, WrittenRoster
from services.reference.rule_files import Fault, Written


def exchanges(said: WrittenRoster, written: Written) -> Iterator[Fault]:
    """What is wrong with swaps and leave."""
    yield from _swaps(said, written)
    known = {each.id for each in said.people}
    for row, leave in enumerate(said.leave):
        yield from _leave(said, leave, known, written, row)


def _swaps(said: WrittenRoster, written: Written) -> Iterator[Fault]:
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
        elif not works_on(shift, swap.day):
            problem = f"{swap.day} 没有班次“{swap.shift}”，这次换班不起作用。"
            yield written.fault(("swaps", row, "day"), problem, "请核对日期：写班次开始的那一天。")
        same = [(each.day, each.shift, each.out) for each in said.swaps[:row]]
        if (swap.day, swap.shift, swap.out) in same:
            problem = f"{swap.out} 在 {swap.day} 的“{swap.shift}”换了两次。"
            yield written.fault(("swaps", row), problem, "请删去其中一次。")


def _leave(
    said: WrittenRoster, leave: Leave, known: Collection[str], written: Written, row: int
) -> Iterator[Fault]:
    for key, person in (("person", leave.person), ("substitute", leave.substitute)):
        if person is not None and person not in known:
            yield written.fault(("leave", row, key), f"没有工号 {person}。", "请先写入 people。")
    if leave.until < leave.since:
        yield written.fault(("leave", row, "until"), "结束早于开始。", "请更正日期。")
    for other in said.leave[:row]:
        overlaps = other.since <= leave.until and leave.since <= other.until
        if other.person == leave.person and overlaps:
            problem = f"{leave.person} 的两段请假重叠，分不清由谁代班。"
            yield written.fault(("leave", row), problem, "请把日期改为前后相接。")
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
