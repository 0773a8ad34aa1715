"""What makes a hot spot (热点), and when it is told: as it appears, and when it has doubled."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from schemas.event import Event
from schemas.incident import Category, HotspotFound
from schemas.place import Place
from services.classification.domain.matching import OpenIncident
from services.classification.domain.orders import ThemeNoticed
from services.classification.domain.state import Hotspot, Incident

HOTSPOTS = UUID("5b7d7d0e-8a4c-5f0d-9f37-2d2a9c1f6e10")
FROM = 3
"""Voices of one incident, recurrences at one place, or incidents of one theme."""
GROWTH = 2
"""A hot spot is told again when it is so many times as large as it was last told."""
RECURRENCES_WITHIN = timedelta(days=30)
WEEKS = timedelta(days=14)
"""How long people must have spoken of a theme."""


def voices_at(incident_id: str) -> str:
    """The hot spot of many voices behind one incident."""
    return str(uuid5(HOTSPOTS, f"voices:{incident_id}"))


def again_at(root: str) -> str:
    """The hot spot of a matter that comes back again and again."""
    return str(uuid5(HOTSPOTS, f"recurrences:{root}"))


def theme_of(first: str) -> str:
    """The hot spot of a theme, by the first incident that spoke of it."""
    return str(uuid5(HOTSPOTS, f"theme:{first}"))


def is_news(size: int, told: Hotspot | None) -> bool:
    """Whether a hot spot of this size is to be told."""
    return size >= (told.size * GROWTH if told else FROM)


def many_voices(
    incident_id: str, incident: Incident, voices: int, told: Hotspot | None, now: datetime
) -> Iterator[Event]:
    """An incident that many speak of."""
    if is_news(voices, told):
        yield _found(
            voices_at(incident_id),
            "voices",
            incident.title,
            incident.category,
            incident.place,
            (incident_id,),
            voices,
            incident.opened_at,
            f"同一事件已有 {voices} 条诉求",
            now,
        )


def comes_back(
    root: str,
    before: list[OpenIncident],
    newest: str,
    category: Category,
    place: Place,
    told: Hotspot | None,
    now: datetime,
) -> Iterator[Event]:
    """A matter that came back several times within 30 days; `before` are its recurrences so far."""
    times = len(before) + 1
    if is_news(times, told):
        since = before[0].opened_at if before else now
        incidents = (*(each.incident_id for each in before), newest)
        why = f"同一地点 30 天内第 {times} 次复发"
        yield _found(
            again_at(root), "recurrences", category.name, category, place, incidents, times,
            since, why, now,
        )  # fmt: skip


def theme_noticed(noticed: ThemeNoticed, told: Hotspot | None, now: datetime) -> Iterator[Event]:
    """A theme of several incidents over weeks."""
    size = len(noticed.incidents)
    if is_news(size, told) and noticed.at - noticed.since >= WEEKS:
        days = (noticed.at - noticed.since).days
        why = f"{days} 天内 {size} 起事件说的是同一主题"
        yield _found(
            noticed.hotspot_id, "theme", noticed.theme, None, Place(), noticed.incidents, size,
            noticed.since, why, now,
        )  # fmt: skip


def _found(
    hotspot_id: str,
    sort: str,
    theme: str,
    category: Category | None,
    place: Place,
    incidents: tuple[str, ...],
    voices: int,
    since: datetime,
    why: str,
    now: datetime,
) -> HotspotFound:
    return HotspotFound.model_validate(
        {
            "hotspot_id": hotspot_id,
            "sort": sort,
            "theme": theme,
            "category": category,
            "place": place,
            "incidents": incidents,
            "voices": voices,
            "since": since,
            "reasons": (why,),
            "found_at": now,
        }
    )
