"""The inhibitions of the rules' folder; what is not there is taken from the shipped ones."""

from pathlib import Path

from services.dispatch.adapters.rule_folder import SHIPPED
from services.dispatch.domain.inhibition import FILE, Inhibition, read_inhibitions
from services.reference.catalogue import Catalogue
from services.reference.rule_files import rule_text


def load_inhibitions(folder: Path | None, catalogue: Catalogue) -> tuple[Inhibition, ...]:
    """Raises RuleFileError, OSError."""
    own = folder / FILE if folder else None
    path = own if own and own.is_file() else SHIPPED / FILE
    return read_inhibitions(rule_text(path), catalogue, path.name)
