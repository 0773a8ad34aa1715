"""`hub route`: from points and addresses to grids; `hub route explain` says why."""

import csv
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import DownloadColumn

from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json, table
from services.cli.progress import bars_on
from services.reference.ground import load_ground
from services.reference.ground.batch import COLUMNS, asked, by_address, routed
from services.reference.ground.crs import crs_named, to_wgs84
from services.reference.ground.tables import read_table
from services.reference.places import Match
from services.reference.places.entries import KINDS

BYTES_A_ROW = 60
"""A guess, for the progress of a file whose rows are not counted before."""

GroundAt = Annotated[
    Path | None, typer.Option("--ground", help="A ground, or a store. Default: the invented one.")
]
In = Annotated[Path | None, typer.Option("--csv", help="CSV with lon, lat, crs and/or address.")]
Out = Annotated[Path | None, typer.Option("--out", help="The CSV to write.")]
System = Annotated[str, typer.Option("--crs", help="Where a row states none.")]
Longitude = Annotated[float | None, typer.Option("--lon", help="Degrees.")]
Latitude = Annotated[float | None, typer.Option("--lat", help="Degrees.")]
Address = Annotated[str, typer.Option("--address", help="Instead of a point.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(route)
    group.command("explain")(explain)
    app.add_typer(group, name="route")


def route(
    context: typer.Context,
    ground: GroundAt = None,
    source: In = None,
    out: Out = None,
    crs: System = "WGS-84",
    as_json: AsJson = False,
) -> None:
    """Route a table of points and addresses to grids (路由); rows keep their order."""
    if context.invoked_subcommand:
        return
    with one_sentence():
        if source is None or out is None:
            raise Failure("say what and where to: --csv IN --out OUT.")
        found = _route(ground, source, out, crs)
    if as_json:
        print_json(found)
    else:
        console().print(table(("", ""), _flat(found)))


def _route(ground: Path | None, source: Path, out: Path, crs: str) -> dict[str, Any]:
    known, began = load_ground(ground), time.perf_counter()
    levels: Counter[str] = Counter()
    with out.open("w", encoding="utf-8", newline="") as target:
        write = csv.writer(target, lineterminator="\n")
        write.writerow(COLUMNS)
        for row in routed(known, _counted(source), crs_named(crs)):
            write.writerow(row)
            levels[row[COLUMNS.index("level")]] += 1
    seconds = time.perf_counter() - began
    return {
        "ground": known.version,
        "synthetic": known.manifest.synthetic,
        "rows": levels.total(),
        "levels": dict(levels),
        "seconds": round(seconds, 3),
        "out": str(out),
    }


def _counted(source: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a table, with a bar on a terminal."""
    rows = read_table(source)
    screen = console(as_json=True)
    size = source.stat().st_size if source.is_file() else 0
    with bars_on(screen, DownloadColumn()) as bars:
        task = bars.add_task("路由 routing", total=size)
        for line, row in rows:
            if "lon" not in row and "address" not in row:
                raise Failure(f"{source.name} has neither lon nor address: name its columns so.")
            bars.advance(task, sum(map(len, row.values())) + len(row))
            yield line, row


def explain(
    ground: GroundAt = None,
    longitude: Longitude = None,
    latitude: Latitude = None,
    address: Address = "",
    crs: System = "WGS-84",
    as_json: AsJson = False,
) -> None:
    """Say why a point or an address goes where it goes (为何派到这里)."""
    with one_sentence():
        told = _explained(ground, longitude, latitude, address, crs)
    if as_json:
        print_json(told)
    else:
        for sentence in told["why"]:
            console().print(sentence, soft_wrap=True, markup=False)


def _explained(
    ground: Path | None, x: float | None, y: float | None, address: str, crs: str
) -> dict[str, Any]:
    known = load_ground(ground)
    if x is None or y is None:
        if not address:
            raise Failure("say where: --lon and --lat, or --address.")
        found = by_address(known, address)
        named = _named(known.find(address))
        why = [f"地址：{address}", *named, *known.router.line(found.code), f"结论：{found.why}"]
    else:
        words = {"lon": str(x), "lat": str(y), "crs": crs}
        question = asked(1, words, crs_named(crs))
        degrees = to_wgs84(question.longitude, question.latitude, question.crs)
        at = float(degrees[0]), float(degrees[1])
        found = known.route(*at)
        given = f"给出的坐标（{question.crs}）：{x}, {y} {question.noticed}".rstrip("； ")
        why = [given, *known.router.explain(*at)]
    return {
        "ground": known.version,
        "code": found.code,
        "level": found.level,
        "desk": found.desk,
        "confidence": found.confidence,
        "why": why,
    }


def _named(match: Match) -> Iterator[str]:
    """What was recognised in an address, what else it may be, and where it is."""
    place = match.place
    if match.is_sure:
        yield f"认出：{match.name}（{KINDS[match.kind]}），可信度 {match.confidence:g}"
    if match.alternatives:
        yield f"可能是：{'、'.join(match.alternatives)}"
    if place.longitude is not None and place.latitude is not None:
        yield f"坐标（WGS-84）：经度 {place.longitude:.6f}，纬度 {place.latitude:.6f}"


def _flat(found: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in found.items():
        is_table = isinstance(value, dict)
        yield name, ", ".join(f"{k} {v}" for k, v in value.items()) if is_table else value
