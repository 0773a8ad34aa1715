"""The passwords of one home: made once, kept in a file that only its owner can read."""

import json
import os
import secrets
from pathlib import Path

from deploy.embedded.errors import StartFailed


class Passwords:
    """Passwords by name, in a 0600 file; URL-safe, so that a DSN needs no quoting."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, name: str) -> str:
        """The password called `name`; made and kept when it is asked for the first time."""
        known = self._read()
        if name not in known:
            known[name] = secrets.token_urlsafe(24)
            self._write(known)
        return known[name]

    def _read(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        try:
            return dict(json.loads(self._path.read_text()))
        except ValueError:
            raise StartFailed(
                f"{self._path} is damaged; restore it, or remove {self._path.parent} to begin anew."
            ) from None

    def _write(self, known: dict[str, str]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(known, file, indent=1)
            os.fsync(file.fileno())
        fresh.replace(self._path)
