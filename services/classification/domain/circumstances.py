"""What makes a matter graver than its category: when, to whom, how many say so, and what is on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.incident import Alertness, Severity
from schemas.place import Place
from schemas.report import ReportReceived
from services.classification.domain.judging import Raise, Rules, words_in
from services.classification.domain.recognition import UNRECOGNISED, Opinion
from services.reference.calendar import BEIJING

LADDER = tuple(Severity)
READ_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Emergency:
    """A mode in force (战时响应): where, how grave, and what it was declared for."""

    area: str
    level: Alertness
    trigger: str

    def holds_at(self, place: Place) -> bool:
        """Whether a place lies in its area; an empty area is everywhere."""
        codes = (place.micro_grid, place.grid, place.community)
        return not self.area or any(code and code.startswith(self.area) for code in codes)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules look at beside the category. `at` is when it was reported."""

    text: str
    at: datetime
    place: Place
    emergencies: tuple[Emergency, ...] = ()
    voices: int = 1


def weigh(
    opinion: Opinion, report: ReportReceived, rules: Rules, emergencies: Iterable[Emergency]
) -> Opinion:
    """The opinion with its severity raised, and flagged where it is sensitive."""
    if opinion.entry is None:
        return opinion
    text = f"{report.title}。{report.text[:READ_CHARACTERS]}"
    seen = Circumstances(text, report.reported_at, report.place, tuple(emergencies))
    base = opinion.severity(report.express)
    raised, reasons = raise_severity(base, opinion, seen, rules)
    code = opinion.entry.code
    flags = tuple(
        each.reason
        for each in rules.sensitive
        if words_in(text, each.words) or code.startswith(each.codes or ("-",))
    )
    return replace(opinion, raised=raised, sensitive=flags, reasons=(*opinion.reasons, *reasons))


def raise_severity(
    base: Severity, opinion: Opinion, seen: Circumstances, rules: Rules
) -> tuple[Severity, tuple[str, ...]]:
    """The severity after all rules that hold, and why; what only asks is never raised."""
    severity, reasons = base, []
    if opinion.is_mention or (opinion.entry and opinion.entry.code == UNRECOGNISED):
        return base, ()
    for rule in rules.raises:
        if _holds(rule, opinion, seen):
            higher = _climb(severity, rule)
            if higher is not severity:
                reasons.append(f"{rule.reason}，提级（{rule.name}）")
            severity = higher
    return severity, tuple(reasons)


def by_voices(severity: Severity, code: str, scene: str, voices: int, rules: Rules) -> Severity:
    """The severity of an incident that so many speak of; rules that ask for more do not count."""
    for rule in rules.raises:
        asks_more = rule.hours or rule.days or rule.words or rule.modes or rule.triggers
        if rule.voices == voices > 1 and not asks_more and _is_about(rule, code, scene):
            severity = _climb(severity, rule)
    return severity


def _climb(severity: Severity, rule: Raise) -> Severity:
    """So many steps up, as far as the rule's ceiling, and never down."""
    now, ceiling = LADDER.index(severity), LADDER.index(rule.ceiling)
    return LADDER[max(now, min(now + rule.steps, ceiling))]


def _holds(rule: Raise, opinion: Opinion, seen: Circumstances) -> bool:
    entry = opinion.entry
    return (
        entry is not None
        and rule.voices <= seen.voices
        and _is_about(rule, entry.code, entry.scene)
        and _is_when(rule, seen.at.astimezone(BEIJING))
        and (not rule.words or bool(words_in(seen.text, rule.words)))
        and _is_on(rule, seen)
    )


def _is_about(rule: Raise, code: str, scene: str) -> bool:
    return (not rule.scenes or scene in rule.scenes) and (
        not rule.codes or code.startswith(rule.codes)
    )


def _is_when(rule: Raise, at: datetime) -> bool:
    if rule.days and at.isoweekday() not in rule.days:
        return False
    if rule.hours is None:
        return True
    begin, end = rule.hours
    return begin <= at.hour < end if begin <= end else at.hour >= begin or at.hour < end


def _is_on(rule: Raise, seen: Circumstances) -> bool:
    """Whether an emergency that the rule asks for holds at the place."""
    if not rule.modes and not rule.triggers:
        return True
    return any(_fits(rule, each) for each in _there(seen))


def _there(seen: Circumstances) -> Iterator[Emergency]:
    return (each for each in seen.emergencies if each.holds_at(seen.place))


def _fits(rule: Raise, emergency: Emergency) -> bool:
    of_level = not rule.modes or emergency.level in rule.modes
    return of_level and (not rule.triggers or bool(words_in(emergency.trigger, rule.triggers)))
