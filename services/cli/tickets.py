"""`hub import`: a file of hotline tickets put on their topic, row by row."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from aiokafka import AIOKafkaProducer

from schemas.flow import HOTLINE_TICKETS
from services.cli.addresses import addresses
from services.cli.failures import one_sentence
from services.cli.interrupts import stop_on_signals
from services.cli.printing import AsJson, console, print_json, table
from services.cli.progress import bar_of
from services.hosting.kafka import client_login
from services.intake.adapters.refusals import Refuse, refusing
from services.intake.adapters.spreadsheets import Table, open_table
from services.intake.adapters.ticket_rows import NAMES, TicketRow, read_row
from services.kernel.errors import Unprocessable

PORTION = 500
JSON = ("content-type", b"application/json")
Send = Callable[[list[TicketRow]], Awaitable[None]]

Source = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV (UTF-8 or GB18030) or XLSX.")
]
Refused = Annotated[
    Path | None,
    typer.Option("--refused", dir_okay=False, help="Default: beside FILE, FILE.refused.csv."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only check; needs no servers.")]


@dataclass
class Account:
    """What became of the rows."""

    rows: int = 0
    taken: int = 0
    lives: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return self.reasons.total()


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command("import")(import_tickets)


def import_tickets(
    source: Source, refused: Refused = None, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Import hotline tickets from a file (导入工单).

    The same ticket again is the same report: a file can be imported twice. Rows that are
    refused go to a file of the same format, with the reason. Exit code 1 if there are any.
    """
    target = refused or source.with_name(f"{source.stem}.refused{source.suffix}")
    with one_sentence():
        account, encoding = asyncio.run(_import(source, target, dry_run, as_json))
    found = _summary(account, encoding, target, dry_run)
    if as_json:
        print_json(found)
    else:
        _show(found)
    raise typer.Exit(1 if account.refused else 0)


async def _import(source: Path, target: Path, dry_run: bool, as_json: bool) -> tuple[Account, str]:
    screen, account = console(as_json), Account()
    with open_table(source, NAMES) as opened, refusing(target, opened) as refuse:
        async with _sender(dry_run) as send:
            with stop_on_signals(), bar_of(screen, "导入 importing", opened.total) as bar:
                await _rows(opened, refuse, account, send, bar)
        return account, opened.encoding


async def _rows(
    opened: Table,
    refuse: Refuse,
    account: Account,
    send: Send,
    bar: Callable[[float], None],
) -> None:
    waiting: list[TicketRow] = []
    for row in opened.rows:
        account.rows += 1
        try:
            waiting.append(read_row(opened.fields(row)))
        except Unprocessable as refusal:
            account.reasons[str(refusal)] += 1
            refuse(row, f"第 {row.number} 行：{refusal}")
        if len(waiting) >= PORTION:
            await _portion(waiting, account, send)
            bar(opened.done())
    await _portion(waiting, account, send)
    bar(opened.total)


async def _portion(waiting: list[TicketRow], account: Account, send: Send) -> None:
    await send(waiting)
    account.taken += len(waiting)
    account.lives.update(each.life.value for each in waiting)
    waiting.clear()


@asynccontextmanager
async def _sender(dry_run: bool) -> AsyncIterator[Send]:
    """Sends a portion and waits until Kafka has it: memory stays flat, whatever the file."""
    if dry_run:

        async def nothing(rows: list[TicketRow]) -> None:
            return None

        yield nothing
        return
    producer = AIOKafkaProducer(
        bootstrap_servers=addresses().kafka, enable_idempotence=True, linger_ms=5, **client_login()
    )
    async with producer:

        async def portion(rows: list[TicketRow]) -> None:
            sent = [
                await producer.send(HOTLINE_TICKETS.name, each.value, key=each.key, headers=[JSON])
                for each in rows
            ]
            await asyncio.gather(*sent)

        yield portion


def _summary(account: Account, encoding: str, target: Path, dry_run: bool) -> dict[str, Any]:
    return {
        "rows": account.rows,
        "sent": 0 if dry_run else account.taken,
        "valid": account.taken,
        "refused": account.refused,
        "refused_file": str(target) if account.refused else None,
        "reasons": dict(account.reasons.most_common(20)),
        "lives": dict(account.lives),
        "encoding": encoding or "xlsx",
        "dry_run": dry_run,
    }


LIVES = {
    "new": "新工单",
    "update": "补充",
    "urge": "催单",
    "withdraw": "撤单",
    "reopen": "重办",
}


def _show(found: dict[str, Any]) -> None:
    screen = console()
    kinds = "、".join(f"{LIVES.get(name, name)} {count}" for name, count in found["lives"].items())
    verb = "可导入（未发送）" if found["dry_run"] else "已导入"
    screen.print(f"共 {found['rows']} 行，{verb} {found['valid']} 行（{kinds or '无'}）。")
    if found["refused"]:
        screen.print(f"未导入 {found['refused']} 行，连同原因写在 {found['refused_file']}：")
        screen.print(table(("原因", "行数"), found["reasons"].items()))
