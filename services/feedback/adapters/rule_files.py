"""The rule files of feedback: an operator's own, or the shipped ones."""

from pathlib import Path

from services.feedback.domain import closing, retention
from services.feedback.domain.closing import Closing, read_closing
from services.feedback.domain.retention import Retention, read_retention
from services.reference.catalogue import Catalogue
from services.reference.rule_files import rule_text

SHIPPED = Path(__file__).parents[1] / "data"


def load_closing(path: Path | None, catalogue: Catalogue) -> Closing:
    """The conditions of closing. Raises RuleFileError, OSError."""
    path = path or SHIPPED / closing.FILE
    return read_closing(rule_text(path), catalogue, path.name)


def load_retention(path: Path | None, catalogue: Catalogue) -> Retention:
    """The rules of keeping evidence. Raises RuleFileError, OSError."""
    path = path or SHIPPED / retention.FILE
    return read_retention(rule_text(path), catalogue, path.name)
