"""`hub recommend-unit`: whose matter events are, learned from who handled the like before."""

import csv
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.failures import one_sentence
from services.cli.printing import AsJson, console, print_json, span
from services.cli.progress import bar_of

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
    from services.dispatch.adapters.units.history import UNIT, read_matters
    from services.dispatch.adapters.units.model import UnitModel

    began = time.perf_counter()
    past, new = read_matters(history, with_units=True), read_matters(source, with_units=False)
    with bar_of(console(as_json), "learning", 1.0) as bar:
        model = UnitModel(past, bar)
    kept = [name for name in (new[0].row if new else ()) if name not in {UNIT, *ADDED}]
    with out.open("w", encoding="utf-8", newline="") as target:
        write = csv.writer(target, lineterminator="\n")
        write.writerow([*kept, *ADDED])
        for matter, suggested in zip(new, model.suggest(new), strict=True):
            cells = [cell for each in suggested for cell in (each.unit, f"{each.confidence:.4f}")]
            cells += [""] * (len(ADDED) - len(cells))
            write.writerow([*(matter.row[name] for name in kept), *cells])
    seconds = round(time.perf_counter() - began, 1)
    return {"history": len(past), "rows": len(new), "seconds": seconds, "out": str(out)}
