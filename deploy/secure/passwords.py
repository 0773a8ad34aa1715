"""Passwords and keys, each in a file of its own, made once and never changed."""

import secrets
from collections.abc import Iterator
from pathlib import Path

from schemas.flow import Service

OWNER = "hub"
PLAIN = (
    "postgres_password",
    "dashboard_password",
    "grafana_password",
    "api_token",
    "pseudonym_key",
    "vault_keys",
    "link_key",
    "system_token",
)
SOURCE_KEYS = "source_keys"
EMPTY = "# 每行一个来源密钥，写成 HUB_INTAKE_KEY_名称=密钥\n"
ACCESS_KEYS = "access_keys"


def names() -> list[str]:
    """The files that the hub needs, Kafka's logins aside."""
    return [name for name, _ in wanted(Path("nowhere"), "nowhere")]


def password() -> str:
    """Letters and digits only, since some become parts of addresses."""
    return secrets.token_hex(24)


def wanted(folder: Path, postgres: str) -> Iterator[tuple[str, str]]:
    """Name and content of each file; what is there already keeps its content.

    `postgres` is host:port of the database `hub`.
    """
    for name in PLAIN:
        yield name, _kept(folder / name) or password()
    yield SOURCE_KEYS, _kept(folder / SOURCE_KEYS) or EMPTY
    yield ACCESS_KEYS, _kept(folder / ACCESS_KEYS) or f'keys:\n  k1: "{password()}"\n'
    yield "owner_dsn", _dsn(OWNER, _kept(folder / "postgres_password"), postgres)
    for service in Service:
        path = folder / f"{service}_dsn"
        yield path.name, _kept(path) or _dsn(f"hub_{service}", password(), postgres)


def make(folder: Path, postgres: str) -> list[str]:
    """Write what is missing; returns the names of what was written.

    The folder is closed to everybody else, also one that was open: nobody on this machine comes
    through it to a file. The files in it are readable, since Compose mounts each by itself into
    a container, where it keeps owner and mode, and the containers run as users of three numbers
    (10001, 999, 1000): a group could hold one of them only, and only root could give it away.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return [name for name, text in wanted(folder, postgres) if write(folder / name, text)]


def write(path: Path, text: str) -> bool:
    """Write a file that is not there yet; whether it was."""
    if path.exists():
        return False
    path.write_text(text, encoding="utf-8")
    path.chmod(0o444)
    return True


def _dsn(login: str, secret: str, postgres: str) -> str:
    return f"postgresql://{login}:{secret}@{postgres}/hub"


def _kept(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
