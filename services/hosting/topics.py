"""Topics, made explicitly: Kafka's own creation would give each one partition."""

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from schemas.flow import Topic
from services.hosting.kafka import client_login
from services.hosting.settings import Settings


class TopicSettings(Settings):
    """`HUB_TOPIC_*`: how topics are made. What is there already is left as it is."""

    model_config = SettingsConfigDict(env_prefix="HUB_TOPIC_", extra="ignore")

    replication: int = Field(default=1, ge=1, description="3 where nothing may be lost")
    retention_days: int = Field(default=7, ge=1, le=13, description="shorter than HUB_INBOX_DAYS")
    partitions: int = Field(
        default=0, ge=0, le=64, description="of each topic; 0: as the flow has it"
    )

    def partitions_of(self, topic: Topic) -> int:
        """How many a topic should have."""
        return self.partitions or topic.partitions

    @property
    def config(self) -> dict[str, str]:
        """What Kafka is told of each topic: a write is kept by two of three before it counts."""
        return {
            "cleanup.policy": "delete",
            "max.message.bytes": "4194304",
            "retention.ms": str(self.retention_days * 86_400_000),
            "min.insync.replicas": "2" if self.replication > 2 else "1",
        }


async def create(bootstrap: str, topics: Sequence[Topic]) -> list[str]:
    """Create what is missing, both lanes; returns the names that were created."""
    settings = TopicSettings()
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **client_login())
    await admin.start()
    try:
        there = set(await admin.list_topics())
        wanted = {name: settings.partitions_of(topic) for topic in topics for name in topic.names}
        missing = [
            NewTopic(name, partitions, settings.replication, topic_configs=settings.config)
            for name, partitions in wanted.items()
            if name not in there
        ]
        if missing:
            await admin.create_topics(missing)
    finally:
        await admin.close()
    return [each.name for each in missing]
