"""The rule book: routing, limits, schemes and the calendar, read and checked as one version."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256

from services.dispatch.domain.crew_choice import TITLES
from services.dispatch.domain.handling import RUNGS, RuleBook
from services.dispatch.domain.limits.reading import read_limits
from services.dispatch.domain.limits.table import LimitTable
from services.dispatch.domain.routing.reading import read_table
from services.dispatch.domain.routing.shadowing import left_for
from services.dispatch.domain.routing.table import Belongings, Rule, Table
from services.dispatch.domain.schemes import LEAD, Scheme, read_schemes
from services.reference.calendar import BEIJING, WorkCalendar
from services.reference.catalogue import Catalogue
from services.reference.ground import Ground
from services.reference.rule_files import Fault, RuleFileError

ROUTING, LIMITS, SCHEMES = "routing.yaml", "limits.yaml", "schemes.yaml"
FILES = (ROUTING, LIMITS, SCHEMES)


def read_book(
    files: Mapping[str, str], catalogue: Catalogue, calendar: WorkCalendar, now: datetime
) -> tuple[RuleBook, list[Fault]]:
    """The book, and what an operator should know of it; raises RuleFileError.

    `files` are texts by name: FILES, and what these name.
    """

    def other(name: str) -> str:
        if name not in files:
            raise FileNotFoundError(2, "没有这个文件", name)
        return files[name]

    limits, notes = read_limits(files[LIMITS], LIMITS, other, calendar, now)
    schemes = read_schemes(files[SCHEMES], SCHEMES, catalogue)
    table = read_table(files[ROUTING], ROUTING, catalogue, calendar)
    faults = list(_unknown_names(table, limits, schemes))
    if faults:
        raise RuleFileError(faults)
    said = "".join(f"{name}\n{files[name]}" for name in sorted(files))
    version = sha256(f"{said}{calendar.version}{catalogue.version}".encode()).hexdigest()[:12]
    book = RuleBook(version, table, limits, schemes, calendar, catalogue)
    notes += [*_past(table, now), *_without_rule(table, catalogue)]
    return book, [*notes, *_pushed_down(table, catalogue)]


def _unknown_names(
    table: Table, limits: LimitTable, schemes: Mapping[str, Scheme]
) -> Iterator[Fault]:
    for rule in table.rules:
        for name, known in (("deadline", limits.named), ("scheme", schemes)):
            said = getattr(rule.then, name)
            if said is not None and said not in known:
                problem = f"规则“{rule.name}”的 {name}：没有“{said}”。"
                yield Fault(ROUTING, rule.line, problem, f"请改为 {'、'.join(known)} 之一。")
    for scheme in schemes.values():
        for lane, _ in scheme.lanes:
            if lane.deadline is not None and lane.deadline not in limits.named:
                problem = (
                    f"方案“{scheme.said.name}”通道“{lane.name}”的时限“{lane.deadline}”没有定义。"
                )
                yield Fault(
                    SCHEMES, scheme.line, problem, f"请改为 {'、'.join(limits.named)} 之一。"
                )


def _past(table: Table, now: datetime) -> Iterator[Fault]:
    """Rules whose days are all over."""
    today = now.astimezone(BEIJING).toordinal()
    for rule in table.rules:
        days = [day for day in rule.conditions.sets.get("dates", ()) if isinstance(day, int)]
        if days and max(days) < today:
            problem = f"规则“{rule.name}”的日期都已过去（最后是 {date.fromordinal(max(days))}）。"
            yield Fault(ROUTING, rule.line, problem, "不会再用到：请改为今年的日期，或删去它。")


def unknown_places(book: RuleBook, ground: Ground) -> Iterator[Fault]:
    """Rules about areas that the ground does not have: they match nothing there."""
    rules = [(f"规则“{each.name}”", each.line, each.conditions) for each in book.table.rules]
    rules += [
        (each.said.department.replace(LEAD, "牵头部门"), each.line, each.conditions)
        for each in book.table.belongings
    ]
    for name, line, conditions in rules:
        for area in conditions.areas or ():
            if ground.tree.unit(area) is None:
                problem = f"{name}的 area：底图中没有 {area}，在那里永远轮不到它。"
                yield Fault(ROUTING, line, problem, "请核对编码，或先发布新的底图。")


def _without_rule(table: Table, catalogue: Catalogue) -> Iterator[Fault]:
    """Categories that no rule takes at any time and place."""
    left = set(catalogue.entries)
    for rule in table.rules:
        anywhere = rule.conditions.areas is None and set(rule.conditions.sets) <= {"category"}
        if anywhere and not rule.goes_on:
            left -= rule.conditions.sets.get("category", frozenset(left))
    for code in sorted(left):
        problem = f"类别 {code} {catalogue.entries[code].name} 没有必定适用的规则。"
        remedy = "请补一条规则；在此之前无规则可用时转社区值班台。"
        yield Fault(ROUTING, table.rules[-1].line, problem, remedy)


def _pushed_down(table: Table, catalogue: Catalogue) -> Iterator[Fault]:
    """Rules that would push a department's matter down; at run time they are refused."""
    for index, rule in enumerate(table.rules):
        if rule.goes_on or rule.then.desk or rule.then.scheme:
            continue
        left = left_for(rule.conditions, table.rules[:index], catalogue)
        for each in table.belongings:
            owned = left & each.conditions.sets.get("category", left) & set(catalogue.entries)
            if owned and _pushes(rule, each):
                shown = "、".join(sorted(map(str, owned))[:3])
                level = rule.then.level or RUNGS[0]
                problem = (
                    f"规则“{rule.name}”会把属于{each.said.department.replace(LEAD, '牵头部门')}的 "
                    f"{len(owned)} 个类别（如 {shown}）派到{TITLES[level]}。"
                )
                remedy = "请在前面为这些类别加一条派部门的规则；现在会拒绝下派并改派部门。"
                yield Fault(ROUTING, rule.line, problem, remedy)


def _pushes(rule: Rule, belongs: Belongings) -> bool:
    level, held = rule.then.level or RUNGS[0], belongs.said.first_response or ()
    severities = rule.conditions.sets.get("severity")
    only_first_response = severities is not None and severities <= set(held)
    is_below = RUNGS.index(level) < RUNGS.index(belongs.said.floor)
    return is_below and not only_first_response and rule.conditions.may_meet(belongs.conditions)
