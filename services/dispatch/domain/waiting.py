"""What waits for the next batch: since when, and when it is looked at again (统筹派单窗口)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """`at` is the end of the window that an incident waits for; one comes `every` seconds."""

    since: datetime
    every: float
    at: datetime

    def next(self) -> "Window":
        """The one after that."""
        return replace(self, at=self.at + timedelta(seconds=self.every))


def window_after(moment: datetime, every: float, since: datetime | None) -> Window:
    """The next window: the same for all that wait, so that they are assigned together."""
    passed = (moment - BEGIN).total_seconds() // every + 1
    return Window(since or moment, every, BEGIN + timedelta(seconds=passed * every))


def ran_out(window: Window, now: datetime) -> str:
    """Why an incident goes the ordinary way, for an operator."""
    minutes = (now - window.since).total_seconds() / 60
    return f"集中派单 {minutes:.0f} 分钟内无人可派，按常规派单"
