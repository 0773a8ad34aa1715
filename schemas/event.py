"""The envelope: what every event says of itself, as CloudEvents 1.0 attributes.

Source: CloudEvents 1.0.2 and its Kafka protocol binding (binary mode).
"""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"
SCHEMA_ROOT = "urn:event-hub:schema:"


class Part(BaseModel):
    """A value inside an event. Writers may add nothing; readers ignore what they do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Part):
    """Something that has happened, named in the past tense.

    `ce_type` is its type on the wire, `about` the field that holds its subject: the
    thread of a report or the incident, by which it is keyed and ordered.
    """

    ce_type: ClassVar[str] = ""
    about: ClassVar[str] = "incident_id"

    @property
    def subject(self) -> str:
        """The thread or the incident that the event is about (`ce_subject`)."""
        return str(getattr(self, self.about))

    @property
    def concerns(self) -> tuple[str, ...]:
        """All subjects whose state takes this event in, its own first."""
        return (self.subject,)


def dataschema(event: type[Event]) -> str:
    """The name of the JSON Schema of an event (`ce_dataschema`)."""
    return SCHEMA_ROOT + event.ce_type
