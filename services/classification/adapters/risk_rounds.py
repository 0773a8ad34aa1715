"""Looks at each district in turn, at a set pace, beside the service's other work.

A look is read and reckoned outside any transaction and in a thread of its own; what it brings
is one command, which has its effect once however many processes look and whenever one dies.
What it missed is waiting in the table: the next look hears of it, day by day.
"""

import asyncio
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zlib import crc32

import asyncpg
import structlog
from prometheus_client import Counter as Metric
from prometheus_client import Gauge

from schemas.incident import Alertness
from services.classification.adapters.risk_ledger import SQL, Overtaken
from services.classification.adapters.risk_memory import Surroundings, look_again
from services.classification.domain.finding import Finding, finding, unfounded_share
from services.classification.domain.look import Evidence, Known, News, RiskLooked, Warned, warned
from services.classification.domain.risk.areas import Key
from services.classification.domain.sightings import local_day
from services.hosting.rounds import rounds
from services.kernel.errors import HubError
from services.kernel.postgres import TRANSIENT, columns
from services.kernel.processor import Processor

log = structlog.get_logger(__name__)

AT_ONCE = 50_000
"""Sightings in a look; more wait for the next one, which follows at once."""
LONGEST_SLEEP = 30.0
RATE_DAYS = 90
"""Days over which the share of unfounded warnings is told."""

WARNINGS = Gauge("hub_risk_warnings", "Warnings raised in the last 90 days", ["level"])
FINDINGS = Gauge("hub_risk_findings", "The same, by what was found", ["finding"])
UNFOUNDED = Gauge("hub_risk_unfounded_share", "Share of the looked-into warnings without ground")
FAILED = Metric("hub_risk_looks_failed", "Looks at a district that came to nothing", ["district"])

FAILURES = (
    HubError, asyncpg.PostgresError, *TRANSIENT, zlib.error, ValueError, KeyError, TypeError,
)  # fmt: skip
"""What spoils one look, and must not end the service."""


@dataclass
class RiskRounds:
    """`pace` is the seconds between two looks at a district, at times spread over districts."""

    processor: Processor
    surroundings: Callable[[], Surroundings]
    pace: float

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop."""

        async def look_and_tell() -> None:
            await self.go_round(datetime.now(UTC))
            await self._tell()

        await rounds(look_and_tell, min(self.pace, LONGEST_SLEEP), stopping)

    async def go_round(self, now: datetime) -> None:
        """Look at the districts whose time has come."""
        for row in await self.processor.pool.fetch(SQL["districts"]):
            district = row["district"]
            slot = self._slot(district, now)
            if row["slot"] is None or row["slot"] < slot:
                await self._try(district, slot, local_day(now))

    def _slot(self, district: str, now: datetime) -> int:
        return int(
            (now.timestamp() + crc32(district.encode()) % 1_000 / 1_000 * self.pace) / self.pace
        )

    async def _try(self, district: str, slot: int, today: date) -> None:
        try:
            looked = await self._look(district, slot, today)
            name = f"{district}:{slot}:{looked.version}"
            await self.processor.command(looked, name, "risk")
        except Overtaken:
            log.debug("risk.overtaken", district=district)
        except FAILURES as error:
            FAILED.labels(district).inc()
            log.warning("risk.no_look", district=district, problem=str(error)[:200])

    async def _look(self, district: str, slot: int, today: date) -> RiskLooked:
        pool, around = self.processor.pool, self.surroundings()
        known = await pool.fetchrow(SQL["remembered"], district)
        version, memory = known or (0, None)
        rows = await pool.fetch(SQL["pending"], district, AT_ONCE)
        if len(rows) == AT_ONCE:
            slot, today = slot - 1, min(today, rows[-1]["day"])
        news, after = await asyncio.to_thread(look_again, around, district, memory, rows, today)
        standing = await self._standing(district)
        over = {key for key in news.over if key in standing}
        left = {key: standing[key] for key in standing if key not in over}
        return RiskLooked(
            watch=f"risk:{district}",
            district=district,
            slot=slot,
            version=version,
            today=today,
            memory=after,
            heard=tuple((row["incident_id"], row["category"]) for row in rows),
            warned=await self._warned(around, district, news, left),
            subsided=tuple(standing[key].warning_id for key in sorted(over)),
        )

    async def _standing(self, district: str) -> dict[Key, Known]:
        rows = await self.processor.pool.fetch(SQL["standing"], district)
        return {
            (row["category"], row["area"]): Known(row["warning_id"], row["incident_id"])
            for row in rows
        }

    async def _warned(
        self, around: Surroundings, district: str, news: News, standing: dict[Key, Known]
    ) -> tuple[Warned, ...]:
        said = list(news.standing.values())
        if not said:
            return ()
        wanted = columns(
            (number, each.category, each.area, each.first_day, each.last_day)
            for number, each in enumerate(said)
        )
        found: list[list[tuple[str, str]]] = [[] for _ in said]
        for row in await self.processor.pool.fetch(SQL["evidence"], district, *wanted):
            found[row["number"]].append((row["incident_id"], row["area"]))
        return tuple(
            warned(
                each,
                Evidence(tuple(name for name, _ in behind), tuple(area for _, area in behind)),
                around.category(each.category),
                around.named,
                standing.get((each.category, each.area)),
            )
            for each, behind in zip(said, found, strict=True)
        )

    async def _tell(self) -> None:
        """The figures of the last days, the same in each process."""
        levels, findings = Counter[str](), Counter[Finding]()
        for row in await self.processor.pool.fetch(SQL["findings"], RATE_DAYS):
            levels[row["level"]] += row["warnings"]
            findings[finding(row["outcome"])] += row["warnings"]
        for level in Alertness:
            WARNINGS.labels(level).set(levels[level])
        for each in Finding:
            FINDINGS.labels(each).set(findings[each])
        UNFOUNDED.set(unfounded_share(findings) or 0.0)
