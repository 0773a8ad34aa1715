"""Controls: without one safeguard, its fault shows and the checker turns red; with it, green."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.chaos.evidence import CONSUMERS, ends, read_tables
from tests.chaos.ground import Ground, until
from tests.chaos.street import Street

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(240)]
PATIENCE = 12.0


def without(safeguard: str) -> dict[str, str]:
    return {"HUB_DRILL_WITHOUT": safeguard}


def red(ground: Ground, street: Street, kind: str) -> str:
    """What the checker finds wrong of this kind; the test fails if it finds nothing."""
    ground.settle(street.ledger, PATIENCE)
    found = [each for each in ground.verdict(street).wrong if each.startswith(kind)]
    assert found, "the checker did not see what is wrong"
    return found[0]


def poisoned(ground: Ground, street: Street) -> None:
    """The fault: poison among the reports."""
    speaking = street.speak(80, 60.0)
    street.poison()
    speaking.result(60)


def test_without_the_safe_parser_poison_blocks_what_is_behind_it(ground: Ground) -> None:
    with ground.street("PARS", 60) as street:
        ground.restart(["intake"], without("parser"))
        poisoned(ground, street)
        assert "was received 0 times" in red(ground, street, "report without its end")
        ground.restart(["intake"])
        ground.all_is_well(street)


def repeated(street: Street, ground: Ground) -> None:
    """The fault: every step of a worker comes twice, with the same id."""
    street.twice = 1.0
    street.speak(60, 60.0).result(60)


def test_without_the_inbox_steps_that_come_twice_are_done_twice(ground: Ground) -> None:
    with ground.street("INBG", 61) as street:
        repeated(street, ground)
        ground.all_is_well(street)
    with ground.street("INBR", 62) as street:
        ground.restart(["feedback"], without("inbox"))
        repeated(street, ground)
        assert "has 2 rows in the archive" in red(ground, street, "effect")
        ground.restart(["feedback"])


async def _claim_all_is_done(ground: Ground, group: str, topic: str) -> None:
    """Kafka believes that classification has done everything, wherever it has done something."""
    stored = (await read_tables(ground.servers.postgres_dsn)).offsets
    offsets = {
        TopicPartition(*key): end
        for key, end in (await ends(ground.servers.kafka)).items()
        if key[0] == topic and ("classification", *key) in stored
    }
    async with AIOKafkaConsumer(
        bootstrap_servers=ground.servers.kafka, group_id=group, enable_auto_commit=False
    ) as consumer:
        consumer.assign(list(offsets))
        await consumer.commit(offsets)


async def _has_no_mail(ground: Ground, service: str) -> bool:
    tables = await read_tables(ground.servers.postgres_dsn)
    at = tables.offsets
    end = await ends(ground.servers.kafka)
    behind = [
        key
        for key, off in end.items()
        if service in CONSUMERS[key[0]] and at.get((service, *key), 0) < off
    ]
    return not behind and not tables.outbox[service]


def ahead(ground: Ground, street: Street, drill: dict[str, str] | None) -> None:
    """The fault: while classification is down, Kafka's committed offsets run ahead of the truth."""
    street.speak(60, 100.0).result(60)
    assert ground.settle(street.ledger)
    ground.rest(["classification"])
    street.speak(60, 60.0).result(60)
    until(lambda: asyncio.run(_has_no_mail(ground, "intake")), 30.0, "all reports are on the topic")
    for lane in ("", ".express"):
        asyncio.run(_claim_all_is_done(ground, f"classification{lane}", f"hub.reports.v1{lane}"))
    ground.begin(["classification"], drill)
    until(lambda: ground.hub.is_ready("classification"), 60.0, "classification is back")


def test_without_the_fence_what_kafka_believes_to_be_done_is_lost(ground: Ground) -> None:
    with ground.street("FENG", 63) as street:
        ahead(ground, street, None)
        ground.all_is_well(street)
    with ground.street("FENR", 64) as street:
        ahead(ground, street, without("fence"))
        assert "came to 0 ends" in red(ground, street, "report without its end")
        ground.restart(["classification"])
        ground.all_is_well(street)
