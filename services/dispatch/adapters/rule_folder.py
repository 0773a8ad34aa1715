"""The rule book in a folder: what is not there is taken from the shipped one."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from services.dispatch.domain.book import FILES, read_book
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.inhibition import FILE as INHIBITIONS
from services.dispatch.domain.roster.reading import FILE as ROSTER
from services.dispatch.domain.surge_file import FILE as SURGE
from services.reference.calendar import WorkCalendar
from services.reference.catalogue import Catalogue
from services.reference.rule_files import Fault, rule_text

NAMES = {*FILES, SURGE, INHIBITIONS, ROSTER, "calendar.yaml"}
"""What may lie in the folder."""
SHIPPED = Path(__file__).parents[1] / "data"


def load_book(
    folder: Path | None, catalogue: Catalogue, calendar: WorkCalendar, now: datetime
) -> tuple[RuleBook, list[Fault]]:
    """The book of a folder, the shipped one if none is given; raises RuleFileError, OSError."""
    book, notes = read_book(texts(folder), catalogue, calendar, now)
    return book, [*_unread(folder), *notes]


def _unread(folder: Path | None) -> Iterator[Fault]:
    """Files beside the rules that nobody reads: maybe rules under a wrong name."""
    for path in sorted(folder.iterdir()) if folder else ():
        if path.suffix.lower() in {".yaml", ".yml"} and path.name not in NAMES:
            problem = "不是规则文件的名称，里面写的不起作用。"
            yield Fault(path.name, 1, problem, f"请改名为 {'、'.join(FILES)} 等，或移到别处。")


def texts(folder: Path | None) -> dict[str, str]:
    """The files by name: the shipped ones, and instead of them those that the folder has."""
    found = {name: (SHIPPED / name).read_text("utf-8") for name in (*FILES, SURGE)}
    for path in sorted(folder.iterdir()) if folder else ():
        if path.suffix in {".yaml", ".csv"}:
            found[path.name] = rule_text(path)
    return found
