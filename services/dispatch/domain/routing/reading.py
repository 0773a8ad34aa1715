"""From the text of a routing table to a table that can be trusted.

What cannot be read, can never match, or fails an example of its own stops it, with the line.
"""

from collections.abc import Iterator

from services.dispatch.domain.routing.conditions import (
    ConditionError,
    Conditions,
    When,
    resolve,
)
from services.dispatch.domain.routing.examples import failing_examples
from services.dispatch.domain.routing.moments import never_met
from services.dispatch.domain.routing.shadowing import shadowed
from services.dispatch.domain.routing.table import Belongings, Rule, Table
from services.dispatch.domain.routing.written import WrittenTable
from services.reference.calendar import WorkCalendar
from services.reference.catalogue import Catalogue
from services.reference.rule_files import (
    At,
    Fault,
    RuleFileError,
    Written,
    read_rules,
    understood,
)


def read_table(text: str, file: str, catalogue: Catalogue, calendar: WorkCalendar) -> Table:
    """The table that a text says; raises RuleFileError with all that is wrong."""
    written = read_rules(text, file)
    said = understood(WrittenTable, written)
    _stop_at([*_named_twice(said, written), *_two_ways(said, written)])
    found = _Resolver(written, catalogue)
    rules = [
        Rule(
            each.name,
            written.line("rules", index),
            found.conditions(each.when, ("rules", index, "when"), f"规则“{each.name}”"),
            each.then,
            each.goes_on,
        )
        for index, each in enumerate(said.rules)
    ]
    belongings = [
        Belongings(
            each,
            written.line("departments", index),
            found.conditions(each.when, ("departments", index, "when"), each.department),
        )
        for index, each in enumerate(said.departments)
    ]
    _stop_at(found.faults)
    _stop_at([*never_met(rules, calendar, file), *shadowed(rules, catalogue, file)])
    table = Table(said.name, rules, belongings)
    _stop_at(failing_examples(said, table, written, catalogue, calendar))
    return table


class _Resolver:
    """Resolves conditions, and gathers what cannot be."""

    def __init__(self, written: Written, catalogue: Catalogue) -> None:
        self._written, self._catalogue = written, catalogue
        self.faults: list[Fault] = []

    def conditions(self, when: When, at: At, of: str) -> Conditions:
        try:
            return resolve(when, self._catalogue)
        except ConditionError as error:
            problem = f"{of}的 {error.name}：{error.problem}。"
            self.faults.append(self._written.fault((*at, error.name), problem, error.remedy))
            return Conditions()


def _named_twice(said: WrittenTable, written: Written) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for index, rule in enumerate(said.rules):
        line = written.line("rules", index)
        if rule.name in seen:
            problem = f"规则名“{rule.name}”在第 {seen[rule.name]} 行已经用过。"
            yield Fault(written.file, line, problem, "请给每条规则起不同的名字。")
        seen.setdefault(rule.name, line)


def _two_ways(said: WrittenTable, written: Written) -> Iterator[Fault]:
    """A duty desk and a rung in one rule: it can not go to both."""
    for index, rule in enumerate(said.rules):
        if rule.then.desk and rule.then.level:
            problem = f"规则“{rule.name}”既写了 level，又写了 desk。"
            at = ("rules", index, "then", "desk")
            yield written.fault(at, problem, "只能派给一处，请删去其中一个。")


def _stop_at(faults: Iterator[Fault] | list[Fault]) -> None:
    found = list(faults)
    if found:
        raise RuleFileError(found)
