"""What waits for people, what was dismissed, and what people said: in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from schemas.event import Event
from schemas.incident import ReportDismissed, ReviewAnswered, ReviewRequested
from schemas.report import ReportReceived, ReportWithdrawn
from schemas.source import SourceRecovered
from services.classification.domain.recognition import Opinion, said_in
from services.classification.domain.review import (
    ADVISER,
    CONFIDENTIAL,
    AnswerReview,
    Recategorise,
    RestoreReport,
    after_waiting,
    brought_back,
    by_person,
    is_confidential,
)
from services.classification.domain.state import REVIEW, Incident, Thread
from services.kernel.domain import Outcome, TimerDue
from services.kernel.postgres import Connection, Pool, columns, queries
from services.kernel.record import Message
from services.reference.catalogue import Catalogue

SQL = queries(Path(__file__).parents[1] / "sql" / "reviews.sql")
READ_CHARACTERS = 2_000

Decision = AnswerReview | RestoreReport | TimerDue


async def kept_reports(
    connection: Connection, messages: Sequence[Message]
) -> list[tuple[Message, ReportReceived]]:
    """The reports that somebody, or a timer, now decides about: each with what came of it."""
    deciding = {each.subject: each for each in messages if isinstance(each.event, Decision)}
    if not deciding:
        return []
    rows = await connection.fetch(SQL["kept_reports"], list(deciding))
    return [
        (deciding[row["thread"]], ReportReceived.model_validate_json(row["report"])) for row in rows
    ]


def decided(
    decision: Event,
    report: ReportReceived,
    opinion: Opinion,
    catalogue: Catalogue,
    patience_minutes: float,
) -> Opinion:
    """What is thought of a kept report after a person, or nobody, has decided about it."""
    match decision:
        case AnswerReview():
            return by_person(opinion, report, decision.code, decision.reviewer, catalogue)
        case RestoreReport():
            return brought_back(opinion, decision.code, decision.reviewer, catalogue)
        case _:
            return after_waiting(opinion, patience_minutes)


async def incidents_of_sources(connection: Connection, messages: Sequence[Message]) -> set[str]:
    """The incidents of sources that are heard again."""
    sources = [each.subject for each in messages if isinstance(each.event, SourceRecovered)]
    rows = await connection.fetch(SQL["incidents_of"], sources) if sources else []
    return {row["incident_id"] for row in rows}


async def project(connection: Connection, outcome: Outcome) -> None:
    """Keep the lists of what waits and what was dismissed, and remember what people said."""
    emitted = [each.event for each in outcome.emitted]
    consumed = [each.event for each in outcome.consumed]
    await _learn(connection, outcome, emitted, consumed)
    asked = [_waiting(e, outcome.states) for e in emitted if isinstance(e, ReviewRequested)]
    if asked:
        await connection.execute(SQL["ask_people"], *columns(asked))
    over = [e.thread for e in consumed if isinstance(e, AnswerReview | ReportWithdrawn)]
    over += [e.subject_id for e in consumed if isinstance(e, TimerDue) and e.name == REVIEW]
    if over:
        await connection.execute(SQL["stop_asking"], over)
    back = [e.thread for e in consumed if isinstance(e, RestoreReport | ReportWithdrawn)]
    if back:
        await connection.execute(SQL["bring_back"], back)
    gone = [_dismissed(e, outcome.states) for e in emitted if isinstance(e, ReportDismissed)]
    if gone:
        await connection.execute(SQL["dismiss"], *columns(gone))


async def _learn(
    connection: Connection, outcome: Outcome, emitted: Sequence[Any], consumed: Sequence[Any]
) -> None:
    answers = [
        (e.thread, e.code or "", e.reviewer, e.answered_at)
        for e in emitted
        if isinstance(e, ReviewAnswered) and not e.reviewer.startswith(ADVISER)
    ]
    now = datetime.now().astimezone()
    restored = [
        (e.thread, e.code or "", e.reviewer, now) for e in consumed if isinstance(e, RestoreReport)
    ]
    corrected = [
        _corrected(e, outcome.states[e.incident_id], now)
        for e in consumed
        if isinstance(e, Recategorise) and _is_told(outcome.states.get(e.incident_id))
    ]
    for name, rows in (
        ("learn_answers", answers),
        ("learn_restored", restored),
        ("learn_corrected", corrected),
    ):
        if rows:
            await connection.execute(SQL[name], *columns(rows))


def _is_told(state: Any) -> bool:
    return isinstance(state, Incident) and state.summary != CONFIDENTIAL


def _corrected(order: Recategorise, incident: Incident, now: datetime) -> tuple[Any, ...]:
    grave = incident.severity == "danger"
    text = f"{incident.title}。{incident.summary}"
    return order.incident_id, text, order.category.code, grave, order.by, now


def _waiting(event: ReviewRequested, states: Mapping[str, Any]) -> tuple[Any, ...]:
    report = _report(states[event.thread])
    said = said_in(report)
    return (
        event.thread,
        event.source.value,
        said.channel,
        said.whole[:READ_CHARACTERS],
        is_confidential(report),
        orjson.dumps([each.model_dump() for each in event.candidates]).decode(),
        "\n".join(event.reasons),
        event.requested_at,
        event.expires_at,
    )


def _dismissed(event: ReportDismissed, states: Mapping[str, Any]) -> tuple[Any, ...]:
    said = said_in(_report(states[event.thread]))
    return (
        event.thread,
        said.channel,
        said.whole[:READ_CHARACTERS],
        "\n".join(event.reasons),
        event.dismissed_at,
    )


def _report(state: Any) -> ReportReceived:
    if not isinstance(state, Thread) or state.report is None:
        raise ValueError("the report is no longer kept")
    return state.report


class PostgresReviews:
    """What pages and `hub` read of the lists."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def waiting(self, limit: int) -> list[dict[str, Any]]:
        """The reviews that wait, the oldest first."""
        rows = await self._pool.fetch(SQL["waiting"], limit)
        return [dict(row) | {"candidates": orjson.loads(row["candidates"])} for row in rows]

    async def sample(self, since: datetime, until: datetime, limit: int) -> list[dict[str, Any]]:
        """Some of the chat that was dismissed between two moments, the same at each look."""
        rows = await self._pool.fetch(SQL["sample_of_day"], since, until, limit)
        return list(map(dict, rows))

    async def labels(self, after: int) -> list[dict[str, Any]]:
        """What people said, 1,000 at most, from behind a number on."""
        return list(map(dict, await self._pool.fetch(SQL["labels"], after)))
