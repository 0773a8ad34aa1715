"""Whether the topics are safe, fit what the services have read, and keep it long enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient

from schemas.flow import FLOW, Service
from services.cli.addresses import Addresses
from services.cli.checks import Check, Verdict, ok, wrong
from services.cli.lag import Fences, Standing, fences_of
from services.hosting.kafka import client_login
from services.hosting.restore import not_said_again
from services.hosting.topics import TopicSettings

SEVERAL = 3
"""Brokers from which on a topic with one copy is a risk that nobody need take."""


@dataclass(frozen=True)
class Copies:
    """One partition: how many copies there should be, and how many are up to date."""

    place: str
    wanted: int
    in_sync: int


async def topic_checks(known: Addresses, found: Sequence[Standing], connection: Any) -> list[Check]:
    """Partitions, copies, and the fences of the services against what the topics hold."""
    brokers, copies = await _copies(known.kafka, [each.name for each in found if each.ends])
    left = {each.value: await not_said_again(connection, each) for each in Service}
    return [
        partitions_check(found, TopicSettings()),
        copies_check(brokers, copies),
        fences_check(found, await fences_of(known.postgres)),
        restored_check(left),
    ]


def partitions_check(found: Sequence[Standing], settings: TopicSettings) -> Check:
    """Whether every topic is there, with its partitions."""
    if missing := [each.name for each in found if not each.ends]:
        return wrong("topics", f"{', '.join(missing)} missing", "run 'hub migrate'")
    odd = [each.name for each in found if len(each.ends) != settings.partitions_of(each.topic)]
    if odd:
        advice = (
            "set HUB_TOPIC_PARTITIONS to what was made, or make them anew: keys would change "
            "their partition"
        )
        return wrong("topics", f"{', '.join(odd)}: wrong number of partitions", advice)
    return ok("topics", f"{len(found)} topics with their partitions")


def copies_check(brokers: int, copies: Sequence[Copies]) -> Check:
    """Whether each record lies on as many brokers as it should."""
    behind = [each.place for each in copies if each.in_sync < each.wanted]
    if behind:
        said = f"{len(behind)} partitions lack a copy, as {behind[0]}"
        return wrong("copies", said, "a broker is down or slow: see its log, and its disk")
    fewest = min((each.wanted for each in copies), default=1)
    if brokers >= SEVERAL and fewest < SEVERAL:
        advice = "kafka-reassign-partitions.sh adds copies; HUB_TOPIC_REPLICATION=3 for new topics"
        said = f"{brokers} brokers, but some records lie on {fewest} only"
        return Check("copies", Verdict.ATTENTION, said, advice)
    return ok("copies", f"{fewest} of each record, all up to date, on {brokers} brokers")


def fences_check(found: Sequence[Standing], fences: Fences) -> Check:
    """A service that has read beyond the end, or has yet to read what is gone, stands still."""
    ends = {(each.name, part): end for each in found for part, end in each.ends.items()}
    starts = {(each.name, part): start for each in found for part, start in each.starts.items()}
    for (service, topic, partition), stored in fences.items():
        place, where = (topic, partition), f"{service} at {topic}/{partition}"
        if stored > ends.get(place, stored):
            said = f"{where} has read {stored} records, Kafka has {ends[place]}"
            return wrong("fences", said, "the topics are new: 'hub restore --topics-lost'")
        if stored < starts.get(place, 0):
            said = f"{where} is at {stored}, Kafka has dropped all before {starts[place]}"
            return wrong("fences", said, "records were lost unread: 'hub restore --accept-gap'")
    return ok("fences", "every service stands within its topics")


def restored_check(left: Mapping[str, Mapping[str, int]]) -> Check:
    """After a restore: events that nothing led to again, so that only their readers know them."""
    counts = [f"{name} {kind}: {n}" for name, kinds in left.items() for kind, n in kinds.items()]
    if not counts:
        return ok("restored", "nothing is left of a restore")
    advice = "look at these incidents, give the commands again, then 'hub restore --forget'"
    return Check("restored", Verdict.ATTENTION, "; ".join(counts[:5]), advice)


async def _copies(bootstrap: str, names: Sequence[str]) -> tuple[int, list[Copies]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **client_login())
    await admin.start()
    try:
        brokers = (await admin.describe_cluster())["brokers"]
        topics = await admin.describe_topics(list(names) or [FLOW[0].name])
    finally:
        await admin.close()
    return len(brokers), [
        Copies(f"{each['topic']}/{part['partition']}", len(part["replicas"]), len(part["isr"]))
        for each in topics
        for part in each["partitions"]
    ]
