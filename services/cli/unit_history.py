"""`hub dispatch history`: which unit handled what, for learning whose matter the like is."""

import asyncio
import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from schemas.flow import Service
from schemas.incident import Category
from services.cli.addresses import addresses
from services.cli.failures import one_sentence
from services.cli.printing import AsJson, console, print_json
from services.cli.progress import bar_of
from services.dispatch.adapters.units.history import COLUMNS, UNIT
from services.dispatch.adapters.units.incidents import columns_of
from services.hosting.ground_watch import GroundWatch

HANDLED = """
FROM feedback.ledger WHERE closed_at >= $1 AND outcome = 'rectified' AND coalesce(unit, '') <> ''"""
ROWS = f"""
SELECT opened_at, coalesce(community, '') AS community, category_code, category_name, scene, source,
       unit {HANDLED} ORDER BY opened_at"""


def history(
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="The CSV to write.")],
    days: Annotated[int, typer.Option(min=1, max=3_660, help="Closed in so many days.")] = 730,
    ground: Annotated[
        Path | None, typer.Option(envvar="HUB_GROUND", help="For the names of places.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a history of units from the ledger, as HUB_DISPATCH_HISTORY takes it (责任单位历史).

    Without a single one that is closed nothing is written: there is nothing to learn from.
    """
    with one_sentence():
        since = datetime.now(UTC) - timedelta(days=days)
        rows = asyncio.run(_written(out, since, ground, as_json))
    if as_json:
        print_json({"rows": rows, "out": str(out)})
        return
    said = f"{rows} 件已办结事项写入 {out}" if rows else f"还没有写明单位的已办结事项，没有写 {out}"
    console().print(said, markup=False)


async def _written(out: Path, since: datetime, ground: Path | None, as_json: bool) -> int:
    places, done = GroundWatch(ground, Service.DISPATCH).ground, 0
    part = out.with_name(f"{out.name}.part")
    connection = await asyncpg.connect(addresses().postgres)
    try:
        total = await connection.fetchval(f"SELECT count(*) {HANDLED}", since)
        async with connection.transaction(readonly=True):
            with (
                bar_of(console(as_json), "history", total) as moved,
                part.open("w", encoding="utf-8", newline="") as file,
            ):
                write = csv.DictWriter(file, [*COLUMNS, UNIT], lineterminator="\n")
                write.writeheader()
                async for row in connection.cursor(ROWS, since, prefetch=1_000):
                    category = Category(
                        code=row["category_code"], name=row["category_name"], scene=row["scene"]
                    )
                    of = columns_of(
                        category, row["community"], row["source"], row["opened_at"], places
                    )
                    write.writerow({**of, UNIT: row["unit"]})
                    done += 1
                    moved(done)
    finally:
        await connection.close()
    if done:
        part.replace(out)
    else:
        part.unlink()
    return done
