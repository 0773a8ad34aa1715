"""`hub merge-check`: which reports are one incident, and where hot spots are, on its own."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json
from services.cli.progress import bar_of
from services.reference.calendar import BEIJING
from services.reference.catalogue import load_catalogue

if TYPE_CHECKING:
    from services.classification.adapters.merge_check import Told

NEEDED = ("id", "text", "time")
ADDED = ("incident", "hotspot")
FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S")
Source = Annotated[
    Path,
    typer.Option("--csv", exists=True, dir_okay=False, help="UTF-8: id, text, time, lon, lat …"),
]
Out = Annotated[Path, typer.Option("--out", dir_okay=False, help="id, incident, hotspot.")]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command("merge-check")(merge_check)


def merge_check(source: Source, out: Out, as_json: AsJson = False) -> None:
    """Merge the reports of a CSV and find hot spots (并案与热点), by the rules of the service.

    Columns id, text, time, and lon, lat, community if known. Needs no server.
    """
    with one_sentence():
        found = _checked(source, out, as_json)
    if as_json:
        print_json(found)
    else:
        rows, incidents, hotspots = found["rows"], found["incidents"], found["hotspots"]
        console().print(f"{rows} 条诉求，{incidents} 起事件，{hotspots} 个热点：{out}")


def _checked(source: Path, out: Path, as_json: bool) -> dict[str, Any]:
    from services.classification.adapters.merge_check import MergeCheck
    from services.classification.adapters.recognising import load_recogniser

    told = list(_rows(source))
    recogniser = load_recogniser(load_catalogue())
    with bar_of(console(as_json), "merging", len(told)) as bar:
        found = MergeCheck(recogniser).found(told, bar)
    with out.open("w", encoding="utf-8", newline="") as outgoing:
        writer = csv.writer(outgoing)
        writer.writerow(("id", *ADDED))
        writer.writerows((each.id, *found[each.id]) for each in told)
    return {
        "rows": len(told),
        "incidents": len({incident for incident, _ in found.values()}),
        "hotspots": len({hotspot for _, hotspot in found.values() if hotspot}),
        "catalogue": recogniser.book.catalogue.version,
        "model": recogniser.book.model_version,
        "out": str(out),
    }


def _rows(source: Path) -> Iterator["Told"]:
    from services.classification.adapters.merge_check import Told

    with source.open(encoding="utf-8-sig", newline="") as incoming:
        reader = csv.DictReader(incoming)
        missing = [each for each in NEEDED if each not in (reader.fieldnames or ())]
        if missing:
            raise Failure(f"{source} has no column '{missing[0]}'; its first row must name it.")
        seen = set[str]()
        for line, row in enumerate(reader, 2):
            if row["id"] in seen:
                raise Failure(f"{source}, row {line}: id {row['id']} stands there twice.")
            seen.add(row["id"])
            at = _time(source, line, row["time"])
            lon, lat = _point(source, line, row)
            yield Told(row["id"], row["text"] or "", at, lon, lat, row.get("community") or None)


def _time(source: Path, line: int, text: str | None) -> datetime:
    """A time without a zone is Beijing's."""
    text = (text or "").strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = _by_format(source, line, text)
    return at if at.tzinfo else at.replace(tzinfo=BEIJING)


def _by_format(source: Path, line: int, text: str) -> datetime:
    for each in FORMATS:
        try:
            return datetime.strptime(text, each).replace(tzinfo=BEIJING)
        except ValueError:
            continue
    raise Failure(f"{source}, row {line}: '{text}' is no time; write 2026-03-02 12:00:00.")


def _point(source: Path, line: int, row: dict[str, str]) -> tuple[float | None, float | None]:
    lon, lat = (row.get("lon") or "").strip(), (row.get("lat") or "").strip()
    if not lon or not lat:
        return None, None
    try:
        x, y = float(lon), float(lat)
    except ValueError:
        raise Failure(f"{source}, row {line}: '{lon}, {lat}' is no point; write degrees.") from None
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise Failure(f"{source}, row {line}: {x}, {y} is no point; write WGS-84 degrees.")
    return x, y
