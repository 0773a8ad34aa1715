"""The register and the keys in use, in a process that does not stop when they change."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from schemas.flow import Service
from services.hosting.file_watch import FileWatch
from services.intake.adapters.register import SHIPPED, RegisterError, load_register
from services.intake.domain.registered import KEY_NAME, Register, RegisteredSource

PREFIX = "HUB_INTAKE_KEY_"


class RegisterWatch:
    """Keeps the newest good register with its keys; a bad one is told of and the old one stays.

    `path` is a register, or None for the one that is shipped; `secrets` a file of keys, one
    `NAME=value` a line. Raises RegisterError or OSError if there is none to begin with.
    """

    def __init__(self, path: Path | None, secrets: Path | None) -> None:
        def read() -> tuple[Register, Mapping[str, str]]:
            return load_register(path or SHIPPED), read_secrets(secrets)

        self._files = FileWatch("sources", Service.INTAKE, [path or SHIPPED, secrets], read)
        self.look, self.run = self._files.look, self._files.run

    @property
    def register(self) -> Register:
        """The newest good register."""
        return self._files.value[0]

    def keys(self, source: RegisteredSource) -> Sequence[str]:
        """The keys of a source that are known, the newest first."""
        known = self._files.value[1]
        return [known[name] for name in source.keys if known.get(name)]


def read_secrets(
    path: Path | None, environment: Mapping[str, str] = os.environ
) -> Mapping[str, str]:
    """The keys by name: of the environment, then of the file, which wins. Raises RegisterError."""
    found = {
        name.removeprefix(PREFIX): value.strip()
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path else []
    except UnicodeDecodeError:
        raise RegisterError(f"{path} 不是 UTF-8 文本：请另存为 UTF-8") from None
    for number, line in enumerate(lines, start=1):
        name, is_given, value = (part.strip() for part in line.partition("="))
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not is_given or not value or not re.fullmatch(KEY_NAME, name):
            raise RegisterError(f"{path} 第 {number} 行：每行应为 名字=值，名字用大写字母")
        found[name] = value
    return found
