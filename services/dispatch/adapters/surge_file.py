"""The surge rules of the rules' folder; without a file of its own the shipped ones."""

from pathlib import Path

from services.dispatch.adapters.rule_folder import SHIPPED
from services.dispatch.domain.surge import SurgeRules
from services.dispatch.domain.surge_file import FILE, read_surge
from services.reference.rule_files import rule_text


def load_surge(folder: Path | None) -> SurgeRules | None:
    """None where they are switched off; raises RuleFileError, OSError."""
    own = folder / FILE if folder else None
    path = own if own and own.is_file() else SHIPPED / FILE
    return read_surge(rule_text(path), path.name)
