"""Why the rules say what they say of an incident, in Chinese, rule by rule."""

from collections.abc import Iterator

from services.dispatch.domain.routing.facts import TITLES, Facts
from services.dispatch.domain.routing.table import Rule, Table


def tried(table: Table, facts: Facts) -> Iterator[tuple[Rule, tuple[str, ...]]]:
    """The rules in their order until one decides, each with the conditions that do not hold."""
    for rule in table.rules:
        failing = tuple(rule.conditions.failing(facts))
        yield rule, failing
        if not failing and not rule.goes_on:
            return


def sentence(rule: Rule, failing: tuple[str, ...]) -> str:
    """One rule that was tried, for an operator."""
    if failing:
        what = "、".join(TITLES[name] for name in failing)
        return f"第 {rule.line} 行“{rule.name}”：{what}不符"
    return f"第 {rule.line} 行“{rule.name}”：符合，{'继续往下看' if rule.goes_on else '由它决定'}"
