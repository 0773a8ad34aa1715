"""What people decide about reports: what an unsure one is, what was no chat, what is misfiled.

The orders never travel; `decide_*` says what follows from them.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from schemas.event import Event
from schemas.incident import (
    Category,
    IncidentRecategorised,
    Kind,
    ReviewAnswered,
    ReviewRequested,
    Severity,
)
from schemas.report import ReportReceived
from services.classification.domain.recognition import UNRECOGNISED, Opinion, said_in
from services.classification.domain.state import SUMMARY_CHARACTERS, Incident, Thread
from services.reference.catalogue import Catalogue, Entry

ADVISER = "model:"
"""How the reviewer begins where a language model answered, and no person."""
CONFIDENTIAL = "保密工单，内容不随事件流转"


class AnswerReview(Event):
    """A person (or the language model) says what a report is; no code: it reports nothing."""

    ce_type: ClassVar[str] = "order.answer_review"
    about: ClassVar[str] = "thread"

    thread: str
    code: str | None = Field(default=None, pattern=r"^\d{5}$")
    reviewer: str = Field(min_length=1, max_length=64)
    note: str = Field(default="", max_length=2_000)


class RestoreReport(Event):
    """A person says: what was dismissed as chat was a report after all."""

    ce_type: ClassVar[str] = "order.restore_report"
    about: ClassVar[str] = "thread"

    thread: str
    code: str | None = Field(default=None, pattern=r"^\d{5}$")
    reviewer: str = Field(min_length=1, max_length=64)


class Recategorise(Event):
    """A person says: this incident belongs to another category (改类)."""

    ce_type: ClassVar[str] = "order.recategorise"

    incident_id: str
    category: Category
    kind: Kind
    severity: Severity
    by: str = Field(min_length=1, max_length=64)
    reason: str = Field(default="", max_length=2_000)


def request_review(
    report: ReportReceived, opinion: Opinion, patience: timedelta, now: datetime
) -> ReviewRequested:
    """A person is asked, until the patience of the rules ends."""
    return ReviewRequested(
        thread=report.thread,
        report_id=report.report_id,
        source=report.source,
        summary=summary_of(report),
        candidates=opinion.candidates,
        reasons=opinion.reasons,
        expires_at=now + patience,
        requested_at=now,
    )


def answered(order: AnswerReview, report_id: str, now: datetime) -> ReviewAnswered:
    """The answer, for all to hear."""
    return ReviewAnswered(
        thread=order.thread,
        report_id=report_id,
        code=order.code,
        reviewer=order.reviewer,
        note=order.note,
        answered_at=now,
    )


def why_not_answered(order: AnswerReview, thread: Thread | None) -> str | None:
    """The sentence with which an answer is refused; None if it is allowed."""
    if thread is None:
        return f"没有诉求 {order.thread}"
    if thread.review_until is None:
        return "这条诉求不在待复核之列：可能已有人答复，或已超时转社区值班台"
    return None


def why_not_restored(order: RestoreReport, thread: Thread | None) -> str | None:
    """The sentence with which a restoring is refused; None if it is allowed."""
    if thread is None:
        return f"没有诉求 {order.thread}"
    if not thread.is_dismissed:
        return "这条诉求未被判为闲聊，或已经恢复"
    return None


def by_person(
    opinion: Opinion, report: ReportReceived, code: str | None, who: str, catalogue: Catalogue
) -> Opinion:
    """The opinion as a person has decided it; without a code nobody has to act.

    What did not come by chat is answered even then. Raises KeyError for an unknown code.
    """
    entry = catalogue.entries[code] if code else _for_nothing(report, catalogue)
    adviser = who.startswith(ADVISER)
    told = entry.name if code and entry else "无需处置"
    how = f"大模型（{who.removeprefix(ADVISER)}）建议" if adviser else f"人工复核（{who}）"
    return replace(
        opinion,
        entry=entry,
        confidence=ADVISED if adviser else 1.0,
        reasons=(f"{how}：{told}", *opinion.reasons[:1]),
        is_report=code is not None,
        is_mention=False,
        is_unsure=False,
        raised=None,
        reviewer="" if adviser else who,
    )


def after_waiting(opinion: Opinion, minutes: float) -> Opinion:
    """The opinion goes on as it is: nobody answered in time."""
    why = f"{minutes:.0f} 分钟内无人复核，转社区值班台"
    return replace(opinion, is_unsure=False, unreviewed=True, reasons=(*opinion.reasons, why))


def brought_back(opinion: Opinion, code: str | None, who: str, catalogue: Catalogue) -> Opinion:
    """Taken for chat by mistake: the category is the person's, or else the likeliest."""
    likeliest = opinion.candidates[0].code if opinion.candidates else UNRECOGNISED
    entry = catalogue.entries[code or likeliest]
    return replace(
        opinion,
        entry=entry,
        confidence=1.0 if code else opinion.candidates[0].confidence,
        reasons=(f"抽查恢复（{who}）：不是闲聊，按{entry.name}受理",),
        is_report=True,
        is_mention=False,
        is_unsure=False,
        reviewer=who,
    )


def recategorise(order: Recategorise, incident: Incident, now: datetime) -> Iterator[Event]:
    """Put the category right; nothing is said if it is that already."""
    if incident.category.code == order.category.code:
        return
    danger = incident.severity is Severity.DANGER
    yield IncidentRecategorised(
        incident_id=order.incident_id,
        category=order.category,
        previous=incident.category,
        kind=order.kind,
        severity=Severity.DANGER if danger else order.severity,
        by=order.by,
        reason=order.reason,
        recategorised_at=now,
    )


def summary_of(report: ReportReceived) -> str:
    """The beginning of what is said; of a confidential ticket nothing."""
    return CONFIDENTIAL if is_confidential(report) else report.text[:SUMMARY_CHARACTERS]


def title_of(report: ReportReceived, category: Category) -> str:
    """The title, or the category's name where there is none or nothing may be told."""
    return category.name if is_confidential(report) else report.title[:100] or category.name


def is_confidential(report: ReportReceived) -> bool:
    """Whether it is a confidential ticket (保密件)."""
    return report.ticket is not None and report.ticket.confidential


def told_reasons(report: ReportReceived, opinion: Opinion) -> tuple[str, ...]:
    """The reasons; of a confidential ticket without the words that they quote."""
    if not is_confidential(report) or opinion.entry is None:
        return opinion.reasons
    reviewed = opinion.reasons[:1] if opinion.reviewer else ()
    return (*reviewed, f"保密工单，按内容判为{opinion.entry.name}（把握 {opinion.confidence:.0%}）")


def _for_nothing(report: ReportReceived, catalogue: Catalogue) -> Entry | None:
    is_chat = said_in(report).channel == "wechat"
    return None if is_chat else catalogue.entries[UNRECOGNISED]


ADVISED = 0.6
"""How far a language model's advice is trusted: it was checked against the catalogue only."""
