"""How panels look: colours, thresholds, fields, what an empty one says."""

from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, Threshold, ThresholdsMode

NOTHING = "暂无数据"
RED, ORANGE, YELLOW, GREEN, BLUE, TEXT = "red", "orange", "yellow", "green", "blue", "text"

SEVERITIES = {"危及生命": "dark-red", "高": ORANGE, "中": YELLOW, "低": BLUE}
LEVELS = {"微网格": "light-blue", "网格": BLUE, "社区": YELLOW, "街道": ORANGE, "部门": "dark-red"}
STATES = {
    "待立案": "purple",
    "待派遣": "dark-red",
    "待核实": ORANGE,
    "待接单": YELLOW,
    "处置中": BLUE,
    "赶赴现场": "light-blue",
    "已到场": "super-light-blue",
    "已挂账": "#8e8e8e",
    "待核查": "light-green",
    "已结案": GREEN,
}
SERVICES = {"intake": BLUE, "classification": "purple", "dispatch": ORANGE, "feedback": GREEN}

Steps = tuple[tuple[float | None, str], ...]
"""From each value on (None: from the least), a colour."""

PLAIN: Steps = ((None, TEXT),)
"""Neither good nor bad."""
GOOD_RATE: Steps = ((None, RED), (0.8, YELLOW), (0.95, GREEN))
"""The targets of a rate: at least 95 %, below 80 % somebody must look."""
SMALL_RATE: Steps = ((None, GREEN), (0.05, YELLOW), (0.1, RED))
"""A rate that should be small: rework, recurrence, false alarms."""
NONE_IS_WELL: Steps = ((None, GREEN), (1, RED))
SOME_ARE_USUAL: Steps = ((None, GREEN), (1, YELLOW), (50, ORANGE))


def limits(warning: float, bad: float) -> Steps:
    """Green below `warning`, red from `bad` on."""
    return ((None, GREEN), (warning, YELLOW), (bad, RED))


def thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    """Thresholds as Grafana's SDK has them."""
    found = [Threshold(value=value, color=color) for value, color in steps]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(found)


Fields = dict[str, list[DynamicConfigValue]]
"""What is particular to columns or lines, by their name."""


def override(name: str, value: Any) -> DynamicConfigValue:
    """One property of a field."""
    return DynamicConfigValue(id_val=name, value=value)


def stepped(steps: Steps) -> DynamicConfigValue:
    """Thresholds of a field of its own."""
    found = [{"value": value, "color": color} for value, color in steps]
    return override("thresholds", {"mode": "absolute", "steps": found})


def plain(colour: str) -> DynamicConfigValue:
    """One colour, whatever the value."""
    return override("color", {"mode": "fixed", "fixedColor": colour})


def coloured(colours: dict[str, str]) -> Fields:
    """Lines or bars, each of its own colour."""
    return {name: [plain(colour)] for name, colour in colours.items()}


def unit(of: str, decimals: int | None = None) -> list[DynamicConfigValue]:
    """A column in a unit of its own."""
    found = [override("unit", of)]
    return found if decimals is None else [*found, override("decimals", decimals)]


def counts(*names: str) -> Fields:
    """Whole numbers beside rates: neither good nor bad."""
    return {name: [*unit("locale", 0), plain(TEXT)] for name in names}


def rates(*names: str, steps: Steps = GOOD_RATE) -> Fields:
    """Columns of a table with a rate, drawn as a gauge."""
    shown = [*unit("percentunit", 1), override("min", 0), override("max", 1)]
    gauge = override("custom.cellOptions", {"type": "gauge", "mode": "basic"})
    return {name: [*shown, gauge, stepped(steps)] for name in names}


def bars(*names: str) -> Fields:
    """Lines of a time series that are numbers beside rates: bars against the right axis."""
    return {
        name: [
            override("unit", "locale"),
            override("max", None),
            override("custom.drawStyle", "bars"),
            override("custom.fillOpacity", 30),
            override("custom.axisPlacement", "right"),
        ]
        for name in names
    }


def moments(*names: str) -> Fields:
    """Columns with a moment, in Beijing time."""
    return {name: unit("dateTimeAsLocal") for name in names}


def spans(*names: str) -> Fields:
    """Columns with seconds."""
    return {name: unit("s", 0) for name in names}


def _tinted(colours: dict[str, str]) -> list[DynamicConfigValue]:
    mapping = {name: {"color": colour} for name, colour in colours.items()}
    cell = {"type": "color-text"}
    return [
        override("mappings", [{"type": "value", "options": mapping}]),
        override("custom.cellOptions", cell),
    ]


NATURE: Fields = {"严重程度": _tinted(SEVERITIES), "状态": _tinted(STATES)}
"""Columns of a table that say how bad an incident is and where it stands."""
