"""A record of Kafka, and the message that is read from it. Reading never raises.

CloudEvents 1.0, Kafka protocol binding, binary mode: attributes are `ce_` headers.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b, sha1
from uuid import UUID

from schemas.event import CONTENT_TYPE, SPEC_VERSION, Event, dataschema
from services.kernel import drill
from services.kernel.errors import HubError, Unprocessable

NAMESPACE = UUID("6f0f1c2e-58a5-5d0e-9a55-3c1f0e6b7a10").bytes
HEXADECIMAL = re.compile("[0-9a-f]{32}")
ORIGIN = "hub-origin"
"""Header of a redriven record: the topic/partition/offset where it stood first."""
TIMER = "timer:"
"""So begins the id of what a timer says."""

Header = tuple[str, bytes | None]

# Records, messages and mail are made for every event: they are not frozen, though nobody
# changes them, because a frozen dataclass takes four times as long to make.


@dataclass(slots=True)
class Record:
    """A record as it lies in Kafka; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[Header]

    @property
    def origin(self) -> str:
        """Where it stood first: its identity if it bears no id of its own."""
        for name, value in self.headers:
            if name == ORIGIN and value:
                return value.decode(errors="replace")
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(slots=True)
class Message:
    """Something that arrived and was understood.

    `sequence` is gapless per (source, subject), or None where the source does not count.
    `waited` is how many seconds it was parked; 0 if it comes straight from its topic.
    """

    id: str
    source: str
    subject: str
    event: Event
    sequence: int | None = None
    correlation: str = ""
    express: bool = False
    record: Record | None = None
    waited: float = 0.0

    @property
    def identity(self) -> bytes:
        """The 16 bytes by which the inbox knows it: of (source, id)."""
        return blake2b(f"{self.source}\n{self.id}".encode(), digest_size=16).digest()


@dataclass(slots=True, frozen=True)
class Rejected:
    """A record, or a message, that can never be processed, and why."""

    record: Record | None
    error: str
    reason: str
    message: Message | None = None
    attempts: int = 1


Reader = Callable[[Record], Sequence[Message]]


@dataclass(frozen=True)
class Readers:
    """Who reads which topic, and how large a record may be."""

    by_topic: dict[str, Reader]
    limit: int
    ranks: dict[str, int] = field(default_factory=dict)

    def read(self, records: Sequence[Record]) -> tuple[list[Message], list[Rejected]]:
        """Read a batch, topics in the order of travel; whatever fails is rejected alone."""
        messages: list[Message] = []
        rejected: list[Rejected] = []
        for record in sorted(records, key=lambda record: self.ranks.get(record.topic, 0)):
            try:
                messages += self._read_one(record)
            except Exception as error:  # a hostile record must never stop the others
                if drill.without("parser"):
                    raise
                rejected.append(Rejected(record, type(error).__name__, sentence(error)))
        return messages, rejected

    def _read_one(self, record: Record) -> Sequence[Message]:
        if record.value is None:
            raise Unprocessable("the record has no value: no topic of ours is compacted")
        if len(record.value) > self.limit:
            raise Unprocessable(f"{len(record.value)} bytes; at most {self.limit} are taken")
        if b"\\u0000" in record.value:
            raise Unprocessable("the body holds a NUL character, which PostgreSQL can not keep")
        return self.by_topic[record.topic](record)


def sentence(error: Exception) -> str:
    """Why it failed, without the input: that may hold personal data."""
    if isinstance(error, HubError):
        return str(error)
    errors = getattr(error, "errors", None)
    if callable(errors):
        found = errors(include_url=False, include_context=False, include_input=False)
        places = (f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in found)
        return "; ".join(list(places)[:5])
    return {
        "UnicodeDecodeError": "a header or the body is not UTF-8",
        "RecursionError": "the body is nested too deeply",
    }.get(type(error).__name__, type(error).__name__)


def attributes(record: Record) -> dict[str, str]:
    """The headers as text; a header that is null or not UTF-8 is refused by name."""
    found: dict[str, str] = {}
    for name, value in record.headers:
        if value is None:
            raise Unprocessable(f"the header {name[:40]!r} is null")
        try:
            found[name] = value.decode()
        except UnicodeDecodeError:
            raise Unprocessable(f"the header {name[:40]!r} is not UTF-8") from None
        if "\x00" in found[name]:
            raise Unprocessable(f"the header {name[:40]!r} holds a NUL character")
    return found


def cloudevents(types: Sequence[type[Event]], *, express: bool = False) -> Reader:
    """A reader of one topic whose events are known by their `ce_type`."""
    known = {event.ce_type: event for event in types}

    def read(record: Record) -> list[Message]:
        headers = attributes(record)
        event = _event_class(known, headers).model_validate_json(
            record.value or b"", extra="ignore"
        )
        subject = _required(headers, "ce_subject")
        if subject != event.subject:
            raise Unprocessable("ce_subject and the body name different subjects")
        return [
            Message(
                id=_required(headers, "ce_id"),
                source=_required(headers, "ce_source"),
                subject=subject,
                event=event,
                sequence=_sequence(headers.get("ce_sequence")),
                correlation=headers.get("ce_correlationid") or headers["ce_id"],
                express=express,
                record=record,
            )
        ]

    return read


def _event_class(known: dict[str, type[Event]], headers: dict[str, str]) -> type[Event]:
    if headers.get("ce_specversion") != SPEC_VERSION:
        raise Unprocessable(f"ce_specversion must be {SPEC_VERSION}")
    try:
        return known[headers.get("ce_type", "")]
    except KeyError:
        raise Unprocessable(
            f"ce_type {headers.get('ce_type', '')[:80]!r} is unknown here; expected one of "
            + ", ".join(sorted(known))
        ) from None


def _sequence(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) > 0):
        raise Unprocessable("ce_sequence must be a whole number from 1")
    return int(value)


def _required(headers: dict[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value or len(value) > 256:
        raise Unprocessable(f"the header {name} is missing, empty or longer than 256 characters")
    return value


@dataclass(slots=True)
class Mail:
    """An event as it goes to Kafka; `seq` is the number of its row in the outbox."""

    seq: int
    topic: str
    subject: str
    headers: dict[str, str]
    payload: bytes


@dataclass(slots=True)
class Emitted(Mail):
    """An event on its way out, and what a service's own tables want to know of it."""

    event: Event
    id: str
    sequence: int | None
    correlation: str


def envelope(
    event: Event,
    *,
    id: str,  # noqa: A002  # CloudEvents calls it so
    source: str,
    sequence: int | None,
    time: str,
    correlation: str,
    causation: str,
) -> dict[str, str]:
    """CloudEvents attributes and W3C trace context; the trace follows the correlation."""
    subject = event.subject
    headers = {
        **_of_all(type(event)),
        "ce_id": id,
        "ce_source": source,
        "ce_time": time,
        "ce_subject": subject,
        "ce_partitionkey": subject,
        "ce_correlationid": correlation,
        "ce_causationid": causation,
        "traceparent": traceparent(correlation, id),
    }
    if sequence is not None:
        headers["ce_sequence"] = str(sequence)
    return headers


@lru_cache
def _of_all(event: type[Event]) -> dict[str, str]:
    """What all events of a class have in their headers."""
    return {
        "content-type": CONTENT_TYPE,
        "ce_specversion": SPEC_VERSION,
        "ce_type": event.ce_type,
        "ce_dataschema": dataschema(event),
    }


def new_id(cause: str, kind: str, index: int = 0) -> str:
    """An id that follows from its cause, so that a retry makes the same one: a UUID, version 5.

    Written out here because it is made for every event, and `uuid.uuid5` takes five times as long.
    """
    digest = sha1(NAMESPACE + f"{cause}:{kind}:{index}".encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def trace_id(correlation: str) -> str:
    """32 hexadecimal digits that follow from the correlation id."""
    digits = correlation.replace("-", "")
    if HEXADECIMAL.fullmatch(digits):
        return digits
    return blake2b(correlation.encode(), digest_size=16).hexdigest()


def traceparent(correlation: str, span: str) -> str:
    """W3C trace context: one trace a correlation, one span an event."""
    return f"00-{trace_id(correlation)}-{trace_id(span)[:16]}-01"
