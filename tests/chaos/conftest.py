"""One ground for all drills: its servers and services start once."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.chaos.ground import ENVIRONMENT, Ground, Keeper, OffsetWatch
from tests.chaos.servers import MortalServers
from tests.harness import Hub


@pytest.fixture(scope="session")
def whole_ground() -> Iterator[Ground]:
    """Servers, the four services, their keeper, and the watch over the offsets."""
    servers = MortalServers().start()
    hub = Hub(servers).prepare()
    keeper, watch = Keeper(hub), OffsetWatch(servers.postgres_dsn)
    made = Ground(servers, hub, keeper, watch)
    try:
        hub.start(env=ENVIRONMENT)
        keeper.start()
        watch.start()
        yield made
    finally:
        keeper.over.set()
        watch.over.set()
        keeper.join()
        watch.join()
        hub.stop()
        servers.stop()
        print(f"\nprocesses that ended, by status: {dict(Counter(s for _, s in keeper.ends))}")
        print("\n".join(f"{run}: {figures}" for run, figures in made.figures.items()))


@pytest.fixture
def ground(whole_ground: Ground) -> Ground:
    """The ground with all four services up, and nothing switched off."""
    whole_ground.restart(whole_ground.drilled)
    whole_ground.all_ready()
    return whole_ground
