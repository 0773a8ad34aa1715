"""The versioned files that dispatch goes by: taken anew while it runs, the old ones kept if bad."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from schemas.flow import Service
from services.dispatch import metrics
from services.dispatch.adapters.inhibition_file import load_inhibitions
from services.dispatch.adapters.roster_file import load_roster
from services.dispatch.adapters.rule_folder import load_book
from services.dispatch.adapters.surge_file import load_surge
from services.dispatch.domain.book import unknown_places
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.inhibition import Inhibition
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.surge import SurgeRules
from services.dispatch.settings import DispatchSettings
from services.hosting.file_watch import FileWatch
from services.reference.calendar import load_calendar
from services.reference.catalogue import SHIPPED, load_catalogue
from services.reference.ground import Ground

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rules:
    """The rule book, over one version of the catalogue, and which incidents explain others.

    `surge` holds while more comes than there are people free; None: nothing is assigned together.
    """

    book: RuleBook
    inhibitions: Sequence[Inhibition]
    surge: SurgeRules | None


def watch_rules(
    settings: DispatchSettings, ground: Callable[[], Ground] | None = None
) -> FileWatch[Rules]:
    """Rules, calendar and catalogue belong together: another one of them is another book."""
    paths = (settings.rules, settings.calendar, settings.catalogue or SHIPPED)
    return FileWatch("rules", Service.DISPATCH, paths, lambda: _read_rules(settings, ground))


def watch_roster(
    settings: DispatchSettings, ground: Callable[[], Ground]
) -> FileWatch[Roster | None]:
    """The roster, if there is one."""
    return FileWatch(
        "roster", Service.DISPATCH, [settings.roster], lambda: _read_roster(settings, ground())
    )


def _read_rules(settings: DispatchSettings, ground: Callable[[], Ground] | None) -> Rules:
    """What an operator should know of them is logged."""
    catalogue, calendar = load_catalogue(settings.catalogue), load_calendar(settings.calendar)
    book, notes = load_book(settings.rules, catalogue, calendar, datetime.now(UTC))
    if ground:
        notes += unknown_places(book, ground())
    for note in notes:
        log.warning("rules.note", note=str(note))
    inhibitions = load_inhibitions(settings.rules, catalogue)
    return Rules(book, inhibitions, load_surge(settings.rules))


def _read_roster(settings: DispatchSettings, ground: Ground) -> Roster | None:
    """Its holes are logged."""
    roster, notes = load_roster(settings.roster, ground, datetime.now(UTC))
    for note in notes:
        log.warning("roster.hole", note=str(note))
    metrics.PEOPLE.set(len(roster.people) if roster else 0)
    return roster
