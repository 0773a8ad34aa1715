"""What `hub grid` does with files: chosen ones become a ground, or are told what is wrong."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import orjson

from services.cli.failures import Failure
from services.reference.ground import Ground, GroundError, load_ground
from services.reference.ground.areas import AMOUNTS, Area, Size, invented, street_of
from services.reference.ground.cameras import read_cameras
from services.reference.ground.cells import polygons_of
from services.reference.ground.crs import Crs, crs_named, from_wgs84
from services.reference.ground.files import (
    CAMERAS,
    COLUMNS,
    GAZETTEER,
    OUTLINES,
    REGISTER,
    Manifest,
    csv_lines,
    unit_rows,
    write_ground,
)
from services.reference.ground.findings import Finding, Flaw, blocking
from services.reference.ground.importing import (
    Draft,
    Sources,
    areas_of,
    can_fill,
    fill,
    read_sources,
    without_outline,
)
from services.reference.ground.naming import check_places
from services.reference.ground.outlines import to_geometry
from services.reference.ground.population import read_population
from services.reference.ground.register import Audit, apply, read_register, read_updates
from services.reference.ground.routing import Router, by_level
from services.reference.ground.synthesise import Synthetic, Told, synthesise
from services.reference.ground.tree import Tree, Unit
from services.reference.ground.writing import tree_files, write_register, write_synthetic
from services.reference.places import GazetteerError, load_gazetteer

SYNTHETIC = "以下各级边界及小区、楼栋、摄像头、底册均为合成，不代表实际管辖"

Extras = Mapping[str, Iterable[bytes]]


@dataclass(frozen=True)
class Chosen:
    """The files that a person named, as they were named."""

    districts: Path | None = None
    communities: Path | None = None
    units: Path | None = None
    outlines: Sequence[Path] = ()
    population: Path | None = None
    reference: Path | None = None
    crs: str | None = None
    zones: Sequence[str] = field(default_factory=list)

    def sources(self) -> Sources:
        """The same for reading; raises GroundError or CrsError for what means nothing."""
        return Sources(
            districts=self.districts,
            communities=self.communities,
            units=self.units,
            outlines=self.outlines,
            population=self.population,
            reference=self.reference,
            crs=crs_named(self.crs) if self.crs else None,
            zones=_zones(self.zones),
        )

    def checked(self) -> list[Finding]:
        """What is wrong with a ground, or with a file of outlines."""
        (where,) = self.outlines
        if where.is_file():
            return read_sources(self.sources()).findings
        ground = load_ground(where)
        files = [ground.directory / OUTLINES]
        found = read_sources(replace(self.sources(), outlines=files), ground.tree).findings
        path = ground.directory / GAZETTEER if ground.has(GAZETTEER) else None
        return [*found, *checked_places(path, ground.tree, ground.router)]


def _zones(written: Sequence[str]) -> dict[str, str]:
    zones: dict[str, str] = {}
    for each in written:
        name, equals, codes = each.partition("=")
        if not equals:
            raise Failure(f"--zone {each!r}: write NAME=CODE,CODE, such as 高新区=510107061.")
        zones |= dict.fromkeys(codes.split(","), name)
    return zones


@dataclass(frozen=True)
class Imported:
    """What came of an import; no ground if something stops it."""

    findings: Sequence[Finding]
    ground: Ground | None


def checked_places(path: Path | None, tree: Tree, router: Router) -> list[Finding]:
    """What is wrong with a gazetteer by itself, or else with it on this ground."""
    if path is None:
        return []
    try:
        gazetteer = load_gazetteer(path)
    except GazetteerError as error:
        return [Finding(Flaw.FILE, each) for each in error.problems]
    return check_places(path.name, gazetteer.entries, tree, router)


def furnished(**given: Path | None) -> dict[str, Iterable[bytes]]:
    """Further files of a ground, each read once, so that a fault in one shows now."""
    readers: dict[str, tuple[str, Callable[[Path], object]]] = {
        "cameras": (CAMERAS, read_cameras),
        "register": (REGISTER, read_register),
    }
    files: dict[str, Iterable[bytes]] = {}
    for what, path in given.items():
        if path is not None:
            name, read = readers[what]
            read(path)
            files[name] = [path.read_bytes()]
    return files


def imported(
    chosen: Chosen,
    out: Path,
    extras: Extras,
    accepted: Sequence[str],
    seed: int,
    name: str,
    *,
    gazetteer: Path | None = None,
    fill: bool,
    told: Told,
) -> Imported:
    """Read, check and write; what stops it is in the findings, and then nothing is written."""
    sources = chosen.sources()
    if not sources.given():
        raise Failure("there is nothing to import: give --districts, --communities, --outlines.")
    told("检查 checking", 0, 1)
    draft = read_sources(sources)
    told("检查 checking", 1, 1)
    findings = [*draft.findings, *without_outline(draft), *_draft_places(draft, gazetteer)]
    if gazetteer:
        extras = {**extras, GAZETTEER: [gazetteer.read_bytes()]}
    if blocking(findings, accepted):
        return Imported(findings, None)
    given = "、".join(sources.given())
    about = Manifest(name or out.name, synthetic=False, source=given, accepted=tuple(accepted))
    if fill and can_fill(draft):
        _write_filled(draft, sources, out, about, extras, seed, told)
    else:
        shapes = {code: polygons_of(shape) for code, shape in draft.shapes.items()}
        files = tree_files(draft.units.values(), shapes, shapes)
        write_ground(out, about, files | dict(extras))
    return Imported(findings, load_ground(out))


def _draft_places(draft: Draft, gazetteer: Path | None) -> list[Finding]:
    """What is wrong with a gazetteer on the ground that is about to be written."""
    if gazetteer is None:
        return []
    shapes = ((code, polygons_of(shape)) for code, shape in draft.shapes.items())
    tree = Tree(draft.units.values())
    return checked_places(gazetteer, tree, Router(tree, by_level(shapes)))


def _write_filled(
    draft: Draft,
    sources: Sources,
    out: Path,
    about: Manifest,
    extras: Extras,
    seed: int,
    told: Told,
) -> None:
    made = fill(draft, sources, seed, told)
    source = f"{about.source} 之外，{SYNTHETIC}（种子 {seed}）"
    synthetic = replace(about, synthetic=True, source=source)
    write_synthetic(out, synthetic, made, seed, draft.shapes, extras)


def made_up(chosen: Chosen, out: Path, size: Size, seed: int, of: str, told: Told) -> Ground:
    """A synthetic ground of a size, invented or inside given districts."""
    amount = AMOUNTS[size]
    if chosen.districts and chosen.communities:
        units, areas, given = _given_areas(chosen, size, seed, of)
        source = f"编码与名称、区县边界来自 {chosen.districts.name}、{chosen.communities.name}；"
    elif chosen.districts or chosen.communities or of:
        raise Failure("give --districts and --communities together, or neither (and no --of).")
    else:
        units, areas = invented(amount)
        given, source = {}, "编码、名称、边界全部虚构；"
    people = read_population(chosen.population) if chosen.population else None
    made = synthesise(areas, (amount.grids, amount.micro_grids), seed, people, told)
    made.units |= units
    _add_given(made, given)
    about = Manifest(f"合成{size}", synthetic=True, source=f"{source}{SYNTHETIC}（种子 {seed}）")
    write_synthetic(out, about, made, seed, given)
    return load_ground(out)


def _add_given(made: Synthetic, given: Mapping[str, Area]) -> None:
    made.outlines |= {code: polygons_of(area.outline) for code, area in given.items()}


def _given_areas(
    chosen: Chosen, size: Size, seed: int, of: str
) -> tuple[dict[str, Unit], list[Area], dict[str, Area]]:
    """Units, areas to fill, and districts whose outline is given, as far as they are wanted."""
    draft = read_sources(chosen.sources())
    stopping = blocking(draft.findings)
    if stopping:
        raise GroundError("\n".join(each.told() for each in stopping))
    areas = {area.unit.code: area for area in areas_of(draft)}
    if not areas:
        raise GroundError("没有一个区县既有边界又有社区：请核对两个文件的编码。")
    wanted = of or next(iter(areas))
    if size is Size.CITY:
        return draft.units, list(areas.values()), areas
    if wanted[:6] not in areas:
        raise GroundError(f"{wanted} 不在有边界的区县（{'、'.join(areas)}）里：请改 --of。")
    area = areas[wanted[:6]]
    units = {unit.code: unit for unit in Tree(draft.units.values()).under(wanted[:6])}
    if size is Size.DISTRICT:
        return units, [area], {area.unit.code: area}
    code = wanted if len(wanted) == 9 else area.communities[0].code[:9]
    if code not in units:
        raise GroundError(f"街道 {code} 不在 {area.unit.name}里：请改 --of。")
    kept = {each: units[each] for each in units if each[:9] == code[: len(each)]}
    return kept, [street_of(area, units[code], seed)], {}


def export_to(ground: Ground, out: Path, crs: Crs, under: str) -> list[str]:
    """Write a ground for other programs: CSV with a mark for Excel, one FeatureCollection."""
    out.mkdir(parents=True, exist_ok=True)
    names = ["units.csv", "outlines.geojson"]
    units = list(ground.tree.under(under))
    with (out / names[0]).open("wb") as target:
        target.write(b"\xef\xbb\xbf")
        target.writelines(csv_lines(COLUMNS, unit_rows(units)))
    outlines, separator = ground.outlines(), b""
    with (out / names[1]).open("wb") as target:
        target.write(b'{"type":"FeatureCollection","features":[\n')
        for unit in units:
            if unit.code in outlines:
                geometry = to_geometry(outlines.polygons(unit.code))
                target.write(separator + _exported(unit, geometry, crs))
                separator = b",\n"
        target.write(b"\n]}\n")
    for name in set(ground.manifest.files) & {GAZETTEER, CAMERAS, REGISTER}:
        shutil.copy(ground.directory / name, out / name)
        names.append(name)
    return sorted(names)


def _exported(unit: Unit, geometry: dict[str, object], crs: Crs) -> bytes:
    properties = {"code": unit.code, "name": unit.name, "kind": unit.kind, "crs": crs}
    turned = geometry | {"coordinates": _turned(geometry["coordinates"], crs)}
    return orjson.dumps({"type": "Feature", "properties": properties, "geometry": turned})


def _turned(coordinates: object, crs: Crs) -> object:
    match coordinates:
        case [float(x), float(y)]:
            there = from_wgs84(x, y, crs)
            return [round(float(each), 6) for each in there]
        case list():
            return [_turned(each, crs) for each in coordinates]
    return coordinates


def updated(
    ground: Ground, updates: Path, who: str, when: datetime, out: Path
) -> tuple[Ground, list[Audit]]:
    """The ground with a register after the updates of a file, and the records."""
    before = read_register(ground.directory / REGISTER) if ground.has(REGISTER) else {}
    after, audit = apply(before, read_updates(updates), who, when, ground.tree)
    write_register(out, ground, after, audit)
    return load_ground(out), audit
