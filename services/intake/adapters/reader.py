"""From records of upstream to the messages that the kernel works on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.flow import CAMERA_ALARMS, HOTLINE_TICKETS, MESSAGES, WORKER_REPORTS
from services.intake import metrics
from services.intake.adapters import cameras, hotline, messages
from services.intake.adapters.envelope import Letter, open_envelope
from services.intake.adapters.strict_json import strict_object
from services.intake.domain.reception import Arrival, receive
from services.intake.domain.submission import Statement, Submission
from services.intake.ports import Pseudonyms
from services.kernel.record import Message, Reader, Record
from services.reference.ground import Ground

Recogniser = Callable[[Letter], list[Statement]]

RECOGNISERS: dict[str, Recogniser] = {
    HOTLINE_TICKETS.name: hotline.statements,
    CAMERA_ALARMS.name: cameras.statements,
    MESSAGES.name: messages.statements,
    WORKER_REPORTS.name: messages.worker_statements,
}


@dataclass(frozen=True)
class Reception:
    """Where statements are masked and placed, before anything else sees them.

    `ground` gives the ground that is in use at this moment.
    """

    ground: Callable[[], Ground]
    pseudonyms: Pseudonyms

    def admit(self, said: Statement, arrival: Arrival) -> Submission:
        """One statement, ready to be kept."""
        metrics.STATEMENTS.labels(said.source, said.life).inc()
        return receive(said, arrival, self.pseudonyms.of(said.teller), self.ground())

    def take(self, body: bytes, fallback_id: str) -> Submission:
        """One message that came over HTTP. Raises Unprocessable."""
        now = datetime.now(UTC)
        said = messages.read_message(strict_object(body), fallback_id)
        return self.admit(said, Arrival(now, now))

    def readers(self) -> dict[str, Reader]:
        """A reader for each topic of upstream."""
        return {topic: self._reader(recognise) for topic, recognise in RECOGNISERS.items()}

    def _reader(self, recognise: Recogniser) -> Reader:
        def read(record: Record) -> Sequence[Message]:
            letter = open_envelope(record)
            arrival = arrival_of(record)
            admitted = (self.admit(said, arrival) for said in recognise(letter))
            return [_message(each, letter, index, record) for index, each in enumerate(admitted)]

        return read


def arrival_of(record: Record) -> Arrival:
    """When a record arrived; a producer's clock that is ahead of ours is not believed."""
    now = datetime.now(UTC)
    if record.timestamp <= 0:
        return Arrival(now, now)
    return Arrival(min(datetime.fromtimestamp(record.timestamp / 1000, UTC), now), now)


def _message(submission: Submission, letter: Letter, index: int, record: Record) -> Message:
    """What follows from a record bears its origin, #1 and so on for its further alarms."""
    nth = f"#{index}" if index else ""
    return Message(
        id=letter.id + nth,
        source=letter.source,
        subject=submission.thread,
        event=submission,
        correlation=(letter.correlation or record.origin) + nth,
        express=submission.express,
        record=record,
    )
