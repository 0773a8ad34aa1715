"""Reading what the model learns from: labelled reports, and messages by domain."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.classification.adapters.recogniser.model import CHANNELS, Text
from services.classification.domain.verdict import ModelError
from services.classification.domain.writing import legible
from services.reference.catalogue import Entry

CORPUS = Path(__file__).parents[2] / "corpus"
HARD = frozenset(
    {
        "appearance_a",
        "appearance_b",
        "building_and_street",
        "dangers",
        "estate_safety",
        "near_non_reports",
        "non_reports",
        "services_and_emergencies",
    }
)
"""Files of the corpus that are harder than life on purpose: to learn from, not to be judged by."""
FAR_FETCHED = "far_fetched"
BRIEF = "brief"
"""The file of bare fragments as a building's chat has them: many could be anything."""
OF_A_NAME = 3.0
"""The importance of a category's name, beside a report of the corpus."""
REPORT_COLUMNS = ("text", "channel", "code", "danger_to_life", "is_hazard")
MESSAGE_COLUMNS = ("text", "label")
NOUGHT_OR_ONE = ("0", "1")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A report as somebody has judged it; `code` is empty where nothing is reported."""

    text: Text
    code: str
    is_danger: bool
    importance: float = 1.0
    source: str = ""
    """Which collection it is from, for figures apart."""
    is_typical: bool = True
    """Whether people usually report like this: confidence and thresholds are fitted on such."""


def read_reports(path: Path, codes: Collection[str], importance: float = 1.0) -> list[Labelled]:
    """The reports of a file, or of all files of a folder in the order of their names.

    Raises ModelError with file and line for a row that can not be learned from.
    """
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    return [
        _labelled(row, f"{file.name}:{line}", codes, importance, file)
        for file in files
        for line, row in _rows(file, REPORT_COLUMNS)
    ]


def names_of(reports: Sequence[Labelled], entries: Mapping[str, Entry]) -> list[Labelled]:
    """What the categories of reports are called, as somebody might say it by each channel."""
    return [
        Labelled(
            Text(entries[code].name, channel=channel),
            code,
            is_danger=False,
            importance=OF_A_NAME,
        )
        for code in sorted({each.code for each in reports if each.code})
        for channel in CHANNELS
    ]


def read_messages(path: Path) -> list[tuple[str, str]]:
    """Messages with their domain: (text, domain)."""
    return [(row["text"], row["label"]) for _, row in _rows(path, MESSAGE_COLUMNS)]


def _labelled(
    row: dict[str, str], place: str, codes: Collection[str], importance: float, file: Path
) -> Labelled:
    if row["code"] and row["code"] not in codes:
        raise ModelError(f"{place}: the catalogue has no category {row['code']!r}")
    if row["channel"] not in CHANNELS:
        raise ModelError(f"{place}: channel must be one of {', '.join(CHANNELS)}")
    if row["danger_to_life"] not in NOUGHT_OR_ONE:
        raise ModelError(f"{place}: danger_to_life must be 0 or 1")
    if (row["is_hazard"] == "1") != bool(row["code"]):
        raise ModelError(f"{place}: a row has a code exactly if is_hazard is 1")
    if not row["text"].strip():
        raise ModelError(f"{place}: the text is empty")
    said = Text(legible(row["text"]), channel=row["channel"])
    return Labelled(
        said,
        row["code"],
        row["danger_to_life"] == "1",
        importance,
        source=FAR_FETCHED if file.stem in HARD else file.stem,
        is_typical=file.stem not in HARD and file.stem != BRIEF,
    )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [each for each in columns if each not in (reader.fieldnames or ())]
            if missing:
                raise ModelError(f"{path.name} lacks the columns {', '.join(missing)}")
            for row in reader:
                yield reader.line_num, {name: row[name] or "" for name in columns}
    except UnicodeDecodeError:
        raise ModelError(f"{path.name} is not UTF-8: save it as UTF-8 and try again") from None
