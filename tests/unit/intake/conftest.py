"""What the tests of intake's HTTP share."""

from pathlib import Path

import pytest

from tests.unit.intake.fronts import KEYS, Counter


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A file of keys, plainly invented."""
    path = tmp_path / "secrets"
    path.write_text(KEYS, encoding="utf-8")
    return path


@pytest.fixture
def counter(secrets: Path) -> Counter:
    """An intake with the register that is shipped."""
    return Counter(secrets)
