"""From the files of a city to a ground: everything is read and checked before anything is written.

Real codes and outlines are taken as they are; where only districts have outlines, those of
streets, communities and grids are synthesised inside them, and the ground says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from services.reference.ground.areas import Area
from services.reference.ground.cells import polygons_of, shape_of
from services.reference.ground.checks import check
from services.reference.ground.codes import CodeError, Level, canonical, level_of, line_of
from services.reference.ground.crs import Crs, CrsError, crs_named, from_wgs84, metres, to_wgs84
from services.reference.ground.errors import GroundError
from services.reference.ground.findings import Finding, Flaw
from services.reference.ground.outlines import MICRO, Polygons, from_geometry, whole
from services.reference.ground.population import read_population
from services.reference.ground.sources import Feature, read_features
from services.reference.ground.synthesise import Synthetic, Told, synthesise
from services.reference.ground.tables import read_table
from services.reference.ground.tree import KINDS, Kind, Tree, Unit, default_name

GRIDS_A_COMMUNITY, MICRO_GRIDS_A_COMMUNITY = 11, 56
"""As many as a real community of 成华 has: where nothing says how many people there are."""
PEOPLE_A_MICRO_GRID = 160
"""65 households of about 2.5."""
MICRO_GRIDS_A_GRID = 9


@dataclass(frozen=True)
class Sources:
    """The files of an import; `zones` are functional zones by the code of what lies in them."""

    districts: Path | None = None
    communities: Path | None = None
    units: Path | None = None
    outlines: Sequence[Path] = ()
    population: Path | None = None
    reference: Path | None = None
    crs: Crs | None = None
    zones: Mapping[str, str] = field(default_factory=dict)

    def given(self) -> list[str]:
        """The names of the files, for the manifest."""
        single = (self.districts, self.communities, self.units, self.population)
        return [path.name for path in (*single, *self.outlines) if path is not None]


@dataclass
class Draft:
    """What was read: units, outlines in micro-degrees, where each came from, what is wrong."""

    units: dict[str, Unit] = field(default_factory=dict)
    shapes: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, tuple[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    converted: dict[str, Crs] = field(default_factory=dict)

    def add(self, unit: Unit, file: str, where: str) -> None:
        """A unit; what was known of it already is kept where the new word says nothing."""
        known = self.units.get(unit.code)
        self.units[unit.code] = unit if known is None else _joined(known, unit)
        self.origins.setdefault(unit.code, (file, where))

    def wrong(self, flaw: Flaw, what: str, file: str, where: str, code: str = "") -> None:
        """One thing that is wrong."""
        self.findings.append(Finding(flaw, what, code, file, where))


def _joined(known: Unit, new: Unit) -> Unit:
    is_default = known.name == default_name(known.code)
    return replace(
        known,
        name=new.name if is_default else known.name,
        aliases=known.aliases or new.aliases,
        zone=known.zone or new.zone,
        community_type=known.community_type or new.community_type,
    )


def read_sources(sources: Sources, tree: Tree | None = None) -> Draft:
    """Read and check all files; nothing is raised for what is in them, all is in the findings.

    A tree that is known already holds instead of one of units that have outlines.
    """
    draft = Draft()
    if tree is not None:
        draft.units |= {unit.code: unit for unit in tree.units}
    readers: list[tuple[Callable[[Path, Draft, Sources], None], Path | None]] = [
        (_read_outlines, sources.districts),
        (_read_communities, sources.communities),
        (_read_units, sources.units),
        *((_read_outlines, path) for path in sources.outlines),
    ]
    for read, path in readers:
        if path is not None:
            try:
                read(path, draft, sources)
            except GroundError as error:
                draft.wrong(Flaw.FILE, str(error), path.name, "")
    _set_zones(draft, sources.zones)
    reference = _reference(sources.reference, draft)
    found = check(Tree(draft.units.values()), draft.shapes, reference)
    draft.findings += [_at_origin(each, draft.origins) for each in found]
    return draft


def _set_zones(draft: Draft, zones: Mapping[str, str]) -> None:
    for code, zone in zones.items():
        if code in draft.units:
            draft.units[code] = replace(draft.units[code], zone=zone)
        else:
            what = f"功能区 {zone} 里的 {code} 不在网格树里：请改正编码。"
            draft.wrong(Flaw.ORPHAN, what, "--zone", "", code)


def _at_origin(finding: Finding, origins: Mapping[str, tuple[str, str]]) -> Finding:
    file, where = origins.get(finding.code, ("", ""))
    return replace(finding, file=finding.file or file, where=finding.where or where)


def _reference(path: Path | None, draft: Draft) -> dict[str, Any]:
    """The outlines that are known to be right, of a ground or a GeoJSON file."""
    if path is None:
        return {}
    known = Draft()
    try:
        file = path / "outlines.geojsonl" if path.is_dir() else path
        _read_outlines(file, known, Sources())
    except GroundError as error:
        draft.wrong(Flaw.FILE, str(error), path.name, "")
    return known.shapes


def _read_outlines(path: Path, draft: Draft, sources: Sources) -> None:
    for feature in read_features(path):
        try:
            code = canonical(feature.code)
            if code in draft.shapes:
                what = f"{code} 的轮廓出现了两次：请只留一个，或合并为一个多面。"
                draft.wrong(Flaw.DUPLICATE, what, feature.file, feature.where, code)
                continue
            polygons = _turned(feature, sources.crs, draft)
            draft.shapes[code] = shape_of(whole(polygons))
            draft.add(_unit(code, feature.name, feature.kind), feature.file, feature.where)
            draft.origins[code] = (feature.file, feature.where)
        except CodeError as error:
            draft.wrong(Flaw.CODE, str(error), feature.file, feature.where)
        except CrsError as error:
            draft.wrong(Flaw.WRONG_CRS, str(error), feature.file, feature.where)
        except GroundError as error:
            draft.wrong(Flaw.GEOMETRY, str(error), feature.file, feature.where)


def _turned(feature: Feature, stated: Crs | None, draft: Draft) -> Polygons:
    """The outline of a feature in WGS-84; what was turned is told once a file."""
    crs = stated or (crs_named(feature.crs) if feature.crs else Crs.WGS84)
    polygons = from_geometry(feature.geometry)
    _hold_in_range(polygons)
    if crs in {Crs.WGS84, Crs.CGCS2000}:
        return polygons
    x, y = (each / MICRO for each in polygons[0][0][0])
    if feature.file not in draft.converted:
        draft.converted[feature.file] = crs
        there = from_wgs84(x, y, crs)
        far = float(np.hypot(*metres(x, y, float(there[0]) - x, float(there[1]) - y)))
        what = f"按说明是 {crs}，已换算到 WGS-84（此处相差约 {far:.0f} 米）。"
        draft.wrong(Flaw.CONVERTED, what, feature.file, "")
    return [[_ring_to_wgs84(ring, crs) for ring in rings] for rings in polygons]


def _hold_in_range(polygons: Polygons) -> None:
    """Raise GroundError where numbers are no degrees, or latitude stands first."""
    points = [point for rings in polygons for ring in rings for point in ring]
    x, y = points[0] if points else (0, 0)
    if abs(y) > 90 * MICRO >= abs(x):
        raise GroundError("经度和纬度写反了：请按 [经度, 纬度] 的顺序导出。")
    if abs(x) > 180 * MICRO or abs(y) > 90 * MICRO:
        raise GroundError("坐标不是度（像是投影坐标，单位米）：请转换为经纬度后导出。")


def _ring_to_wgs84(ring: Sequence[tuple[int, int]], crs: Crs) -> list[tuple[int, int]]:
    at = np.array(ring) / MICRO
    x, y = to_wgs84(at[:, 0], at[:, 1], crs)
    turned = np.rint(np.column_stack((x, y)) * MICRO).astype(int)
    return [(each[0], each[1]) for each in turned.tolist()]


def _unit(code: str, name: str, kind: str = "", **more: Any) -> Unit:
    known = KINDS[level_of(code)]
    if kind and kind not in known:
        raise GroundError(f"类型 {kind!r} 不能用于 {code}：请写 {'、'.join(known)}。")
    return Unit(code, name or default_name(code), Kind(kind) if kind else known[0], **more)


def _read_communities(path: Path, draft: Draft, sources: Sources) -> None:
    """A row a community, with the codes and names of all above it."""
    seen: dict[str, str] = {}
    for line, row in read_table(path, ("community_code", "community")):
        where = f"第 {line} 行"
        try:
            code = canonical(row["community_code"])
            if code in seen:
                what = f"社区 {code} 已在{seen[code]}出现：请只留一行。"
                draft.wrong(Flaw.DUPLICATE, what, path.name, where, code)
                continue
            seen[code] = where
            for unit in _line_of_row(code, row):
                draft.add(unit, path.name, where)
        except CodeError as error:
            draft.wrong(Flaw.CODE, str(error), path.name, where)


def _line_of_row(code: str, row: Mapping[str, str]) -> Iterator[Unit]:
    district, street, community = _three(code)
    for column, expected in (("street_code", street), ("district_code", district)):
        written = row.get(column) or expected
        if canonical(written) != expected:
            raise CodeError(f"社区编码 {code} 与 {column} {written!r} 不一致：请改正其中一个。")
    yield _unit(district, row.get("district", ""))
    yield _unit(street, row.get("street", ""))
    yield _unit(
        community,
        row["community"],
        aliases=_list(row.get("aliases", "")) or _short(row["community"]),
        zone=row.get("zone", ""),
        community_type=row.get("community_type", ""),
    )


def _short(name: str) -> tuple[str, ...]:
    """双林社区 of 双林社区居委会."""
    short = name.removesuffix("居委会").removesuffix("村委会")
    return () if short == name else (short,)


def _three(code: str) -> list[str]:
    if level_of(code) is not Level.COMMUNITY:
        raise CodeError(f"社区编码 {code!r} 有 {len(code)} 位：应为 12 位。")
    return line_of(code)


def _list(written: str) -> tuple[str, ...]:
    return tuple(each for each in written.split("|") if each)


def _read_units(path: Path, draft: Draft, sources: Sources) -> None:
    """A row a unit of any level; a parent that is given must agree with the code."""
    seen: dict[str, tuple[str, str]] = {}
    for line, row in read_table(path, ("code",)):
        where = f"第 {line} 行"
        try:
            code = canonical(row["code"])
            above = row.get("parent") or row.get("community_code") or ""
            holder = canonical(above) if above else code[:12]
            if code in seen:
                _repeated(draft, path, where, code, holder, seen[code])
                continue
            seen[code] = (holder, where)
            if not code.startswith(holder):
                what = f"{code} 的编码属于社区 {code[:12]}，却写着属于 {holder}：请改正编码或上级。"
                draft.wrong(Flaw.TWO_COMMUNITIES, what, path.name, where, code)
            more = {name: row.get(name, "") for name in ("zone", "community_type")}
            aliases = _list(row.get("aliases", ""))
            unit = _unit(code, row.get("name", ""), row.get("kind", ""), aliases=aliases, **more)
            draft.add(unit, path.name, where)
        except CodeError as error:
            draft.wrong(Flaw.CODE, str(error), path.name, where)
        except GroundError as error:
            draft.wrong(Flaw.FILE, str(error), path.name, where)


def _repeated(
    draft: Draft, path: Path, where: str, code: str, holder: str, before: tuple[str, str]
) -> None:
    if holder != before[0]:
        what = (
            f"{code} 在{before[1]}属于 {before[0]}，在此又属于 {holder}："
            "一个单元只能在一个社区，请改正。"
        )
        draft.wrong(Flaw.TWO_COMMUNITIES, what, path.name, where, code)
    else:
        what = f"{code} 已在{before[1]}出现：请只留一行。"
        draft.wrong(Flaw.DUPLICATE, what, path.name, where, code)


def areas_of(draft: Draft) -> list[Area]:
    """The districts that have an outline and communities."""
    tree = Tree(draft.units.values())
    areas = []
    for unit in tree.at(Level.DISTRICT):
        homes = [each for each in tree.under(unit.code) if each.level is Level.COMMUNITY]
        if unit.code in draft.shapes and homes:
            areas.append(Area(unit, draft.shapes[unit.code], homes))
    return areas


def can_fill(draft: Draft) -> bool:
    """Whether there are districts with outlines, and nothing below them has one."""
    return bool(areas_of(draft)) and all(len(code) == 6 for code in draft.shapes)


def fill(draft: Draft, sources: Sources, seed: int, told: Told) -> Synthetic:
    """Synthetic streets, communities, grids and micro-grids inside the districts of a draft."""
    population = read_population(sources.population) if sources.population else None
    areas = areas_of(draft)
    homes = sum(len(area.communities) for area in areas)
    totals = (GRIDS_A_COMMUNITY * homes, MICRO_GRIDS_A_COMMUNITY * homes)
    if population:
        people = sum(population.within(area.outline).people.sum() for area in areas)
        micro_grids = max(round(float(people) / PEOPLE_A_MICRO_GRID), MICRO_GRIDS_A_GRID * homes)
        totals = (micro_grids // MICRO_GRIDS_A_GRID, micro_grids)
    made = synthesise(areas, totals, seed, population, told)
    made.units |= draft.units
    made.outlines |= {code: polygons_of(shape) for code, shape in draft.shapes.items()}
    return made


def without_outline(draft: Draft) -> Iterator[Finding]:
    """Districts of the tree that have no outline: nothing in them can be found by a point."""
    drawn = {code[:6] for code in draft.shapes}
    for unit in draft.units.values():
        if drawn and unit.level is Level.DISTRICT and unit.code not in drawn:
            file, where = draft.origins[unit.code]
            what = f"区县 {unit.code} {unit.name}没有轮廓，其中的点无法路由：请补上它的边界。"
            yield Finding(Flaw.NO_OUTLINE, what, unit.code, file, where)
