"""The inhibitions of the rules' folder; what is not there is taken from the shipped ones."""

from pathlib import Path

from services.dispatch.adapters.rule_folder import SHIPPED
from services.dispatch.domain.inhibition import FILE, Inhibition, read_inhibitions
from services.reference.catalogue import Catalogue


def load_inhibitions(folder: Path | None, catalogue: Catalogue) -> tuple[Inhibition, ...]:
    """Raises RuleFileError, OSError."""
    own = folder / FILE if folder else None
    path = own if own and own.is_file() else SHIPPED / FILE
    return read_inhibitions(path.read_text("utf-8-sig"), catalogue, path.name)
