"""After a restore: what went out after the backup, and how far the topics are to be read again.

A backup is one snapshot of all services. What they published later lies in the topics: each must
give the same events the same numbers when it decides anew, or those who read them would be misled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from schemas.flow import EXPRESS, FLOW, Service, Topic, consumed_by, produced_by
from services.hosting.kafka import client_login
from services.kernel.errors import Unavailable
from services.kernel.postgres import columns

ROWS_AT_ONCE = 5_000
FENCE = "SELECT topic, partition, next_offset FROM {service}.consumer_offset"
MOVE = """
INSERT INTO {service}.consumer_offset (topic, partition, next_offset) VALUES ($1, $2, $3)
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset"""
SETTLE = """
WITH said AS (DELETE FROM {service}.published RETURNING subject, sequence)
INSERT INTO {service}.subject AS s (id, sequence)
SELECT subject, max(sequence) FROM said GROUP BY subject
ON CONFLICT (id) DO UPDATE SET sequence = greatest(s.sequence, EXCLUDED.sequence)"""
FORGET = "TRUNCATE {service}.published, {service}.catch_up"
REMEMBER = """
INSERT INTO {service}.published (id, subject, sequence, cause, type, payload, express)
SELECT n.*
FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bytea[], $7::bool[])
    AS n (id, subject, sequence, cause, type, payload, express)
LEFT JOIN {service}.subject s ON s.id = n.subject
WHERE n.sequence > coalesce(s.sequence, 0) ON CONFLICT DO NOTHING"""
UNTIL = "INSERT INTO {service}.catch_up SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])"
LEFT = "SELECT type, count(*) AS number FROM {service}.published GROUP BY type ORDER BY type"


Row = tuple[str, str, int, str, str, bytes, bool]
"""Id, subject, sequence, cause, type and body of an event, and whether it went by express."""


@dataclass(frozen=True)
class Forgiven:
    """What an operator accepts when backup and topics do not fit each other."""

    topics_lost: bool = False
    """The topics are new and empty: read them from their beginning."""
    gap: bool = False
    """The topics no longer reach back to the backup: go on where they begin."""


@dataclass(frozen=True)
class Recalled:
    """By service: how many records it reads again, and how many of its own events it will know."""

    behind: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)


async def recall(bootstrap: str, dsn: str, forgiven: Forgiven) -> Recalled:
    """Write down, for every service, what its restored tables do not know yet.

    `dsn` is the owner's; no service may run. Raises Unavailable if backup and topics do not fit.
    """
    partitions = await _partitions(bootstrap)
    connection = await asyncpg.connect(dsn)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, **client_login()
    )
    await consumer.start()
    try:
        async with connection.transaction():
            return await _Recall(connection, consumer, partitions, forgiven).run()
    finally:
        await consumer.stop()
        await connection.close()


async def not_said_again(connection: Any, service: str) -> dict[str, int]:
    """Events after the backup that nothing led to again, by type: commands of people mostly."""
    rows = await connection.fetch(LEFT.format(service=service))
    return {row["type"]: row["number"] for row in rows}


async def settle(dsn: str) -> None:
    """Forget the restore, when somebody has looked at what it left; numbers still go on beyond."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            for service in Service:
                await connection.execute(SETTLE.format(service=service))
                await connection.execute(f"DELETE FROM {service}.catch_up")  # noqa: S608
    finally:
        await connection.close()


class _Recall:
    def __init__(
        self, connection: Any, consumer: Any, partitions: dict[str, int], forgiven: Forgiven
    ) -> None:
        self._connection = connection
        self._consumer = consumer
        self._partitions = partitions
        self._forgiven = forgiven
        self._fences: dict[Service, dict[TopicPartition, int]] = {}

    async def run(self) -> Recalled:
        done = Recalled()
        for service in Service:
            await self._connection.execute(FORGET.format(service=service))
            rows = await self._connection.fetch(FENCE.format(service=service))
            self._fences[service] = {TopicPartition(r[0], r[1]): r[2] for r in rows}
        for service in Service:
            done.behind[service] = await self._note_ends(service)
        for service in Service:
            done.known[service] = await self._remember(service)
        return done

    async def _note_ends(self, service: Service) -> int:
        """Note where the topics of a service end now; returns how many records lie before that."""
        places, behind = self._places(consumed_by(service)), 0
        starts = await self._consumer.beginning_offsets(places)
        ends = await self._consumer.end_offsets(places)
        for each in places:
            await self._fit(service, each, starts[each], ends[each])
            behind += ends[each] - max(self._fences[service].get(each, 0), starts[each])
        rows = [[each.topic, each.partition, ends[each]] for each in places]
        await self._connection.execute(UNTIL.format(service=service), *columns(rows))
        return behind

    async def _fit(self, service: Service, at: TopicPartition, start: int, end: int) -> None:
        """Refuse, or forgive, a backup that is older or younger than the topics.

        A partition that was not read before the backup begins at its start: Kafka itself
        remembers a later place, which counts no more.
        """
        fences, where = self._fences[service], f"{at.topic}/{at.partition}"
        stored = fences.get(at, 0)
        if stored > end and not self._forgiven.topics_lost:
            raise Unavailable(
                f"{service} 已读到 {where} 的 {stored}，主题却只到 {end}：主题是新建的。"
                "先恢复 Kafka；确实丢了，用 --topics-lost 从头读新主题。"
            )
        if 0 < stored < start and not self._forgiven.gap:
            raise Unavailable(
                f"{service} 要从 {where} 的 {stored} 读起，主题只留着 {start} 以后的："
                "备份比保留期旧。换一份新的备份；没有了，用 --accept-gap 接受中间缺的那一段。"
            )
        if at not in fences or stored > end or stored < start:
            await self._connection.execute(
                MOVE.format(service=service), at.topic, at.partition, start
            )
            fences[at] = start

    async def _remember(self, service: Service) -> int:
        """Read the service's own topics from where the last of their readers stood."""
        for topic in (each for each in produced_by(service) if each.sequenced):
            for place in self._places([topic]):
                stood = min(self._fences[each].get(place, 0) for each in topic.consumers)
                await self._read_from(service, place, stood)
        rows = await self._connection.fetch(LEFT.format(service=service))
        return sum(row["number"] for row in rows)

    async def _read_from(self, service: Service, place: TopicPartition, offset: int) -> None:
        self._consumer.assign([place])
        start = (await self._consumer.beginning_offsets([place]))[place]
        end = (await self._consumer.end_offsets([place]))[place]
        self._consumer.seek(place, max(offset, start))
        while await self._consumer.position(place) < end:
            batch = await self._consumer.getmany(timeout_ms=500, max_records=ROWS_AT_ONCE)
            records = (record for part in batch.values() for record in part)
            if rows := [row for each in records if (row := _row(each, service))]:
                await self._connection.execute(REMEMBER.format(service=service), *columns(rows))

    def _places(self, topics: Sequence[Topic]) -> list[TopicPartition]:
        return [
            TopicPartition(name, number)
            for topic in topics
            for name in topic.names
            for number in range(self._partitions[name])
        ]


def _row(record: Any, service: str) -> Row | None:
    """What a record says of itself; None where it is not the service's own."""
    said = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    number = said.get("ce_sequence", "")
    if said.get("ce_source") != service or not number.isdecimal() or len(number) > 9:
        return None
    return (
        said["ce_id"],
        said["ce_subject"],
        int(number),
        said.get("ce_causationid", ""),
        said["ce_type"],
        record.value,
        record.topic.endswith(EXPRESS),
    )


async def _partitions(bootstrap: str) -> dict[str, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **client_login())
    await admin.start()
    try:
        names = [name for topic in FLOW for name in topic.names]
        found = await admin.describe_topics(names)
    finally:
        await admin.close()
    return {each["topic"]: len(each["partitions"]) for each in found}
