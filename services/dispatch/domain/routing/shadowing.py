"""Rules that can never match, since those before them take all that they could.

Sound: what is named here never matches. Of categories the rules before are taken together, of
all else one of them must cover it alone; what only several rules cover between them by time,
area or source is not found.
"""

from collections.abc import Hashable, Iterator, Sequence

from services.dispatch.domain.routing.conditions import Conditions
from services.dispatch.domain.routing.table import Rule
from services.reference.catalogue import Catalogue
from services.reference.rule_files import Fault

CATEGORY = frozenset({"category"})
SHOWN = 3


def shadowed(rules: Sequence[Rule], catalogue: Catalogue, file: str) -> Iterator[Fault]:
    """A fault for each rule that can never match."""
    for index, rule in enumerate(rules):
        if left_for(rule.conditions, rules[:index], catalogue):
            continue
        before = [each for each in rules[:index] if _takes_from(each, rule.conditions)]
        names = "、".join(f"“{each.name}”（第 {each.line} 行）" for each in before[:SHOWN])
        more = f"等 {len(before)} 条" if len(before) > SHOWN else ""
        problem = f"规则“{rule.name}”永远轮不到：前面的{names}{more}已经全部截走。"
        remedy = "请把它移到前面，或给前面的规则加上 continue: true，或删去它。"
        yield Fault(file, rule.line, problem, remedy)


def left_for(
    conditions: Conditions, before: Sequence[Rule], catalogue: Catalogue
) -> frozenset[Hashable]:
    """The categories for which a rule can still be reached."""
    left = conditions.sets.get("category", frozenset(catalogue.entries) | {UNKNOWN})
    for rule in before:
        if _takes_from(rule, conditions):
            left -= rule.conditions.sets.get("category", left)
    return left


UNKNOWN = "a category that the catalogue does not have"


def _takes_from(rule: Rule, conditions: Conditions) -> bool:
    """Whether a rule takes all of the categories that it shares, if it shares any."""
    ours, theirs = (each.sets.get("category") for each in (rule.conditions, conditions))
    apart = ours is not None and theirs is not None and ours.isdisjoint(theirs)
    return not (rule.goes_on or apart) and rule.conditions.covers(conditions, leaving=CATEGORY)
