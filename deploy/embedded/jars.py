"""The pinned Kafka jars: which files, and whether a file is exactly the one that is pinned."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

LOCK_FILE = Path(__file__).with_name("kafka-4.3.1.lock.json")


@dataclass(frozen=True)
class Jar:
    """One pinned file: its path in a Maven repository, SHA-256 in hex and size in bytes."""

    path: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """The file name."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def coordinates(self) -> tuple[str, str, str]:
        """Maven's group, artifact and version."""
        *group, artifact, version, _ = self.path.split("/")
        return ".".join(group), artifact, version

    def is_at(self, path: Path) -> bool:
        """Whether the file at `path` is exactly the pinned one."""
        try:
            if path.stat().st_size != self.size:
                return False
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


def read_lock(path: Path = LOCK_FILE) -> list[Jar]:
    """The pinned jars, in class path order."""
    return [Jar(**entry) for entry in json.loads(path.read_text())]
