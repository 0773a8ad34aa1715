"""When a surge begins and when it is over: open demand against those who are free.

Two thresholds and a least stay, so that it does not come and go with each incident.
"""

from dataclasses import dataclass
from datetime import datetime

from services.dispatch.domain.surge import SurgeRules


@dataclass(frozen=True, slots=True)
class Pressure:
    """One street at a moment; `demand` is what is in hand or waits, and is to be done at once."""

    demand: int
    free: int
    on_duty: int

    def __str__(self) -> str:
        return f"未结 {self.demand} 件，在岗 {self.on_duty} 人中空闲 {self.free} 人"

    def outruns(self, times: float) -> bool:
        """Whether demand is more than so many times those who are free."""
        return self.demand > times * self.free


def turn(
    since: datetime | None, pressure: Pressure, rules: SurgeRules, now: datetime
) -> datetime | None:
    """Since when there is a surge, after another look; None: there is none.

    Where nobody is on duty there is nothing to gain: what comes goes the ordinary way.
    """
    if not pressure.on_duty:
        return None
    if since is None:
        begins = pressure.demand >= rules.least and pressure.outruns(rules.enter)
        return now if begins else None
    is_over = now - since >= rules.stay and not pressure.outruns(rules.leave)
    return None if is_over else since
