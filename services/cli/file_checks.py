"""Whether this user can use the folders that the hub is told of, and secrets are kept."""

import os
from collections.abc import Mapping
from pathlib import Path

from deploy.secure.passwords import names
from services.cli.checks import Check, Verdict, ok, wrong

WRITTEN = ("HUB_HOME", "HUB_OBJECTS", "HUB_FEEDBACK_RECONCILIATION")
READ = ("HUB_DISPATCH_RULES", "HUB_DISPATCH_ROSTER", "HUB_CATALOGUE", "HUB_ACCESS")
ELSEWHERE = "s3://"


def folders_check(environment: Mapping[str, str] = os.environ) -> Check:
    """Folders and files of the settings: there, and open to this user as they must be."""
    troubles = [
        f"{name}: {trouble}"
        for names_of, mode in ((WRITTEN, os.W_OK | os.X_OK), (READ, os.R_OK))
        for name in names_of
        if (value := environment.get(name)) and not value.startswith(ELSEWHERE)
        if (trouble := _trouble(Path(value).expanduser().absolute(), mode))
    ]
    if troubles:
        advice = f"give it to user {os.geteuid()} (chown), or set the variable to another place"
        return wrong("folders", "; ".join(troubles), advice)
    return ok("folders", f"those of the settings are open to user {os.geteuid()}")


def _trouble(path: Path, mode: int) -> str:
    """What is wrong with a path; what is yet to be made needs a place that may be written."""
    if path.exists():
        return "" if os.access(path, mode) else f"{path} is closed to this user{_owner(path)}"
    if mode == os.R_OK:
        return f"{path} is not there"
    above = next(each for each in path.parents if each.exists())
    return "" if os.access(above, mode) else f"{path} can not be made{_owner(above)}"


def _owner(path: Path) -> str:
    found = path.stat()
    return f" ({path} belongs to {found.st_uid}, mode {found.st_mode & 0o777:03o})"


def secrets_check(folder: Path) -> Check:
    """The files that compose.yaml mounts: all there, and their folder closed to others."""
    try:
        missing = [name for name in names() if not (folder / name).is_file()]
        is_open = folder.stat().st_mode & 0o077
    except PermissionError:
        advice = f"run this as its owner, or give it to user {os.geteuid()} (chown -R)"
        return wrong("secrets", f"{folder} is closed to this user", advice)
    if missing:
        return wrong("secrets", f"{', '.join(missing)} missing in {folder}", "run 'make secrets'")
    if is_open:
        said = f"whoever is on this machine can read {folder}"
        return Check("secrets", Verdict.ATTENTION, said, "run 'make secrets', which closes it")
    return ok("secrets", f"all in {folder}, closed to others")
