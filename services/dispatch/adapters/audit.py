"""The auditor (巡检): finds what would be forgotten, every few seconds, and mends it.

Set-based, over a partial index of what waits; what stands nowhere is found by a slow sweep. Each
repair is one command with a name of its own: however many processes look, it has its effect once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from services.dispatch import metrics
from services.dispatch.adapters.hours import SQL
from services.dispatch.adapters.loads import keep_plans
from services.dispatch.domain.orders import HandOver, Mend
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.roster.duty import Roster
from services.hosting.rounds import rounds
from services.kernel.errors import HubError
from services.kernel.processor import Processor

log = structlog.get_logger(__name__)

AT_ONCE = 500
SWEPT = 5_000
"""Subjects looked at in a round for what is written down nowhere."""
PROBLEMS = {
    "nobody": "无人负责",
    "no_clock": "暂缓而没有到期时间",
    "released": "所等待的已经结束",
}


@dataclass
class Audit:
    """`pace` is the seconds between two rounds."""

    processor: Processor
    roster: Callable[[], Roster | None]
    pace: float
    _swept: str = ""
    """The last subject of the round before."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop."""
        await rounds(self.go_round, self.pace, stopping)

    async def go_round(self) -> None:
        """Find what is lost, close what is open, hand over what is left behind."""
        await self.sweep()
        await self.mend()
        await self.hand_over(datetime.now(UTC))

    async def sweep(self) -> None:
        """Write down again what is open and stands in no table: some subjects each round."""
        row = await self.processor.pool.fetchrow(SQL["unwritten"], self._swept, SWEPT)
        self._swept = row["last"] or ""
        lost = row["incidents"] or []
        metrics.HOLES.labels("unwritten").set(len(lost))
        if lost:
            await self._restore(lost)
            metrics.MENDED.labels("unwritten").inc(len(lost))
            log.error("audit.hole", problem="unwritten", incidents=lost[:10], count=len(lost))

    async def mend(self) -> None:
        """Whatever nobody has goes out; whatever waits behind nothing goes out."""
        rows = await self.processor.pool.fetch(SQL["holes"], AT_ONCE)
        found = Counter(row["problem"] for row in rows)
        for problem in PROBLEMS:
            metrics.HOLES.labels(problem).set(found[problem])
        await self._restore([row["incident_id"] for row in rows])
        for row in rows:
            incident, problem = row["incident_id"], row["problem"]
            name = f"audit:{incident}:{row['round']}:{row['changed_at'].isoformat()}"
            release = problem == "released"
            order = Mend(incident_id=incident, problem=PROBLEMS[problem], release=release)
            await self._order(order, name)
            metrics.MENDED.labels(problem).inc()
            if not release:
                log.error("audit.hole", incident=incident, problem=problem)

    async def _restore(self, incidents: Sequence[str]) -> None:
        """Tables and timers as the plans want them."""
        if not incidents:
            return
        async with self.processor.pool.acquire() as connection, connection.transaction():
            subjects = await self.processor.store.subjects(connection, incidents)
            plans = {key: each.state for key, each in subjects.items()}
            known = {key: plan for key, plan in plans.items() if isinstance(plan, Plan)}
            await keep_plans(connection, known)
            over = [key for key in incidents if key not in known or known[key].is_over]
            await connection.execute(SQL["unassign"], over)
            await self.processor.store.restore_timers(connection, known)

    async def hand_over(self, now: datetime) -> None:
        """What those have who are no longer on duty, to those who are (交接班)."""
        roster = self.roster()
        if roster is None:
            return
        pool = self.processor.pool
        off = {row["subject"] for row in await pool.fetch(SQL["off"])}
        there = roster.working(now)
        rows = await pool.fetch(SQL["holders"])
        gone = [
            row["worker_id"]
            for row in rows
            if (row["worker_id"] not in there or f"duty:{row['worker_id']}" in off)
            and _is_followed(roster, row["worker_id"], now, off)
        ]
        for row in await pool.fetch(SQL["in_hand"], gone, AT_ONCE) if gone else []:
            worker, incident = row["worker_id"], row["incident_id"]
            reason = f"交接班：{worker} 下班" if worker not in there else f"{worker} 临时离岗"
            order = HandOver(
                incident_id=incident, round=row["round"], worker_id=worker, reason=reason
            )
            name = f"handover:{incident}:{row['round']}:{int(now.timestamp()) // 300}"
            await self._order(order, name)

    async def _order(self, order: Mend | HandOver, name: str) -> None:
        try:
            done = await self.processor.command(order, name, "audit")
        except HubError as error:
            log.warning("audit.refused", incident=order.incident_id, problem=str(error)[:200])
            return
        if isinstance(order, HandOver) and done:
            metrics.HANDED_OVER.inc()


def _is_followed(roster: Roster, worker: str, now: datetime, off: AbstractSet[str]) -> bool:
    """Whether somebody else is on duty on the same rung of the same area."""
    person = roster.people.get(worker)
    return person is not None and any(
        duty.worker != worker and f"duty:{duty.worker}" not in off
        for area in person.areas
        for duty in roster.on_duty(person.level, area, now)
    )
