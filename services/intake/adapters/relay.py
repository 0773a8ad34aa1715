"""A relay of calls for demonstrations (演示用中转号): it lends numbers, and connects nobody.

An operator's interface (隐私号) takes its place by answering the port `CallRelay`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.intake.adapters.keeping import SQL
from services.intake.domain.opening import Lent
from services.kernel.postgres import Pool

LONGEST = timedelta(hours=2)


@dataclass(frozen=True)
class DemonstrationRelay:
    """Lends a number of a configured pool; a call to it is not connected."""

    pool: Pool
    numbers: Sequence[str]

    async def lend(self, phone: str, thread: str, worker: str, until: datetime) -> Lent | None:
        """A number that nobody else has until then, two hours at most; None if none is free."""
        ends = min(until, datetime.now(UTC) + LONGEST)
        row = await self.pool.fetchrow(SQL["lend_number"], list(self.numbers), thread, worker, ends)
        return Lent(row["number"], row["until"]) if row else None
