"""The roster in a file, and what an operator should know of it."""

from datetime import datetime
from pathlib import Path

from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.roster.gaps import holes, idle
from services.dispatch.domain.roster.reading import FILE, read_roster
from services.reference.calendar import BEIJING
from services.reference.ground import Ground
from services.reference.rule_files import Fault, rule_text


def load_roster(
    path: Path | None, ground: Ground | None, now: datetime
) -> tuple[Roster | None, list[Fault]]:
    """The roster and its holes in the next days; None where there is none.

    `path` is the file, or a folder in which it may lie one day.

    Raises RuleFileError, OSError.
    """
    if path and path.is_dir():
        path = path / FILE if (path / FILE).is_file() else None
    if path is None:
        return None, []
    units = {unit.code for unit in ground.tree.units} if ground else ()
    roster = read_roster(rule_text(path), path.name, units)
    today = now.astimezone(BEIJING).date()
    return roster, [*sorted(idle(roster, path.name), key=str), *holes(roster, today, path.name)]
