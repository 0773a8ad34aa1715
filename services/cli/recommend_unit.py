"""`hub recommend-unit`: whose matter events are, learned from who handled the like before."""

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json, span
from services.cli.progress import bar_of
from services.dispatch.domain.suggestion import Suggestion

AT_ONCE = 2_000
"""Rows that are asked about together: so many fit into little memory."""
ADDED = tuple(f"{name}_{rank}" for rank in (1, 2, 3) for name in ("unit", "confidence"))

Past = Annotated[
    Path, typer.Option(exists=True, dir_okay=False, help="CSV of handled events, dispose_unit too.")
]
New = Annotated[Path, typer.Option("--csv", exists=True, dir_okay=False, help="The same columns.")]
Out = Annotated[
    Path, typer.Option("--out", dir_okay=False, help="The same rows, three units more.")
]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command("recommend-unit")(recommend_unit)


def recommend_unit(history: Past, source: New, out: Out, as_json: AsJson = False) -> None:
    """Recommend the responsible unit of events, with confidence (责任单位推荐)."""
    with one_sentence():
        found = _recommend(history, source, out, as_json)
    if as_json:
        print_json(found)
    else:
        spent = span(found["seconds"])
        console().print(f"{found['rows']} 行，学习 {found['history']} 行，用时 {spent}：{out}")


def _recommend(history: Path, source: Path, out: Path, as_json: bool) -> dict[str, Any]:
    from services.dispatch.adapters.units.history import UNIT, columns_in, read_matters
    from services.dispatch.adapters.units.model import UnitModel

    began = time.perf_counter()
    if not out.parent.is_dir():
        raise Failure(f"没有文件夹 {out.parent}：请先建立，或换一个 --out。")
    past, new = read_matters(history, with_units=True), read_matters(source, with_units=False)
    with bar_of(console(as_json), "learning", 1.0) as bar:
        model = UnitModel(past, bar)
    kept = [name for name in columns_in(source) if name not in {UNIT, *ADDED}]
    with (
        bar_of(console(as_json), "recommending", len(new)) as bar,
        out.open("w", encoding="utf-8", newline="") as target,
    ):
        write = csv.writer(target, lineterminator="\n")
        write.writerow([*kept, *ADDED])
        for first in range(0, len(new), AT_ONCE):
            some = new[first : first + AT_ONCE]
            for matter, suggested in zip(some, model.suggest(some), strict=True):
                write.writerow([*(matter.row[name] for name in kept), *_cells(suggested)])
            bar(first + len(some))
    seconds = round(time.perf_counter() - began, 1)
    return {"history": len(past), "rows": len(new), "seconds": seconds, "out": str(out)}


def _cells(suggested: Sequence[Suggestion]) -> list[str]:
    """The units with their confidence; empty where there are fewer than three."""
    cells = [cell for each in suggested for cell in (each.unit, f"{each.confidence:.4f}")]
    return cells + [""] * (len(ADDED) - len(cells))
