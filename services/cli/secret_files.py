"""Secrets as files: what an engine mounts counts as if the environment had said it."""

import os
from collections.abc import MutableMapping
from pathlib import Path

from services.cli.failures import Failure
from services.hosting.settings import SECRETS


def take_in(
    environment: MutableMapping[str, str] = os.environ, folder: Path | None = SECRETS
) -> None:
    """Let each file HUB_… of the folder be a variable, unless the environment has it."""
    for path in sorted(folder.glob("HUB_*")) if folder else ():
        environment.setdefault(path.name, _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except PermissionError:
        raise Failure(
            f"{path} can not be read by user {os.geteuid()}: the file it comes from must be "
            "readable (chmod 444), and the folder around it closed (chmod 700)."
        ) from None
