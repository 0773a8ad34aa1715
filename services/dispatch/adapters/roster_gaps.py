"""How many gaps the roster has ahead (空岗), for Prometheus."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.dispatch import metrics
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.roster.gaps import AHEAD, gaps
from services.hosting.rounds import rounds
from services.reference.calendar import BEIJING

EVERY = 60.0
SOON = timedelta(days=1)


async def measure(roster: Callable[[], Roster | None], stopping: asyncio.Event) -> None:
    """Count each minute, off the event loop, until told to stop."""

    async def count_gaps() -> None:
        soon, ahead = await asyncio.to_thread(count, roster(), datetime.now(UTC))
        metrics.ROSTER_GAPS.labels("1d").set(soon)
        metrics.ROSTER_GAPS.labels(f"{AHEAD}d").set(ahead)

    await rounds(count_gaps, EVERY, stopping)


def count(roster: Roster | None, now: datetime) -> tuple[int, int]:
    """The gaps that are open now or begin within a day, and within two weeks."""
    if roster is None:
        return 0, 0
    found = [each for each in gaps(roster, now.astimezone(BEIJING).date()) if each.ends > now]
    return sum(each.begins < now + SOON for each in found), len(found)
