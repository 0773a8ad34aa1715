"""From what a source says of the place to a place on the ground; nothing is guessed.

Words say what it is about: the address first, then title, text and further words (the name of
a neighbours' group), only as far as they are needed. A point says where the reporter stood.
"""

from collections.abc import Iterator, Mapping

from schemas.place import Place
from schemas.report import Source
from services.intake.domain.masking import mask_text
from services.intake.domain.submission import Statement, Whereabouts
from services.reference.ground import Ground
from services.reference.ground.codes import CodeError, canonical
from services.reference.ground.crs import Crs, CrsError, crs_named, point_to_wgs84
from services.reference.ground.naming import units_of
from services.reference.places import Match, Near
from services.reference.places.entries import COARSE

WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
"""China, in degrees: a point outside of it is a mistake."""

SYSTEMS: Mapping[Source, Crs] = {
    Source.HOTLINE: Crs.CGCS2000,
    Source.CAMERA: Crs.WGS84,
    Source.WECHAT: Crs.GCJ02,
    Source.MINI_PROGRAM: Crs.GCJ02,
    Source.PUBLIC: Crs.GCJ02,
    Source.WORKER: Crs.WGS84,
    Source.VISIT: Crs.WGS84,
    Source.TRANSFER: Crs.CGCS2000,
    Source.HUB: Crs.WGS84,
    Source.DUTY_DESK: Crs.WGS84,
}
"""The coordinate system of a source that states none: the government's map for the hotline,
GB/T 28181 for cameras, the map of WeChat and of maps on phones for residents, the receiver of
the worker's phone."""

DISAGREEMENT = 0.6
"""Confidence where the words name one place and the point lies in another."""

STATED = 0.6
"""Confidence where the source names the community or grid, and nothing says more."""

COMMUNITY = 12
"""Digits of a community's code."""


def place_of(said: Statement, ground: Ground) -> Place:
    """The place of a statement: what its camera looks at, else its words and its point."""
    seen = _looked_at(said, ground)
    if seen is not None:
        return seen
    point = point_of(said.where, said.source)
    stated = _stated(said.where, ground)
    named = _named(said, ground, stated[:COMMUNITY] or point)
    if point is not None:
        return _agreed(named, ground.locate(*point), said.where)
    if not stated:
        return _with_address(named.place, said.where)
    if not (named.place.community or named.is_sure):
        known = Place(**units_of(stated), confidence=STATED, ground=ground.version)
        return _with_address(known, said.where)
    is_deeper = stated.startswith(_lowest(named.place)) and len(stated) > COMMUNITY
    deeper = units_of(stated) if is_deeper else {}
    return _with_address(named.place.model_copy(update=deeper), said.where)


def _stated(where: Whereabouts, ground: Ground) -> str:
    """The code of the unit that the source names, by code or by the community's name; or empty."""
    if where.unit:
        try:
            unit = canonical(where.unit)
        except CodeError:
            unit = ""
        if len(unit) >= COMMUNITY and unit in ground.tree:
            return unit
    return ground.community(where.community, where.street) if where.community else ""


def point_of(where: Whereabouts, source: Source) -> tuple[float, float] | None:
    """Longitude and latitude in WGS-84; swapped ones are put right.

    None if they are no place here, or in a system that nobody knows.
    """
    x, y = where.longitude, where.latitude
    if x is None or y is None:
        return None
    if not _is_here(x, y):
        x, y = y, x
    try:
        crs = crs_named(where.crs) if where.crs else SYSTEMS[source]
    except CrsError:
        return None
    return point_to_wgs84(x, y, crs) if _is_here(x, y) else None


def _looked_at(said: Statement, ground: Ground) -> Place | None:
    """What a registered camera looks at; where that is a unit, its words may name a place in it."""
    camera, words = said.camera, said.where.words
    seen = ground.camera(camera.device, camera.channel) if camera else None
    if seen is None or seen.estate or not words:
        return seen
    named = ground.find(words, seen.community)
    is_inside = named.is_sure and _lowest(named.place).startswith(_lowest(seen))
    return named.place if is_inside else seen


def _named(said: Statement, ground: Ground, near: Near) -> Match:
    """What the words say: the first place that is sure, else what the first of them leaves open.

    A road or a community is sure, and wide: further words may name what lies in it.
    """
    wide: Match | None = None
    open_to: Match | None = None
    for words in _words(said):
        match = ground.find(words, near)
        if match.is_sure and match.kind not in COARSE:
            return match if wide is None or _may_lie_in(match.place, wide.place) else wide
        if match.is_sure:
            wide = wide or match
        elif match.alternatives:
            open_to = open_to or match
        near = near or match.place.community
    return _narrower(wide, open_to) or Match(Place())


def _words(said: Statement) -> Iterator[str]:
    """Address, title, text and further words, each once."""
    where = said.where
    yield from dict.fromkeys(filter(None, (where.address, said.title, said.text, where.words)))


def _narrower(wide: Match | None, open_to: Match | None) -> Match | None:
    """A road or community, or several places of which one is meant: what they share may be more."""
    if wide is None or open_to is None:
        return wide or open_to
    is_more = open_to.place.community and _may_lie_in(open_to.place, wide.place)
    return open_to if is_more and not wide.place.community else wide


def _may_lie_in(place: Place, wide: Place) -> bool:
    return wide.community is None or place.community in (None, wide.community)


def _agreed(named: Match, located: Place, where: Whereabouts) -> Place:
    """Words say what it is about, the point where the reporter stood: words win, less surely."""
    place = named.place
    if not (named.is_sure or place.community) or not located.community:
        known = place if named.is_sure or place.community else located
        return _with_address(known, where)
    if not _is_same(place, located):
        less = min(place.confidence, DISAGREEMENT)
        return _with_address(place.model_copy(update={"confidence": less}), where)
    if not named.is_sure:
        return _with_address(located, where)
    more = {"longitude": located.longitude, "latitude": located.latitude}
    deeper = _units(located) if _lowest(located).startswith(_lowest(place)) else {}
    sure = max(place.confidence, located.confidence)
    return place.model_copy(update={**more, **deeper, "confidence": sure})


def _is_same(named: Place, located: Place) -> bool:
    """Whether one of the two lies in the other, as far as both are known."""
    words, point = _lowest(named), _lowest(located)
    return words.startswith(point) or point.startswith(words)


def _lowest(place: Place) -> str:
    return place.micro_grid or place.grid or place.community or ""


def _units(place: Place) -> dict[str, str | None]:
    return {"community": place.community, "grid": place.grid, "micro_grid": place.micro_grid}


def _with_address(place: Place, where: Whereabouts) -> Place:
    """A place with the address of the source, where no name of the gazetteer is known for it."""
    if place.address:
        return place
    return place.model_copy(update={"address": mask_text(where.address)[:256] or None})


def _is_here(longitude: float, latitude: float) -> bool:
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH
