"""`hub ledger`: the ledger made again from the archive, as it was at a moment, and its months."""

import asyncio
import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.failures import Failure, one_sentence
from services.cli.one_view import one_view
from services.cli.printing import AsJson, console, print_json, table
from services.cli.progress import bar_of
from services.feedback.adapters import rebuilding
from services.feedback.adapters.exporting import harmless
from services.feedback.adapters.ledger import COLUMNS
from services.feedback.adapters.memory import SQL
from services.feedback.adapters.rebuilding import MOVING, Rebuilt
from services.reference.calendar import BEIJING

SHOWN = 20
Apply = Annotated[bool, typer.Option("--apply", help="Replace it; without this it is compared.")]
At = Annotated[datetime, typer.Argument(help="Beijing time, such as 2026-07-03T08:00:00.")]
Out = Annotated[Path, typer.Option("--out", help="The CSV to write.")]
Months = Annotated[int, typer.Option(min=1, help="How many whole months stay.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(help="The ledger (台账).", no_args_is_help=True)
    group.command("rebuild")(rebuild)
    group.command("as-of")(as_of)
    group.command("retain")(retain)
    app.add_typer(group, name="ledger")


def rebuild(apply: Apply = False, as_json: AsJson = False) -> None:
    """Make the ledger again from the archive (重建台账), and compare or replace it."""
    with one_sentence():
        told = asyncio.run(_rebuilt(apply, as_json))
    if as_json:
        print_json(told)
    else:
        console().print(table(("", ""), told.items()))
    raise typer.Exit(code=1 if told["different"] and not apply else 0)


def as_of(at: At, out: Out, as_json: AsJson = False) -> None:
    """Write the ledger as it was recorded at a past moment (历史时点台账)."""
    with one_sentence():
        moment = at.replace(tzinfo=at.tzinfo or BEIJING)
        if moment > datetime.now(UTC):
            raise Failure(f"{moment:%Y-%m-%d %H:%M} 还没有到：历史时点必须在过去（北京时间）。")
        told = asyncio.run(_written(moment, out, as_json))
    if as_json:
        print_json(told)
    else:
        console().print(f"{told['incidents']} incidents are in {out}.")


def retain(months: Months, apply: Apply = False, as_json: AsJson = False) -> None:
    """Drop months of the archive that are older (保留期限). Without --apply it only says which."""
    with one_sentence():
        dropped = asyncio.run(_retained(months, apply))
    if as_json:
        print_json({"months": dropped, "dropped": apply})
    else:
        verb = "dropped" if apply else "would go"
        console().print(f"{verb}: {', '.join(dropped)}" if dropped else "Nothing is that old.")


async def _rebuilt(apply: bool, as_json: bool) -> dict[str, Any]:
    async with one_view() as connection:
        if apply:
            await connection.execute(SQL["still_ledger"])
        rebuilt, seconds = await _replayed(connection, None, as_json)
        await rebuilding.lay_out(connection, rebuilt)
        count, first = await rebuilding.differences(connection, SHOWN)
        if apply and count:
            await rebuilding.replace_ledger(connection)
    return {
        "events": rebuilt.events,
        "incidents": len(rebuilt.cases),
        "seconds": round(seconds, 2),
        "events_a_second": round(rebuilt.events / seconds) if seconds else None,
        "different": count,
        "first_different": first,
        "replaced": apply and count > 0,
    }


async def _written(at: datetime, out: Path, as_json: bool) -> dict[str, Any]:
    async with one_view() as connection:
        rebuilt, seconds = await _replayed(connection, at, as_json)
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            rows = ([harmless(each) for each in row] for row in rebuilt.rows())
            csv.writer(file).writerows([COLUMNS, *rows])
    except OSError as error:
        raise Failure(f"{out} can not be written: {error.strerror}.") from error
    return {"as_of": at.isoformat(), "incidents": len(rebuilt.cases), "seconds": round(seconds, 2)}


async def _replayed(
    connection: Any, until: datetime | None, as_json: bool
) -> tuple[Rebuilt, float]:
    loop = asyncio.get_running_loop()
    total = await connection.fetchval(SQL["archived_count"], list(MOVING), until)
    began = loop.time()
    with bar_of(console(as_json), "重建台账", total) as show:
        rebuilt = await rebuilding.replay(connection, until, _running_sum(show))
    return rebuilt, loop.time() - began


def _running_sum(show: Callable[[float], None]) -> Callable[[int], None]:
    done = 0

    def add(events: int) -> None:
        nonlocal done
        done += events
        show(done)

    return add


async def _retained(months: int, apply: bool) -> list[str]:
    async with one_view() as connection:
        today = datetime.now(BEIJING).date()
        before = _months_before(today.year, today.month, months)
        query = SQL["drop_months"] if apply else SQL["old_months"]
        return [row[0] for row in await connection.fetch(query, before)]


def _months_before(year: int, month: int, months: int) -> Any:
    count = year * 12 + month - 1 - months
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=BEIJING).date()
