"""From records of upstream to the messages that the kernel works on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from schemas.flow import CAMERA_ALARMS, HOTLINE_TICKETS, MESSAGES, WORKER_REPORTS
from schemas.report import Picture
from services.intake import metrics
from services.intake.adapters import cameras, hotline, messages
from services.intake.adapters.channels import CHANNELS, Recogniser
from services.intake.adapters.ears import Ears
from services.intake.adapters.envelope import Letter, open_envelope, open_letter
from services.intake.adapters.strict_json import strict_object
from services.intake.domain.reception import Arrival, Belongings, receive
from services.intake.domain.registered import Register, RegisteredSource
from services.intake.domain.submission import Attached, Life, Media, Statement, Submission
from services.intake.ports import BadField, Post, Pseudonyms, Vault
from services.kernel.errors import Unprocessable
from services.kernel.record import Message, Reader, Record
from services.reference.ground import Ground

EMPTY = Register()

RECOGNISERS: dict[str, Recogniser] = {
    HOTLINE_TICKETS.name: hotline.statements,
    CAMERA_ALARMS.name: cameras.statements,
    MESSAGES.name: messages.statements,
    WORKER_REPORTS.name: messages.worker_statements,
}


@dataclass(frozen=True)
class Reception:
    """Where statements are masked and placed, before anything else sees them.

    `ground` gives the ground that is in use at this moment, `register` the register.
    """

    ground: Callable[[], Ground]
    pseudonyms: Pseudonyms
    vault: Vault
    register: Callable[[], Register] = lambda: EMPTY
    ears: Ears = field(default_factory=Ears)

    def admit(
        self, said: Statement, arrival: Arrival, pictures: tuple[Picture, ...] = ()
    ) -> Submission:
        """One statement, ready to be kept; in clear it goes no further than here."""
        metrics.statements(said.source, said.life).inc()
        pseudonym = self.pseudonyms.of(said.teller)
        return receive(said, arrival, pseudonym, self.ground(), self._locked_up(said, pictures))

    def _locked_up(self, said: Statement, pictures: tuple[Picture, ...]) -> Belongings:
        clear = said.clear
        kept = clear.is_worth_keeping
        return Belongings(
            sealed=self.vault.seal(said.thread, clear.packed()) if kept else b"",
            attached=tuple(self._attached(said.thread, each) for each in said.media),
            pictures=pictures,
        )

    def _attached(self, thread: str, media: Media) -> Attached:
        content = media.encode(errors="replace") if isinstance(media, str) else media
        return Attached(
            mark=self.vault.mark(thread, content),
            embedded=isinstance(media, bytes),
            sealed=self.vault.seal(thread, content),
        )

    def take_from(self, post: Post, origin: RegisteredSource) -> list[Submission]:
        """What a registered source sent over HTTP. Raises Unprocessable."""
        headers = {"content-type": post.content_type}
        letter = open_letter(headers, post.body, post.id, origin.id)
        return self._from(letter, origin, _just_now())

    def take(self, body: bytes, fallback_id: str, pictures: tuple[Picture, ...] = ()) -> Submission:
        """A report of the duty desk, in the shape of `upstream.messages`. Raises Unprocessable."""
        said = messages.read_message(strict_object(body), fallback_id)
        now, desk = _just_now(), self.register().desk
        if desk is None:
            return self.admit(said, now, pictures)
        self.ears.hear(desk.id, now.heard_at)
        return self.admit(said, replace(now, origin=desk.id), pictures)

    def hear(self, source_id: str, at: datetime) -> None:
        """A source said that it is there."""
        self.ears.hear(source_id, at)

    def readers(self) -> dict[str, Reader]:
        """A reader for each topic of upstream."""
        return {topic: self._reader(topic, recognise) for topic, recognise in RECOGNISERS.items()}

    def _reader(self, topic: str, recognise: Recogniser) -> Reader:
        def read(record: Record) -> Sequence[Message]:
            name = topic
            try:
                letter, arrival = open_envelope(record), arrival_of(record)
                origin = self._named(letter)
                if origin:
                    name = origin.id
                    admitted = self._from(letter, origin, arrival)
                else:
                    admitted = self._usual(topic, recognise(letter), arrival)
            except Unprocessable as error:
                metrics.observe_refusal(name, error)
                raise
            return [_message(each, letter, index, record) for index, each in enumerate(admitted)]

        return read

    def _named(self, letter: Letter) -> RegisteredSource | None:
        """The registered source that a record names, if it names one."""
        if not letter.sender:
            return None
        origin = self.register().named(letter.sender)
        if origin is None:
            raise BadField("hub-source", "没有登记这个来源，请核对来源登记册")
        return origin

    def _from(self, letter: Letter, origin: RegisteredSource, arrival: Arrival) -> list[Submission]:
        """What a source says that is known by name."""
        known = replace(letter, origin=origin, vendor=letter.vendor or origin.vendor)
        self.ears.hear(origin.id, arrival.heard_at)
        return self._of(origin, CHANNELS[origin.channel](known), arrival)

    def _usual(self, topic: str, said: list[Statement], arrival: Arrival) -> list[Submission]:
        """What a record says that names no source: each is of who usually speaks there."""
        origin = self.register().usual(topic, said[0].source) if said else None
        if origin:
            self.ears.hear(origin.id, arrival.heard_at)
        return self._of(origin, said, arrival)

    def _of(
        self, origin: RegisteredSource | None, said: list[Statement], arrival: Arrival
    ) -> list[Submission]:
        """What is left of it when cameras and heartbeats have been heard."""
        if origin is None:
            return [self.admit(each, arrival) for each in said if each.life is not Life.HEARTBEAT]
        for each in said:
            if each.camera:
                self.ears.hear_camera(origin, each.camera, self.ground(), arrival.heard_at)
        known = Arrival(arrival.received_at, arrival.heard_at, origin.id)
        return [self.admit(each, known) for each in said if each.life is not Life.HEARTBEAT]


def _just_now() -> Arrival:
    now = datetime.now(UTC)
    return Arrival(now, now)


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
