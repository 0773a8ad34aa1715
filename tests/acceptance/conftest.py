"""A town for each story, around one hub."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from tests.acceptance.town import TOKEN, WORKERS_KEY, Town, connection_to
from tests.harness import Hub, Servers

ROLE_TOKEN, SYSTEM_TOKEN = "token-of-the-duty-leader", "token-of-a-system"


def private_settings(servers: Servers) -> dict[str, str]:
    """What intake needs to keep clear text and pictures, and to open them."""
    return {
        "HUB_INTAKE_VAULT_KEYS": f"t1:{'a secret of the tests':>32}",
        "HUB_INTAKE_LINK_KEY": "a key for links of the tests",
        "HUB_INTAKE_SYSTEM_TOKEN": SYSTEM_TOKEN,
        "HUB_INTAKE_ROLE_TOKENS": json.dumps({"duty_leader": ROLE_TOKEN}),
        "HUB_INTAKE_RELAY_NUMBERS": "95000001",
        "HUB_INTAKE_PICTURE_HOSTS": "127.0.0.1",
        "HUB_INTAKE_PICTURE_NETWORKS": "127.0.0.0/8",
        "HUB_OBJECTS": str(servers.home / "objects"),
    }


@pytest.fixture(scope="package")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where versions of the ground are published; empty at first."""
    return tmp_path_factory.mktemp("grounds")


@pytest.fixture(scope="package")
def rosters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a roster may lie; empty but for the story that needs one."""
    return tmp_path_factory.mktemp("rosters")


@pytest.fixture(scope="package")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped rules, but for a surge that is over as soon as it may be."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "surge.yaml").write_text("window_seconds: 4\nstay_minutes: 0\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="package")
def running_hub(grounds: Path, rosters: Path, rules: Path) -> Iterator[Hub]:
    """The four services as processes, on servers of their own, for all stories."""
    servers = Servers().start()
    hub = Hub(servers).prepare()
    try:
        hub.shared = {
            "HUB_GROUND": str(grounds),
            "HUB_API_TOKEN": TOKEN,
            "HUB_DISPATCH_ROSTER": str(rosters),
            "HUB_DISPATCH_RULES": str(rules),
            "HUB_INTAKE_KEY_WORKERS": WORKERS_KEY,
            "HUB_CLASSIFICATION_THEMES_EVERY": "1",
            "HUB_CLASSIFICATION_RISK_PACE": "1",
            **private_settings(servers),
        }
        yield hub.start()
    finally:
        hub.stop()
        servers.stop()


@pytest.fixture
async def town(running_hub: Hub) -> AsyncIterator[Town]:
    """Somebody who can call, and look."""
    connection = await connection_to(running_hub.servers.postgres_dsn)
    async with AIOKafkaProducer(bootstrap_servers=running_hub.servers.kafka) as producer:
        yield Town(running_hub, producer, connection)
    await connection.close()


@pytest.fixture
def dsn(running_hub: Hub) -> str:
    """The owner's way to the database."""
    return running_hub.servers.postgres_dsn
