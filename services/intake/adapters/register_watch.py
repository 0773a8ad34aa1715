"""The register and the keys in use, in a process that does not stop when they change."""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from services.intake import metrics
from services.intake.adapters.register import SHIPPED, RegisterError, load_register
from services.intake.domain.registered import KEY_NAME, RegisteredSource

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at the files: one look is two calls of the system."""

PREFIX = "HUB_INTAKE_KEY_"


class RegisterWatch:
    """Keeps the newest good register; a bad one is told of and the old one stays in use.

    `path` is a register, or None for the one that is shipped; `secrets` a file of keys, one
    `NAME=value` a line. Raises RegisterError or OSError if there is none to begin with.
    """

    def __init__(self, path: Path | None, secrets: Path | None) -> None:
        self._path = path or SHIPPED
        self._secrets = secrets
        self._seen = self._stamps()
        self.register = load_register(self._path)
        self._keys = read_secrets(secrets)

    def keys(self, source: RegisteredSource) -> Sequence[str]:
        """The keys of a source that are known, the newest first."""
        return [self._keys[name] for name in source.keys if self._keys.get(name)]

    async def run(self, stopping: asyncio.Event) -> None:
        """Look for changed files until told to stop."""
        while not stopping.is_set():
            self.look()
            try:
                await asyncio.wait_for(stopping.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    def look(self) -> None:
        """Take the files anew if they have changed."""
        stamps = self._stamps()
        if stamps == self._seen:
            return
        self._seen = stamps
        try:
            register, self._keys = load_register(self._path), read_secrets(self._secrets)
        except (RegisterError, OSError) as error:
            metrics.REGISTER_REFUSED.set(1)
            log.error(  # noqa: TRY400  # the message says it all
                "register.refused", problem=str(error), kept=self.register.version
            )
            return
        metrics.REGISTER_REFUSED.set(0)
        if register.version != self.register.version:
            log.info("register.taken", version=register.version, before=self.register.version)
        self.register = register

    def _stamps(self) -> list[tuple[int, int, int] | None]:
        return [_stamp(each) for each in (self._path, self._secrets) if each]


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


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What tells a file from itself before it was written anew; None if it is away."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
