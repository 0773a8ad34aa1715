"""Topics, made explicitly: Kafka's own creation would give each one partition."""

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.flow import Topic

CONFIG = {"cleanup.policy": "delete", "max.message.bytes": "4194304"}


async def create(bootstrap: str, topics: Sequence[Topic], replication: int = 1) -> list[str]:
    """Create what is missing, both lanes; returns the names that were created."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        wanted = {name: topic.partitions for topic in topics for name in topic.names}
        missing = [
            NewTopic(name, partitions, replication, topic_configs=CONFIG)
            for name, partitions in wanted.items()
            if name not in there
        ]
        if missing:
            await admin.create_topics(missing)
    finally:
        await admin.close()
    return [each.name for each in missing]
