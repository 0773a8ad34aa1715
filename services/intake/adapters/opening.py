"""Openings of clear text (原文查看): looked up and written down in one transaction, then unsealed.

Nothing is unsealed before the row that says who asked is committed: no trace, no text.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.intake import metrics
from services.intake.adapters.keeping import SQL
from services.intake.domain.clear import Clear, unpacked
from services.intake.domain.links import Grant
from services.intake.domain.opening import (
    LONGEST_REASON,
    Asking,
    Doorstep,
    Lent,
    Opened,
    door_of,
    refusal,
)
from services.intake.ports import CallRelay, Vault
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Connection, Pool

WORKER = "worker"


@dataclass(frozen=True)
class AuditedOpenings:
    """Opens texts of the vault; `roles` are those that may."""

    pool: Pool
    vault: Vault
    roles: Collection[str]
    relay: CallRelay

    async def unmask(self, thread: str, asking: Asking) -> Opened | None:
        """The clear text of a thread; None if there is none. Raises Unprocessable if denied."""
        async with self.pool.acquire() as connection:
            return await unmask(connection, self.vault, self.roles, thread, asking)

    async def granted(self, incident: str, until: datetime) -> Grant | None:
        """What a link for whoever has the incident at this moment says; None: nobody has it."""
        row = await self.pool.fetchrow(SQL["assigned"], incident)
        if row is None:
            return None
        return Grant(row["worker_id"], incident, row["round"], int(until.timestamp()))

    async def doorsteps(self, grant: Grant) -> list[Doorstep] | None:
        """Where exactly it is; None if the incident is not with that worker (any more)."""
        said = await self._opened(grant, "address")
        if said is None:
            return None
        found = {thread: door for thread, clear in said if (door := door_of(clear))}
        return [Doorstep(thread, address) for thread, address in found.items()]

    async def call(self, grant: Grant, thread: str) -> Lent | None:
        """A number that reaches who reported the thread; None as for `doorsteps`."""
        said = await self._opened(grant, "call", thread)
        if said is None:
            return None
        if any(clear.confidential for _, clear in said):
            raise Unprocessable("保密件：不提供与来电人的通话")
        phone = next((clear.phone for _, clear in said if clear.phone), "")
        if not phone:
            raise Unprocessable("来件没有留电话，无人可拨")
        until = datetime.fromtimestamp(grant.until, UTC)
        lent = await self.relay.lend(phone, thread, grant.worker, until)
        if lent is None:
            raise Unprocessable("中转号码已全部借出，请稍后再拨")
        return lent

    async def _opened(
        self, grant: Grant, what: str, thread: str = ""
    ) -> Sequence[tuple[str, Clear]] | None:
        async with self.pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(SQL["assigned"], grant.incident)
            if row is None or (row["worker_id"], row["round"]) != (grant.worker, grant.round):
                return None
            sealed = await connection.fetch(SQL["clear_of_incident"], grant.incident)
            meant = [each for each in sealed if not thread or each["thread"] == thread]
            threads = list(dict.fromkeys(each["thread"] for each in meant))
            if not threads:
                return None if thread else []
            asking = Asking(WORKER, grant.worker, f"派单 {grant.incident} 第 {grant.round} 轮")
            await _note(connection, threads, asking, what, granted=True)
        return [(each["thread"], _unsealed(self.vault, each["thread"], each)) for each in meant]


async def unmask(
    connection: Connection, vault: Vault, roles: Collection[str], thread: str, asking: Asking
) -> Opened | None:
    """As `AuditedOpenings.unmask`, over a connection; what is refused is written down too."""
    denied = refusal(asking, roles)
    async with connection.transaction():
        rows = await connection.fetch(SQL["clear_of"], thread)
        if rows or denied:
            await _note(connection, [thread], asking, "text", granted=not denied)
        earlier = await _earlier(connection, thread, rows)
    if denied:
        raise Unprocessable(denied)
    if not rows:
        return None
    said = tuple((row["sealed_at"], _unsealed(vault, thread, row)) for row in rows)
    return Opened(thread, rows[0]["pseudonym"], earlier, said)


async def note_letter(
    connection: Connection, roles: Collection[str], letter: str, asking: Asking
) -> None:
    """Write down who reads a dead letter as it came; raises Unprocessable if denied."""
    denied = refusal(asking, roles)
    await _note(connection, [f"deadletter/{letter}"], asking, "text", granted=not denied)
    if denied:
        raise Unprocessable(denied)


async def openings(
    connection: Connection, thread: str | None, most: int
) -> list[Mapping[str, Any]]:
    """Who opened what, the latest first."""
    return [dict(row) for row in await connection.fetch(SQL["openings"], thread, most)]


async def _earlier(connection: Connection, thread: str, rows: Sequence[Any]) -> int:
    if not rows:
        return 0
    first = rows[0]
    return int(
        await connection.fetchval(
            SQL["earlier_reports"], first["pseudonym"], thread, first["sealed_at"]
        )
    )


async def _note(
    connection: Connection, threads: Sequence[str], asking: Asking, what: str, *, granted: bool
) -> None:
    said = (asking.role[:64], asking.who[:64], asking.reason[:LONGEST_REASON])
    await connection.execute(SQL["note_opening"], list(threads), *said, what, granted)
    metrics.OPENINGS.labels(what, str(granted).lower()).inc()


def _unsealed(vault: Vault, thread: str, row: Any) -> Clear:
    return unpacked(vault.open(thread, row["sealed"]))
