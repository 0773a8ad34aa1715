"""A table of points and addresses through the ground, a portion at a time.

In: `lon`, `lat`, `crs` and/or `address`. Out: a row for each, in the same order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from services.reference.ground.codes import Level, at_level
from services.reference.ground.crs import Crs, CrsError, crs_named, to_wgs84
from services.reference.ground.routing import Route
from services.reference.ground.whole import Ground

COLUMNS = (
    "line",
    "district",
    "street",
    "community",
    "grid",
    "microgrid",
    "confidence",
    "why",
    "level",
    "desk",
    "ground",
)
PORTION = 20_000
"""Rows that are held at once."""
EAST_FROM, EAST_TO, NORTH_FROM, NORTH_TO = 73.0, 136.0, 3.0, 54.0
"""China, in degrees: by it swapped numbers are known."""


@dataclass(slots=True)
class Asked:
    """One row: degrees in WGS-84 if there are any, what was noticed, the address."""

    line: int
    longitude: float
    latitude: float
    crs: Crs
    address: str
    noticed: str = ""


def routed(
    ground: Ground, rows: Iterable[tuple[int, Mapping[str, str]]], crs: Crs
) -> Iterator[tuple[str, ...]]:
    """Rows of the answer; `crs` holds where a row states none."""
    left = (asked(line, row, crs) for line, row in rows)
    while portion := list(islice(left, PORTION)):
        for question, route in zip(portion, _routes(ground, portion), strict=True):
            yield _row(ground, question, route)


def asked(line: int, row: Mapping[str, str], crs: Crs) -> Asked:
    """A row of the table as a question; what can not be read is noticed."""
    x, y = _number(row.get("lon", "")), _number(row.get("lat", ""))
    question = Asked(line, x, y, crs, row.get("address", ""))
    if np.isnan(x + y) and (row.get("lon") or row.get("lat")):
        question.noticed = "坐标不是数字；"
    elif _is_here(y, x) and not _is_here(x, y):
        question.longitude, question.latitude = y, x
        question.noticed = "经纬度写反，已对调；"
    try:
        question.crs = crs_named(row["crs"]) if row.get("crs") else crs
    except CrsError:
        question.longitude = float("nan")
        question.noticed = f"坐标系 {row['crs']!r} 不认识，坐标未用；"
    return question


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return float("nan")


def _is_here(x: float, y: float) -> bool:
    return EAST_FROM <= x <= EAST_TO and NORTH_FROM <= y <= NORTH_TO


def _routes(ground: Ground, portion: list[Asked]) -> Iterator[Route]:
    x = np.array([each.longitude for each in portion])
    y = np.array([each.latitude for each in portion])
    for crs in {each.crs for each in portion} - {Crs.WGS84, Crs.CGCS2000}:
        mine = np.array([each.crs is crs for each in portion]) & np.isfinite(x + y)
        x[mine], y[mine] = to_wgs84(x[mine], y[mine], crs)
    by_point = ground.router.routes(x, y)
    for question, route, known in zip(portion, by_point, np.isfinite(x + y), strict=True):
        yield route if known else by_address(ground, question.address)


def by_address(ground: Ground, address: str) -> Route:
    """Where an address goes, as far as the gazetteer knows it, and by what it was recognised."""
    match = ground.find(address)
    place = match.place
    code = place.micro_grid or place.grid or place.community or ""
    if not code:
        top = ground.tree.unit(ground.tree.top)
        desk = f"{top.name}值班台" if top else "总值班台"
        because = f"没有坐标；{match.why}" if address else "没有坐标，也没有地址"
        return Route("", None, top.code if top else "", 0.0, f"{because}，由{desk}受理")
    named = f"地址里的{match.name}在" if match.is_sure else "都在"
    why = f"{match.why}；{named}{ground.tree.described(code)}"
    unit = ground.tree.unit(code)
    return Route(code, unit.level if unit else None, code, match.confidence, why)


def _row(ground: Ground, question: Asked, route: Route) -> tuple[str, ...]:
    return (
        str(question.line),
        *(at_level(route.code, level) for level in Level),
        f"{route.confidence:g}",
        question.noticed + route.why,
        route.level or "desk",
        route.desk,
        ground.version,
    )
