"""The outlines of a ground as one GeoJSON file for maps: each feature bears its code as its id."""

from collections.abc import Iterator

import orjson

from services.reference.ground.codes import Level
from services.reference.ground.outlines import to_geometry
from services.reference.ground.whole import Ground

BEGIN, END = '{"type":"FeatureCollection","features":[\n', "\n]}\n"


def map_file(ground: Ground, level: Level = Level.GRID) -> str:
    """The units of a level that have an outline, a feature a line, in WGS-84."""
    return BEGIN + ",\n".join(_features(ground, level)) + END


def _features(ground: Ground, level: Level) -> Iterator[str]:
    outlines = ground.outlines()
    for unit in ground.tree.at(level):
        if unit.code in outlines:
            feature = {
                "type": "Feature",
                "id": unit.code,
                "properties": {"code": unit.code, "name": unit.name},
                "geometry": to_geometry(outlines.polygons(unit.code)),
            }
            yield orjson.dumps(feature).decode()
