"""`hub reconcile`: our daily file of tickets and states, and what differs from the hotline's."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from services.cli.failures import Failure, one_sentence
from services.cli.one_view import one_view
from services.cli.printing import AsJson, console, print_json, table
from services.cli.progress import bar_of, bars_on
from services.feedback.adapters import reconciling
from services.feedback.domain.reconciling import TITLES, Difference
from services.intake.adapters.spreadsheets import open_table
from services.kernel.errors import Unprocessable
from services.reference.calendar import BEIJING

SHOWN = 50
PORTION = 2_000
LINES = frozenset({".json", ".jsonl", ".ndjson"})

File = Annotated[
    Path | None,
    typer.Argument(exists=True, dir_okay=False, help="Of the hotline: CSV, XLSX or JSON lines."),
]
Day = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Default: yesterday.")
]
Write = Annotated[
    datetime | None,
    typer.Option("--write", formats=["%Y-%m-%d"], help="Write our own file of this day."),
]
Out = Annotated[Path, typer.Option("--out", file_okay=False, help="Where our file is written.")]
Tolerance = Annotated[float, typer.Option(min=0, help="Seconds by which times may differ.")]


@dataclass
class Account:
    """What was found; of the differences the first ones."""

    compared: int = 0
    refused: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    first: list[Difference] = field(default_factory=list)

    def take(self, compared: int, found: list[Difference]) -> None:
        """Count a portion."""
        self.compared += compared
        self.kinds.update(each.kind.value for each in found)
        self.first += found[: max(0, SHOWN - len(self.first))]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(reconcile)


def reconcile(
    file: File = None,
    day: Day = None,
    write: Write = None,
    out: Out = Path(),
    tolerance: Tolerance = 60.0,
    as_json: AsJson = False,
) -> None:
    """Reconcile tickets and states with the hotline (对账).

    With FILE: what differs between it and our receipts up to the end of the day; a ticket is
    missing there if we gave a receipt for it on that day. Exit code 1 if anything differs.
    """
    with one_sentence():
        if (file is None) == (write is None):
            raise Failure("请给出对方的对账文件 FILE，或用 --write 日期 写出我方的，二者取一。")
        if write is not None:
            _tell_written(asyncio.run(_written(write.date(), out, as_json)), as_json)
            return
        at = day.date() if day else (datetime.now(BEIJING) - timedelta(days=1)).date()
        account = asyncio.run(_compared(file or Path(), at, tolerance, as_json))
    _tell(account, at, as_json)
    raise typer.Exit(1 if account.kinds or account.refused else 0)


async def _written(day: date, out: Path, as_json: bool) -> dict[str, Any]:
    try:
        async with one_view() as connection:
            with bars_on(console(as_json)) as bars:
                bars.add_task("写对账文件", total=None)
                count = await reconciling.write_day(connection, day, out)
    except OSError as error:
        raise Failure(f"{out} 写不了：{error.strerror}。") from error
    files = [str(each) for each in reconciling.paths(out, day)]
    return {"date": str(day), "tickets": count, "files": files}


async def _compared(file: Path, day: date, tolerance: float, as_json: bool) -> Account:
    account, screen = Account(), console(as_json)
    async with one_view() as connection:
        await connection.execute(reconciling.SQL["make_theirs"])
        with _rows(file) as (rows, total, done), bar_of(screen, "读对方文件", total) as bar:
            understood = _understood(rows, account)
            while portion := list(islice(understood, PORTION)):
                await reconciling.take_theirs(connection, portion)
                bar(done())
        with bars_on(screen) as bars:
            task = bars.add_task("比对", total=None)
            spare = timedelta(seconds=tolerance)
            async for compared, found in reconciling.compared(connection, day, spare):
                account.take(compared, found)
                bars.update(task, completed=account.compared)
    return account


def _understood(
    rows: Iterator[tuple[int, Mapping[str, Any]]], account: Account
) -> Iterator[tuple[Any, ...]]:
    """The rows that can be understood; of the others, why not."""
    for number, said in rows:
        try:
            yield reconciling.their_row(said)
        except Unprocessable as refusal:
            account.refused.append(f"第 {number} 行：{refusal}")


Opened = tuple[Iterator[tuple[int, Mapping[str, Any]]], int, Callable[[], int]]


@contextmanager
def _rows(file: Path) -> Iterator[Opened]:
    """The rows of a file with their numbers, how much there is, and how much was read."""
    if file.suffix.lower() in LINES:
        with file.open("rb") as lines:
            yield _objects(lines), file.stat().st_size, lines.tell
        return
    with open_table(file, reconciling.NAMES) as opened:
        rows = ((row.number, opened.fields(row)) for row in opened.rows)
        yield rows, opened.total, opened.done


def _objects(lines: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    number = 0
    while line := lines.readline():
        number += 1
        try:
            said = orjson.loads(line)
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict):
            raise Unprocessable(f"第 {number} 行不是 JSON 对象：请一行写一个工单")
        yield number, said


def _tell_written(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        console().print(f"{told['date']} 的 {told['tickets']} 个工单写在 {told['files'][0]}。")


def _tell(account: Account, day: date, as_json: bool) -> None:
    if as_json:
        first = [asdict(each) for each in account.first]
        print_json(
            {
                "date": str(day),
                "compared": account.compared,
                "differences": dict(account.kinds),
                "first": first,
                "refused": len(account.refused),
                "first_refused": account.refused[:SHOWN],
            }
        )
        return
    screen = console()
    screen.print(f"比对 {account.compared} 个工单，{account.kinds.total()} 处不一致。")
    if account.kinds:
        totals = [(title, account.kinds[kind]) for kind, title in TITLES.items()]
        screen.print(table(("差异", "处数"), totals))
        rows = [(e.ticket, TITLES[e.kind], e.ours or "无", e.theirs or "无") for e in account.first]
        screen.print(table(("工单编号", "差异", "我方", "对方"), rows))
    for refused in account.refused[:SHOWN]:
        screen.print(f"未读懂 {refused}")
