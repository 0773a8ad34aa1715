"""A ground put into its directory: from an import, from a synthesis, or with a newer register."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from services.reference.ground import furnishing
from services.reference.ground.cameras import COLUMNS as CAMERA_COLUMNS
from services.reference.ground.files import (
    AUDIT,
    CAMERAS,
    COLUMNS,
    GAZETTEER,
    OUTLINES,
    REGISTER,
    UNITS,
    Manifest,
    csv_lines,
    unit_rows,
    write_ground,
)
from services.reference.ground.outlines import Polygons, feature
from services.reference.ground.register import AUDIT_COLUMNS, Audit, Register, audit_rows, rows
from services.reference.ground.register import COLUMNS as REGISTER_COLUMNS
from services.reference.ground.synthesise import Synthetic
from services.reference.ground.tree import Unit
from services.reference.ground.whole import Ground
from services.reference.places import Entry
from services.reference.places.loading import COLUMNS as GAZETTEER_COLUMNS
from services.reference.places.loading import row_of

Files = Mapping[str, Iterable[bytes]]


def tree_files(
    units: Iterable[Unit], outlines: Mapping[str, Polygons], given: Iterable[str] = ()
) -> dict[str, Iterable[bytes]]:
    """units.csv and outlines.geojsonl; outlines that were given are not synthetic."""
    real = set(given)
    lines = (
        feature(code, outlines[code], synthetic=code not in real) + b"\n"
        for code in sorted(outlines)
    )
    sorted_units = sorted(units, key=lambda unit: unit.code)
    return {UNITS: csv_lines(COLUMNS, unit_rows(sorted_units)), OUTLINES: lines}


def gazetteer_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """gazetteer.csv."""
    return csv_lines(GAZETTEER_COLUMNS, map(row_of, entries))


def write_synthetic(
    directory: Path,
    about: Manifest,
    made: Synthetic,
    seed: int,
    given: Iterable[str] = (),
    also: Files | None = None,
) -> Manifest:
    """Write what was synthesised, with estates, cameras and a register; `also` wins over those."""
    files: dict[str, Iterable[bytes]] = tree_files(made.units.values(), made.outlines, given)
    files[GAZETTEER] = gazetteer_lines(furnishing.gazetteer(made))
    files[CAMERAS] = csv_lines(CAMERA_COLUMNS, furnishing.cameras(made))
    files[REGISTER] = csv_lines(REGISTER_COLUMNS, rows(furnishing.register(made, seed)))
    return write_ground(directory, about, files | dict(also or {}))


def write_register(
    directory: Path, ground: Ground, register: Register, audit: Sequence[Audit] = ()
) -> Manifest:
    """The same ground with another register: a version of its own, with who changed what."""
    files: dict[str, Iterable[bytes]] = {
        name: _copied(ground.directory / name) for name in ground.manifest.files
    }
    entries = (register[code] for code in sorted(register))
    files[REGISTER] = csv_lines(REGISTER_COLUMNS, rows(entries))
    if audit:
        added = list(csv_lines(AUDIT_COLUMNS, audit_rows(audit)))
        files[AUDIT] = [*files[AUDIT], *_without_header(added)] if ground.has(AUDIT) else added
    return write_ground(directory, ground.manifest, files)


def _without_header(blocks: Sequence[bytes]) -> Iterator[bytes]:
    yield blocks[0].partition(b"\n")[2]
    yield from blocks[1:]


def _copied(path: Path) -> Iterator[bytes]:
    with path.open("rb") as content:
        while block := content.read(1 << 20):
            yield block
