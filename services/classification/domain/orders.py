"""What people and the hub itself order about incidents: split, absorb, a theme was noticed.

They never travel: each becomes what `split`, `absorb` or `themes` decide, or is refused.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field

from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentClassified,
    IncidentSplit,
    ReportMerged,
    Voice,
)
from schemas.place import Place
from services.classification.domain.review import CONFIDENTIAL
from services.classification.domain.state import OF_THE_HUB, Incident, Thread

SPLITS = UUID("9d2f6c1e-53b4-5a7f-8c11-6a1d0e7b3f42")


class SplitOrdered(Event):
    """A person says: these voices speak of another matter (拆分)."""

    ce_type: ClassVar[str] = "order.split"

    incident_id: str
    threads: tuple[str, ...] = Field(min_length=1)
    by: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=2_000)


class AbsorptionOrdered(Event):
    """A person says: this incident and `into` are one (并入)."""

    ce_type: ClassVar[str] = "order.absorb"

    incident_id: str
    into: str
    by: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=2_000)


class ThemeNoticed(Event):
    """The hub's own look over weeks found many who speak of one thing."""

    ce_type: ClassVar[str] = "order.theme"
    about: ClassVar[str] = "hotspot_id"

    hotspot_id: str
    theme: str
    incidents: tuple[str, ...]
    since: AwareDatetime
    at: AwareDatetime


def split_off(order: SplitOrdered) -> str:
    """The id of the incident that a split makes: the same order makes the same one."""
    voices = "|".join(sorted(order.threads))
    return str(uuid5(SPLITS, f"{order.incident_id}:{voices}"))


def why_not_split(order: SplitOrdered, incident: Incident | None) -> str | None:
    """The sentence with which a split is refused; None if it is allowed."""
    if incident is None:
        return f"没有事件 {order.incident_id}"
    if not incident.is_open:
        return "事件已结束，不能拆分；同一地点的新诉求会另立事件"
    strange = [each for each in order.threads if each not in incident.threads]
    if strange:
        return f"诉求 {strange[0]} 不在这起事件中，请核对诉求编号"
    if len(set(order.threads)) == len(incident.threads):
        return "至少要留下一条诉求；全部诉求有误时请改类或撤单，不必拆分"
    return None


def split(
    order: SplitOrdered, incident: Incident, states: Mapping[str, Any], now: datetime, version: str
) -> Iterator[Event]:
    """Some voices leave and are an incident of their own, at the place of the first of them."""
    into = split_off(order)
    leaving = [each for each in incident.voices if each.thread in order.threads]
    first, *others = leaving
    title, summary, place = _said(first, incident, states)
    yield IncidentSplit(
        incident_id=order.incident_id,
        into=into,
        threads=tuple(each.thread for each in leaving),
        by=order.by,
        reason=order.reason,
        split_at=now,
    )
    yield IncidentClassified(
        incident_id=into,
        voice=first,
        kind=incident.kind_of_matter,
        category=incident.category,
        severity=incident.severity,
        confidence=1.0,
        title=title,
        summary=summary,
        place=place,
        reasons=(f"{order.by} 从事件 {order.incident_id[:8]} 拆出：{order.reason}",),
        catalogue_version=version,
        reviewer=order.by,
        split_from=order.incident_id,
        classified_at=now,
    )
    for voice in others:
        why = ("随同拆出",)
        yield ReportMerged(incident_id=into, voice=voice, reasons=why, merged_at=now)


def _said(voice: Voice, incident: Incident, states: Mapping[str, Any]) -> tuple[str, str, Place]:
    """Title, summary and place of what one voice said; of a confidential one no words."""
    thread = states.get(voice.thread)
    said = thread if isinstance(thread, Thread) else Thread(voice.report_id)
    place = said.place or incident.place
    if voice.confidential:
        return incident.category.name, CONFIDENTIAL, place
    return said.title or incident.title, said.summary or incident.summary, place


def why_not_absorbed(
    order: AbsorptionOrdered, incident: Incident | None, into: Incident | None
) -> str | None:
    """The sentence with which an absorption is refused; None if it is allowed."""
    if order.incident_id == order.into:
        return "事件不能并入自己"
    for name, known in ((order.incident_id, incident), (order.into, into)):
        if known is None:
            return f"没有事件 {name}"
        if not known.is_open:
            return f"事件 {name[:8]} 已结束，不能合并"
        if known.kind_of_matter in OF_THE_HUB:
            return f"事件 {name[:8]} 是系统自立的预警或设备维护，不与诉求合并"
    return None


def absorb(order: AbsorptionOrdered, incident: Incident, now: datetime) -> Iterator[Event]:
    """One incident ends, and its voices join the other."""
    yield IncidentAbsorbed(
        incident_id=order.incident_id,
        into=order.into,
        reasons=(order.reason,),
        by=order.by,
        absorbed_at=now,
    )
    for voice in incident.voices:
        why = (f"{order.by} 将事件 {order.incident_id[:8]} 并入：{order.reason}",)
        yield ReportMerged(incident_id=order.into, voice=voice, reasons=why, merged_at=now)
