"""What intake keeps of a batch (留存), in its transaction: texts and pictures, sealed."""

from collections.abc import Iterator
from pathlib import Path

from schemas.report import ReportUpdated
from services.intake.domain.looking import Looked
from services.intake.domain.submission import Submission
from services.intake.domain.thread import Thread
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns, copy, queries
from services.kernel.record import Message

SQL = queries(Path(__file__).parents[1] / "sql" / "private.sql")
VAULT = ("thread", "event_id", "pseudonym", "sealed")
MOST_PICTURES = 40
"""Pictures of one thread; a camera that posts more of one alarm shows nothing new."""

UNSEEN = Looked()


async def keep(connection: Connection, outcome: Outcome) -> None:
    """The clear text of each report and amendment once, and each picture that came."""
    said = [each for each in outcome.consumed if isinstance(each.event, Submission)]
    texts = list(_texts(outcome, {each.id: each for each in said}))
    if texts:
        await copy(connection, "vault", VAULT, texts)
    pictures = [row for each in said for row in _pictures(outcome, each)]
    if pictures:
        await connection.execute(SQL["note_pictures"], *columns(pictures), MOST_PICTURES)


def _texts(outcome: Outcome, said: dict[str, Message]) -> Iterator[tuple[str, str, str, bytes]]:
    """One row for what led to a report or a change of one; a mere repeat says nothing new."""
    for emitted in outcome.emitted:
        cause = said.pop(emitted.headers["ce_causationid"], None) if said else None
        event = cause.event if cause else None
        if not isinstance(event, Submission) or not event.sealed:
            continue
        if not (isinstance(emitted.event, ReportUpdated) and emitted.event.change == "repeated"):
            yield event.thread, emitted.id, event.reporter.pseudonym, event.sealed


def _pictures(
    outcome: Outcome, message: Message
) -> Iterator[tuple[str, str, bool, str, bytes | None, str]]:
    """The pictures of one message, if its thread is open: what of an unknown end has no report."""
    event = message.event
    if not isinstance(event, Submission) or not event.attached:
        return
    thread = outcome.states.get(event.thread)
    if not (isinstance(thread, Thread) and thread.opened):
        return
    looked = outcome.world.looked.get(message.id, UNSEEN)
    for each in event.attached:
        state, reason = looked.state_of(each.mark)
        sealed = each.sealed if state == "waiting" else None
        yield event.thread, each.mark, each.embedded, state, sealed, reason
