"""The examples in a routing table, run against it."""

from collections.abc import Iterator

from schemas.incident import Severity
from services.dispatch.domain.routing.facts import Facts
from services.dispatch.domain.routing.table import Table
from services.dispatch.domain.routing.written import Example, WrittenRule, WrittenTable
from services.reference.calendar import BEIJING, WorkCalendar
from services.reference.catalogue import Catalogue
from services.reference.rule_files import Fault, Written


def failing_examples(
    said: WrittenTable, table: Table, written: Written, catalogue: Catalogue, calendar: WorkCalendar
) -> Iterator[Fault]:
    """A fault for each example that does not come out as it is written."""
    for index, rule in enumerate(said.rules):
        for number, example in enumerate(rule.examples):
            at = ("rules", index, "examples", number)
            if example.category not in catalogue.entries:
                problem = f"示例中的类别 {example.category} 目录中没有。"
                yield written.fault(at, problem, "请改用目录中的类别代码（加引号）。")
                continue
            problem = _wrong(rule, example, table, facts_of(example, catalogue, calendar))
            if problem:
                yield written.fault(at, problem, "请改正规则、规则的次序或示例。")


def facts_of(example: Example, catalogue: Catalogue, calendar: WorkCalendar) -> Facts:
    """The incident of an example; its severity is the category's usual one if none is said."""
    entry = catalogue.entries[example.category]
    at = example.at.replace(tzinfo=BEIJING) if example.at.tzinfo is None else example.at
    return Facts(
        category=example.category,
        severity=example.severity or Severity(entry.severity),
        at=at.astimezone(BEIJING),
        at_work=calendar.is_working(at),
        kind=example.kind,
        area=example.area,
        community_type=example.community_type,
        source=example.source,
        ticket=example.ticket,
        reopened=example.reopened,
        alert=example.alert,
    )


def _wrong(rule: WrittenRule, example: Example, table: Table, facts: Facts) -> str:
    found = table.decide(facts)
    if (rule.name in found.matched) is not example.matches:
        decided = found.decided_by or "没有规则"
        if example.matches:
            return f"示例应由规则“{rule.name}”处理，实际是“{decided}”。"
        return f"示例不应由规则“{rule.name}”处理，实际却匹配了。"
    for name, wanted in example.then:
        got = getattr(found.then, name)
        if wanted is not None and got != wanted:
            return f"示例的 {name} 应为 {_shown(wanted)}，实际是 {_shown(got)}。"
    return ""


def _shown(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value or "（无）")
