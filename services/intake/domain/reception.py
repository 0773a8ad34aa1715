"""Reception (受理登记): from a statement in clear to a submission that may be kept and sent on."""

from dataclasses import dataclass
from datetime import datetime

from schemas.report import Picture, Reporter
from services.intake.domain.clocks import believable
from services.intake.domain.danger import is_alarming, is_hinted
from services.intake.domain.masking import mask_known, mask_name, mask_surname, mask_text
from services.intake.domain.submission import Attached, Life, Statement, Submission
from services.intake.domain.whereabouts import place_of
from services.reference.danger import danger_in
from services.reference.ground import Ground

LONGEST_TEXT = 20_000
LONGEST_TITLE = 200


@dataclass(slots=True)
class Arrival:
    """When it arrived, in Kafka and by the clock of this process; from which registered source."""

    received_at: datetime
    heard_at: datetime
    origin: str = ""


@dataclass(slots=True)
class Belongings:
    """What came with a statement and may not be read on: the clear text and pictures, sealed."""

    sealed: bytes = b""
    attached: tuple[Attached, ...] = ()
    pictures: tuple[Picture, ...] = ()


def receive(
    said: Statement,
    arrival: Arrival,
    pseudonym: str,
    ground: Ground,
    belongings: Belongings,
) -> Submission:
    """Mask a statement, find its place, choose its lane, and correct its clock."""
    words = _with_view(said, ground)
    masked = _masked(words, said)
    return Submission(
        thread=said.thread,
        source=said.source,
        life=said.life,
        title=(masked if said.title == words else _masked(said.title, said))[:LONGEST_TITLE],
        text=masked[:LONGEST_TEXT],
        reported_at=believable(said.source, said.reported_at, arrival.received_at),
        received_at=arrival.received_at,
        heard_at=arrival.heard_at,
        place=place_of(said, ground),
        express=_is_express(said),
        hint=said.hint,
        ticket=said.ticket,
        camera=said.camera,
        reporter=_reporter(said, pseudonym),
        fingerprint=said.fingerprint,
        pictures=belongings.pictures,
        attached=belongings.attached,
        sealed=belongings.sealed,
        origin=arrival.origin,
        score=said.score,
    )


def _with_view(said: Statement, ground: Ground) -> str:
    """What was said; of a registered camera also what it looks at, for who judges its picture."""
    camera = said.camera
    known = ground.registered(camera.device, camera.channel) if camera else None
    return f"{said.text}（{known.view}）" if known and known.view else said.text


def _masked(text: str, said: Statement) -> str:
    if not text:
        return ""
    masked = mask_text(mask_known(text, said.caller.name, said.caller.phone))
    return mask_surname(masked, said.caller.name) if said.confidential else masked


def _is_express(said: Statement) -> bool:
    """Danger to life by the words, by the source's own category, or by a camera's alarm."""
    if said.life is Life.WITHDRAW:
        return False
    if said.camera:
        return is_alarming(said.source, said.hint)
    words = f"{said.title}。{said.text}"
    return is_hinted(said.hint, words) or danger_in(words) is not None


def _reporter(said: Statement, pseudonym: str) -> Reporter:
    """Who reported, as others may see it; of a confidential ticket (保密件) no name at all."""
    if said.confidential:
        return Reporter(pseudonym=pseudonym)
    return Reporter(pseudonym=pseudonym, name=mask_name(said.caller.name))
