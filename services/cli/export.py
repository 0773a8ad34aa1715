"""`hub export`: the ledger and its facts, for the street or the community whose they are."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from services.cli.addresses import addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json
from services.cli.progress import bars_on
from services.feedback.adapters.exporting import WRITERS, Format, rows_of
from services.feedback.domain.dictionary import SHEETS, Sheet
from services.reference.calendar import BEIJING

What = Annotated[str, typer.Option("--what", help=f"Which table: {', '.join(SHEETS)}.")]
Scope = Annotated[str, typer.Option("--scope", help="A code of the grid tree, or how it begins.")]
In = Annotated[Format, typer.Option("--format", help="What kind of file.")]
Out = Annotated[Path, typer.Option("--out", help="The file to write.")]
Since = Annotated[datetime | None, typer.Option(help="Beijing time. Default: a year before.")]
Until = Annotated[datetime | None, typer.Option(help="Beijing time. Default: now.")]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(export)


def export(
    out: Out,
    what: What = "ledger",
    scope: Scope = "",
    kind: In = Format.CSV,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Take home the part of the ledger that is yours (导出台账), with its data dictionary."""
    with one_sentence():
        if scope and not (scope.isdigit() and len(scope) <= 18):
            raise Failure(f"'{scope}' is no code of the grid tree: give 6 to 18 digits.")
        if what not in SHEETS:
            raise Failure(f"there is no table '{what}': take one of {', '.join(SHEETS)}.")
        end = _beijing(until) or datetime.now(UTC)
        period = _beijing(since) or end - timedelta(days=366), end
        count = asyncio.run(_exported(SHEETS[what], scope, period, kind, out, as_json))
    if as_json:
        print_json({"what": what, "scope": scope, "rows": count, "file": str(out)})
    else:
        console().print(f"{count} rows of {SHEETS[what].chinese} are in {out}.")


def _beijing(when: datetime | None) -> datetime | None:
    return when.replace(tzinfo=BEIJING) if when else None


async def _exported(
    sheet: Sheet,
    scope: str,
    period: tuple[datetime, datetime],
    kind: Format,
    out: Path,
    as_json: bool,
) -> int:
    settings = {"search_path": "feedback"}
    connection: Any = await asyncpg.connect(addresses().postgres, server_settings=settings)
    count = 0
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            with WRITERS[kind](out, sheet) as writer, bars_on(console(as_json)) as bars:
                task = bars.add_task(sheet.chinese, total=None)
                async for rows in rows_of(connection, sheet, scope, *period):
                    writer.write(rows)
                    count += len(rows)
                    bars.update(task, completed=count)
    except OSError as error:
        raise Failure(f"{out} can not be written: {error.strerror}.") from error
    finally:
        await connection.close()
    return count
