"""What the stack can be told by the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import StackError


@dataclass(frozen=True)
class StackSettings:
    """Ports of 0 mean: pick a free one. A given server is used and neither started nor stopped."""

    home: Path
    kafka_port: int = 19092
    postgres_port: int = 15432
    http_port_base: int = 8101
    given_kafka: str | None = None
    given_postgres: str | None = None
    testcontainers: bool = False


def settings_from(environment: Mapping[str, str] = os.environ) -> StackSettings:
    """The settings of `hub up` in this environment: HUB_HOME, HUB_KAFKA_PORT and so on."""
    return StackSettings(
        home=Path(environment.get("HUB_HOME") or ".hub").expanduser().absolute(),
        kafka_port=_port(environment, "HUB_KAFKA_PORT", 19092),
        postgres_port=_port(environment, "HUB_POSTGRES_PORT", 15432),
        http_port_base=_port(environment, "HUB_HTTP_PORT_BASE", 8101),
        given_kafka=environment.get("HUB_KAFKA_BOOTSTRAP") or None,
        given_postgres=environment.get("HUB_POSTGRES_DSN") or None,
        testcontainers=environment.get("HUB_TESTCONTAINERS") == "1",
    )


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if text.isdecimal() and int(text) < 65_536:
        return int(text)
    raise StackError(f"{name} is '{text}'; give a port number below 65536 (0 picks a free one).")
