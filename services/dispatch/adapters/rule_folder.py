"""The rule book in a folder: what is not there is taken from the shipped one."""

from datetime import datetime
from pathlib import Path

from services.dispatch.domain.book import FILES, read_book
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.surge_file import FILE as SURGE
from services.reference.calendar import WorkCalendar
from services.reference.catalogue import Catalogue
from services.reference.rule_files import Fault, rule_text

SHIPPED = Path(__file__).parents[1] / "data"


def load_book(
    folder: Path | None, catalogue: Catalogue, calendar: WorkCalendar, now: datetime
) -> tuple[RuleBook, list[Fault]]:
    """The book of a folder, the shipped one if none is given; raises RuleFileError, OSError."""
    return read_book(texts(folder), catalogue, calendar, now)


def texts(folder: Path | None) -> dict[str, str]:
    """The files by name: the shipped ones, and instead of them those that the folder has."""
    found = {name: (SHIPPED / name).read_text("utf-8") for name in (*FILES, SURGE)}
    for path in sorted(folder.iterdir()) if folder else ():
        if path.suffix in {".yaml", ".csv"}:
            found[path.name] = rule_text(path)
    return found
