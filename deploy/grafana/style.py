"""How panels look: thresholds, overrides, what an empty one says."""

from typing import Any, TypeVar

from grafana_foundation_sdk.builders import barchart, dashboard, stat, table, timeseries
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, Threshold, ThresholdsMode

from deploy.grafana.query import LEDGER, Ledger

P = TypeVar("P", barchart.Panel, stat.Panel, table.Panel, timeseries.Panel)

NOTHING = "暂无数据"
RED, YELLOW, GREEN = "red", "yellow", "green"


def steps(*wanted: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    """Thresholds: from each value on, a colour."""
    found = [Threshold(value=value, color=color) for value, color in wanted]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(found)


def override(name: str, value: Any) -> DynamicConfigValue:
    """One property of a field."""
    return DynamicConfigValue(id_val=name, value=value)


def plain(colour: str) -> DynamicConfigValue:
    """One colour, whatever the value."""
    return override("color", {"mode": "fixed", "fixedColor": colour})


def of_ledger(panel: P, name: str, shape: str = "table", empty: str = NOTHING) -> P:
    """The panel with the query deploy/grafana/sql/<name>.sql."""
    return panel.datasource(LEDGER).with_target(Ledger(name, shape)).no_value(empty)
