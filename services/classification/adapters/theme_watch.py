"""Looks over what was said in the last weeks, now and then, for themes that many speak of."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from services.classification.adapters.places import SQL
from services.classification.adapters.themes import themes
from services.classification.domain.hotspots import FROM, WEEKS, theme_of
from services.classification.domain.orders import ThemeNoticed
from services.hosting.rounds import rounds
from services.kernel.processor import Processor

LOOKS_BACK = timedelta(days=60)
KEPT = timedelta(days=90)
AT_MOST = 50_000
"""Incidents that are looked at, the latest of the window."""
SOURCE = "themes"
THEME_CHARACTERS = 40


async def watch_themes(processor: Processor, every: float, stopping: asyncio.Event) -> None:
    """Look every so many seconds until told to stop; what was told once is told when it grew.

    A start is no reason to look: it takes minutes of a core where there is much to look at.
    """

    async def look_over() -> None:
        await look(processor, datetime.now(UTC))

    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), every)
    await rounds(look_over, every, stopping)


async def look(processor: Processor, now: datetime) -> list[ThemeNoticed]:
    """Find the themes of the window, off the event loop, and tell those that are news."""
    await processor.pool.execute(SQL["forget_old"], now - KEPT)
    told = await processor.pool.fetch(SQL["told"], now - LOOKS_BACK, AT_MOST)
    groups = await asyncio.to_thread(themes, [f"{each['estate']}{each['gist']}" for each in told])
    noticed = [
        await _noticed(processor, members, now)
        for members in _large(told, groups)
        if now - members[0]["opened_at"] >= WEEKS
    ]
    for each in noticed:
        name = f"{each.hotspot_id}/{len(each.incidents)}"
        await processor.command(each, f"{SOURCE}/{name}", SOURCE)
    return noticed


def _large(told: Sequence[Any], groups: Iterable[int]) -> list[list[Any]]:
    by_theme = defaultdict(list)
    for each, group in zip(told, groups, strict=True):
        by_theme[group].append(each)
    return [members for members in by_theme.values() if len(members) >= FROM]


async def _noticed(processor: Processor, members: Sequence[Any], now: datetime) -> ThemeNoticed:
    """The theme, under the name that most of its incidents bear already."""
    incidents = [each["incident_id"] for each in members]
    rows = await processor.pool.fetch(SQL["themes_of"], incidents)
    names = Counter(row["hotspot_id"] for row in rows).most_common(1)
    return ThemeNoticed(
        hotspot_id=names[0][0] if names else theme_of(incidents[0]),
        theme=members[0]["gist"][:THEME_CHARACTERS],
        incidents=tuple(incidents),
        since=members[0]["opened_at"],
        at=now,
    )
