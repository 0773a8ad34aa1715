"""`hub classify`: what texts are about, by the same rules as in the service, on its own."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from services.classification.domain.recognition import Opinion, Said
from services.classification.domain.verdict import Verdict
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json
from services.cli.progress import bar_of
from services.reference.catalogue import Catalogue, load_catalogue
from services.reference.danger import danger_in

PORTION = 512
ADDED = (
    "domain",
    "code",
    "name",
    "top3",
    "scene",
    "severity",
    "danger_to_life",
    "is_hazard",
    "confidence",
    "reasons",
)
Source = Annotated[
    Path,
    typer.Option("--csv", exists=True, dir_okay=False, help="UTF-8, with a column text."),
]
Out = Annotated[
    Path, typer.Option("--out", dir_okay=False, help="The same rows, and more columns.")
]
ModelFile = Annotated[Path | None, typer.Option("--model", help="Default: the one shipped.")]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(classify)


def classify(source: Source, out: Out, model: ModelFile = None, as_json: AsJson = False) -> None:
    """Recognise texts of a CSV (识别): columns text, and channel and title if they are there.

    Needs neither Kafka nor PostgreSQL; reads and writes portion by portion.
    """
    with one_sentence():
        found = _classify(source, out, model, as_json)
    if as_json:
        print_json(found)
    else:
        console().print(f"{found['rows']} rows, of them {found['dangers']} dangers: {out}")


def _classify(source: Path, out: Path, model_file: Path | None, as_json: bool) -> dict[str, Any]:
    from services.classification.adapters.recognising import load_recogniser

    recogniser = load_recogniser(load_catalogue(), model_file)
    book = recogniser.book
    rows = dangers = 0
    with (
        source.open(encoding="utf-8-sig", newline="") as incoming,
        out.open("w", encoding="utf-8", newline="") as outgoing,
        bar_of(console(as_json), "classifying", _rows_of(source)) as bar,
    ):
        reader = csv.DictReader(incoming)
        if "text" not in (reader.fieldnames or ()):
            raise Failure(f"{source} has no column 'text'; its first row must name the columns.")
        kept = [each for each in reader.fieldnames or () if each not in ADDED]
        writer = csv.DictWriter(outgoing, [*kept, *ADDED], extrasaction="ignore")
        writer.writeheader()
        for portion in _portions(reader):
            for row, each in zip(
                portion, recogniser.read(list(map(said_in, portion))), strict=True
            ):
                writer.writerow(row | columns(each.verdict, each.opinion, book.catalogue))
                dangers += each.opinion.is_danger
            rows += len(portion)
            bar(rows)
    return {
        "rows": rows,
        "dangers": dangers,
        "model": book.model_version,
        "catalogue": book.catalogue.version,
        "out": str(out),
    }


def _rows_of(path: Path) -> int:
    """How many lines a file has: as good as its rows, for a bar."""
    with path.open("rb") as file:
        return sum(1 for _ in file)


def said_in(row: dict[str, Any]) -> Said:
    """What a row says, with the word that means danger to life, if there is one."""
    said = Said(row["text"] or "", row.get("title") or "", row.get("channel") or "")
    return replace(said, alarming=danger_in(said.whole) or "")


def columns(verdict: Verdict, opinion: Opinion, catalogue: Catalogue) -> dict[str, Any]:
    """What is added to a row: booleans as 0 and 1, candidates as c1|c2|c3.

    What reports nothing bears the category that it comes nearest to.
    """
    code, confidence = verdict.candidates[0]
    entry = opinion.entry if opinion.entry and opinion.is_report else catalogue.entries[code]
    return {
        "domain": verdict.domain,
        "code": entry.code,
        "name": entry.name,
        "top3": "|".join(code for code, _ in verdict.candidates),
        "scene": entry.scene,
        "severity": opinion.severity(express=False).value,
        "danger_to_life": int(opinion.is_danger),
        "is_hazard": int(opinion.is_report and not opinion.is_mention),
        "confidence": opinion.confidence if opinion.is_report else confidence,
        "reasons": "；".join(opinion.reasons),
    }


def _portions(rows: Iterable[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    left = iter(rows)
    while portion := list(islice(left, PORTION)):
        yield portion
