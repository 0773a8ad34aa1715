"""The map: grids by their rate, open incidents by how grave they are."""

from collections.abc import Callable, Sequence

from deploy.grafana.incident_map import GRAVITY
from deploy.grafana.panel import Panel
from deploy.grafana.picture.canvas import FAINT, Box, colour, reached
from deploy.grafana.picture.shapes import Row, legend
from deploy.grafana.style import SEVERITIES
from services.reference.ground import Ground
from services.reference.ground.codes import Level
from services.reference.ground.outlines import MICRO

Point = tuple[float, float]
"""Longitude and latitude in degrees, or a place in the picture in pixels."""


def ground_map(panel: Panel, answers: Sequence[Sequence[Row]], box: Box, ground: Ground) -> str:
    """The outlines of all grids, coloured where something was due; a dot an incident."""
    rates = {row["网格"]: row["整改率"] for row in answers[0]}
    rings = _rings(ground)
    at = _projection([point for ring in rings.values() for point in ring], box.inner(0, 0, 0, 22))
    drawn = []
    for code, ring in rings.items():
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, ring))
        fill, opacity = (
            (reached(panel.steps, rates[code]), 0.35) if code in rates else (FAINT, 0.08)
        )
        drawn.append(
            f'<polygon points="{points}" fill="{fill}" fill-opacity="{opacity}" '
            f'stroke="{FAINT}" stroke-width="0.7"/>'
        )
    for row in reversed(answers[1]):
        x, y = at((row["经度"], row["纬度"]))
        fill = reached(GRAVITY, row["程度"])
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" opacity="0.85"/>')
    return "".join(drawn) + legend([(n, colour(c)) for n, c in SEVERITIES.items()], box)


def _rings(ground: Ground) -> dict[str, list[Point]]:
    """The outer ring of each grid."""
    outlines = ground.outlines()
    return {
        unit.code: [(x / MICRO, y / MICRO) for x, y in outlines.polygons(unit.code)[0][0]]
        for unit in ground.tree.at(Level.GRID)
        if unit.code in outlines
    }


def _projection(points: Sequence[Point], field: Box) -> Callable[[Point], Point]:
    """From degrees to the picture, as large as it fits."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)

    def at(point: Point) -> Point:
        across = (point[0] - west) / (east - west) * field.width
        return field.x + across, field.y + (north - point[1]) / (north - south) * field.height

    return at
