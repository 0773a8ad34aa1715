"""The table of families that is shipped."""

from collections.abc import Collection
from pathlib import Path

from services.classification.domain.families import Families, FamilyError, read_families

SHIPPED = Path(__file__).parents[1] / "families.csv"


def load_families(codes: Collection[str], path: Path | None = None) -> Families:
    """Read the table, the shipped one if none is given. Raises FamilyError naming file and line."""
    path = path or SHIPPED
    try:
        return read_families(path.read_text(encoding="utf-8"), codes)
    except (OSError, FamilyError) as error:
        raise FamilyError(f"{path}: {error}") from None
