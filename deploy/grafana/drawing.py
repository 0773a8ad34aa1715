"""Panels in the words of Grafana's SDK, whose types check what is written."""

from collections.abc import Callable
from typing import TypeAlias

from grafana_foundation_sdk.builders import (
    barchart,
    common,
    dashboard,
    geomap,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphDrawStyle,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.geomap import MapCenterID

from deploy.grafana.links import INCIDENT, to_incident
from deploy.grafana.map_layers import BASE, layers
from deploy.grafana.panel import Kind, Panel
from deploy.grafana.query import LEDGER, PROMETHEUS, Sql
from deploy.grafana.style import override, thresholds

Drawn: TypeAlias = barchart.Panel | geomap.Panel | stat.Panel | table.Panel | timeseries.Panel


def drawn(panel: Panel) -> Drawn:
    """A panel with its queries, as the SDK has it."""
    made: Drawn = SHAPES[panel.kind](panel)
    source = LEDGER if isinstance(panel.queries[0], Sql) else PROMETHEUS
    made.title(panel.title).description(f"{panel.says}\n\n**怎么办**　{panel.do}")
    made.datasource(source).span(panel.width).height(panel.height)
    made.unit(panel.unit).no_value(panel.empty).thresholds(thresholds(panel.steps))
    for ref, query in zip("ABCDEFGH", panel.queries, strict=False):
        made.with_target(query.built(ref))
    for name, properties in panel.fields.items():
        made.override_by_name(name, properties)
    return made


def _stat(panel: Panel) -> stat.Panel:
    shown = common.ReduceDataOptions().calcs(["lastNotNull"]).values(values=False)
    return (
        stat.Panel()
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(shown)
    )


def _over_time(panel: Panel) -> timeseries.Panel:
    made = timeseries.Panel().min(0).max_data_points(120).legend(_legend())
    return made if panel.top is None else made.max(panel.top)


def _lines(panel: Panel) -> timeseries.Panel:
    made = _over_time(panel).line_width(2).fill_opacity(8).span_nulls(span_nulls=True)
    return made.show_points(VisibilityMode.AUTO)


def _bars(panel: Panel) -> timeseries.Panel:
    stacked = common.StackingConfig().mode(StackingMode.NORMAL).group("A")
    made = _over_time(panel).draw_style(GraphDrawStyle.BARS)
    return made.fill_opacity(70).stacking(stacked)


def _chart(panel: Panel) -> barchart.Panel:
    made = barchart.Panel().x_field(panel.x).stacking(StackingMode.NORMAL).legend(_legend())
    return made.show_value(VisibilityMode.AUTO).fill_opacity(80)


def _table(panel: Panel) -> table.Panel:
    made = table.Panel().filterable(filterable=True)
    return made.override_by_name(INCIDENT, [override("links", to_incident())])


def _map(panel: Panel) -> geomap.Panel:
    view = geomap.MapViewConfig().id(MapCenterID.FIT).all_layers(all_layers=True)
    base = common.MapLayerOptions().type(BASE.type_val).name(BASE.name).config(BASE.config)
    made = geomap.Panel().view(view).basemap(base).layers(layers())
    return made.override_by_name(INCIDENT, [override("links", to_incident())])


def _legend() -> common.VizLegendOptions:
    made = common.VizLegendOptions().show_legend(show_legend=True)
    return made.display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)


SHAPES: dict[Kind, Callable[[Panel], Drawn]] = {
    Kind.STAT: _stat,
    Kind.LINES: _lines,
    Kind.BARS: _bars,
    Kind.CHART: _chart,
    Kind.TABLE: _table,
    Kind.MAP: _map,
}


def row(title: str) -> dashboard.Row:
    """The title of panels that belong together."""
    return dashboard.Row(title)
