"""Reception (受理登记): from a statement in clear to a submission that may be kept and sent on."""

from dataclasses import dataclass
from datetime import datetime

from schemas.report import Reporter
from services.intake.domain.clocks import believable
from services.intake.domain.danger import is_alarming
from services.intake.domain.masking import mask_known, mask_name, mask_text
from services.intake.domain.submission import Life, Statement, Submission
from services.intake.domain.whereabouts import place_of
from services.reference.danger import danger_in
from services.reference.ground import Ground

LONGEST_TEXT = 20_000
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """When it arrived: in Kafka, and by the clock of this process."""

    received_at: datetime
    heard_at: datetime


def receive(said: Statement, arrival: Arrival, pseudonym: str, ground: Ground) -> Submission:
    """Mask a statement, find its place, choose its lane, and correct its clock."""
    return Submission(
        thread=said.thread,
        source=said.source,
        life=said.life,
        title=_masked(said.title, said)[:LONGEST_TITLE],
        text=_masked(said.text, said)[:LONGEST_TEXT],
        reported_at=believable(said.source, said.reported_at, arrival.received_at),
        received_at=arrival.received_at,
        heard_at=arrival.heard_at,
        place=place_of(said, ground),
        express=_is_express(said),
        hint=said.hint,
        ticket=said.ticket,
        camera=said.camera,
        reporter=_reporter(said, pseudonym),
        media=said.media,
        fingerprint=said.fingerprint,
    )


def _masked(text: str, said: Statement) -> str:
    return mask_text(mask_known(text, said.caller.name, said.caller.phone)) if text else ""


def _is_express(said: Statement) -> bool:
    """Danger to life by the words, or by the kind of a camera's alarm."""
    if said.life is Life.WITHDRAW:
        return False
    if said.camera:
        return is_alarming(said.source, said.hint)
    return danger_in(f"{said.title}。{said.text}") is not None


def _reporter(said: Statement, pseudonym: str) -> Reporter:
    """Who reported, as others may see it; of a confidential ticket (保密件) no name at all."""
    if said.ticket and said.ticket.confidential:
        return Reporter(pseudonym=pseudonym)
    return Reporter(pseudonym=pseudonym, name=mask_name(said.caller.name))
