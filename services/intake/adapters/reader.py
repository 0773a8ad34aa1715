"""From records of upstream to the messages that the kernel works on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.flow import CAMERA_ALARMS, HOTLINE_TICKETS, MESSAGES, WORKER_REPORTS
from services.intake import metrics
from services.intake.adapters import cameras, hotline, messages
from services.intake.adapters.envelope import Letter, open_envelope
from services.intake.domain.reception import Arrival, receive
from services.intake.domain.submission import Statement, Submission, report_id_of
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
    """Where statements are masked and placed, before anything else sees them."""

    ground: Ground
    pseudonyms: Pseudonyms

    def admit(self, said: Statement, arrival: Arrival) -> Submission:
        """One statement, ready to be kept."""
        metrics.STATEMENTS.labels(said.source, said.life).inc()
        return receive(said, arrival, self.pseudonyms.of(said.caller.identity), self.ground)

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
    """Its id names its source too: what it leads to has ids of its own, whoever else uses 1."""
    return Message(
        id=f"{letter.source}/{letter.id}" + (f"#{index}" if index else ""),
        source=letter.source,
        subject=submission.thread,
        event=submission,
        correlation=letter.correlation or report_id_of(submission.thread),
        express=submission.express,
        record=record,
    )
