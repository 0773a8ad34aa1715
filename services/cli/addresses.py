"""Where the hub is: from the environment, or from the stack that runs on this machine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.embedded.home import Home
from deploy.embedded.settings import settings_from
from deploy.embedded.state import read_state
from schemas.flow import Service
from services.cli.failures import Failure

FIRST_PORT = 8101


@dataclass(frozen=True)
class Addresses:
    """`postgres` is the owner's DSN; `services` are base URLs by service."""

    kafka: str
    postgres: str
    services: Mapping[str, str]


def addresses(environment: Mapping[str, str] = os.environ) -> Addresses:
    """The addresses in force: the environment's come first."""
    running = _running(environment)
    kafka = environment.get("HUB_KAFKA_BOOTSTRAP") or running.get("kafka")
    postgres = environment.get("HUB_POSTGRES_DSN") or running.get("postgres")
    if not kafka or not postgres:
        raise Failure(
            "no hub is known here: start one with 'hub up', or set HUB_KAFKA_BOOTSTRAP "
            "and HUB_POSTGRES_DSN."
        )
    services = {
        service.value: environment.get(f"HUB_{service.upper()}_URL")
        or running.get(service)
        or _by_port(environment, service, index)
        for index, service in enumerate(Service)
    }
    return Addresses(kafka, postgres, services)


def _running(environment: Mapping[str, str]) -> dict[str, str]:
    """The addresses of a local stack; empty when none runs."""
    home = Home(settings_from(environment).home)
    state = read_state(home.state_file) if home.holder() else None
    return dict(state.addresses) if state else {}


def _by_port(environment: Mapping[str, str], name: str, index: int) -> str:
    base = settings_from(environment).http_port_base or FIRST_PORT
    port = environment.get(f"HUB_{name.upper()}_HTTP_PORT") or base + index
    return f"http://127.0.0.1:{port}"
