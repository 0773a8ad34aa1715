"""What intake says of its sources: one has fallen silent, one is heard again."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from schemas.event import Event
from schemas.place import Place
from schemas.report import Source


class SourceSilenced(Event):
    """A source that always speaks has not been heard for too long (来源静默)."""

    ce_type: ClassVar[str] = "hub.source.silenced.v1"
    about: ClassVar[str] = "source_id"

    source_id: str = Field(description="the registered source, or one camera of it")
    source: Source
    name: str
    place: Place = Place()
    heard_at: AwareDatetime | None = Field(default=None, description="absent: never")
    patience: float = Field(gt=0, description="seconds after which it counts as silent")
    silenced_at: AwareDatetime


class SourceRecovered(Event):
    """A silent source is heard again."""

    ce_type: ClassVar[str] = "hub.source.recovered.v1"
    about: ClassVar[str] = "source_id"

    source_id: str
    silent_for: float = Field(ge=0, description="seconds")
    recovered_at: AwareDatetime
