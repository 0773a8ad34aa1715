"""Layers of the map. The base is the grid itself: nothing is fetched from the internet."""

from typing import Any

from grafana_foundation_sdk.builders import common
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.common import FrameGeometrySourceMode, MapLayerOptions

GRIDS = "public/maps/grids.geojson"
"""Where Grafana serves the outlines; each feature bears the code of its grid as its id."""

_OUTLINE: dict[str, Any] = {
    "color": {"fixed": "#6b7280"},
    "lineWidth": 1,
    "opacity": 0.1,
}
BASE = MapLayerOptions(
    type_val="geojson",
    name="网格",
    config={"src": GRIDS, "rules": [], "style": _OUTLINE},
)


def layers() -> list[Builder[MapLayerOptions]]:
    """Grids coloured by their rate, then incidents, the gravest in the strongest colour."""
    return [_rates(), _incidents()]


def _rates() -> common.MapLayerOptions:
    coloured = {"color": {"field": "整改率", "fixed": "dark-green"}}
    made = common.MapLayerOptions().type("dynamic-geojson").name("各网格整改率").opacity(1)
    made.config(
        {"src": GRIDS, "idField": "网格", "rules": [], "style": _OUTLINE, "dataStyle": coloured}
    )
    return made.filter_data({"id": "byRefId", "options": "A"}).tooltip(tooltip=True)


def _incidents() -> common.MapLayerOptions:
    where = common.FrameGeometrySource().mode(FrameGeometrySourceMode.COORDS)
    style = {
        "color": {"field": "程度", "fixed": "dark-red"},
        "size": {"field": "", "fixed": 7, "min": 4, "max": 12},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
        "opacity": 0.8,
    }
    made = common.MapLayerOptions().type("markers").name("未结事件")
    made.config({"style": style, "showLegend": True})
    made.location(where.longitude("经度").latitude("纬度"))
    return made.filter_data({"id": "byRefId", "options": "B"}).tooltip(tooltip=True)
