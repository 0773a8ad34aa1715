"""The dashboard 整改率: how many hazards that were due have been rectified, and what is open."""

from grafana_foundation_sdk.builders import common, dashboard, stat, table, timeseries
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import VariableOption, VariableRefresh

from deploy.grafana import open_cases
from deploy.grafana.query import LEDGER, sql
from deploy.grafana.style import GREEN, RED, YELLOW, of_ledger, override, plain, steps

RATE = "percentunit"
ALL = "'*'"
"""What `$community` stands for when nothing is chosen: see the SQL."""


def build() -> dashboard.Dashboard:
    """The whole dashboard; panels are laid out in the order in which they are added."""
    board = (
        dashboard.Dashboard("整改率")
        .uid("hub-rectification")
        .description("隐患整改得怎样、哪些还没有结案、事件从哪里来。数据来自台账，不含姓名和原文。")
        .tags(["事件枢纽"])
        .timezone("Asia/Shanghai")
        .week_start("monday")
        .time("now-7d", "now")
        .refresh("30s")
        .readonly()
        .with_variable(_communities())
        .with_row(dashboard.Row("整改"))
        .with_panel(_rate())
        .with_panel(_rate_over_time())
        .with_panel(_rate_by_community())
        .with_row(dashboard.Row("未结"))
        .with_panel(open_cases.now())
        .with_panel(open_cases.by_state())
        .with_panel(open_cases.overdue())
        .with_row(dashboard.Row("来源与运行"))
        .with_panel(open_cases.flow_by_source())
    )
    for panel in open_cases.machinery():
        board.with_panel(panel)
    return board


def _communities() -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable("community")
        .label("社区")
        .datasource(LEDGER)
        .query(sql("communities"))
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(ALL)
        .current(VariableOption(selected=True, text=["全部"], value=["$__all"]))
    )


def _good_rate() -> dashboard.ThresholdsConfig:
    return steps((None, RED), (0.8, YELLOW), (0.95, GREEN))


def _rate() -> stat.Panel:
    panel = (
        stat.Panel()
        .title("整改率（分子与分母一并给出）")
        .description(
            "应整改 = 处置时限已到的隐患 + 时限未到就已整改的；"
            "撤回、误报、不予受理、挂账、求助咨询不算。"
            "净整改率不计 30 天内复发的。"
        )
        .span(24)
        .height(5)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(values=False))
        .unit(RATE)
        .decimals(1)
        .thresholds(_good_rate())
    )
    counts = [override("unit", "locale"), override("decimals", 0), plain("text")]
    for count in ("已整改", "应整改"):
        panel.override_by_name(count, counts)
    return of_ledger(panel, "rectification_rate")


def _rate_over_time() -> timeseries.Panel:
    panel = (
        timeseries.Panel()
        .title("整改率随时间的变化")
        .description("隐患记在它应整改的那一刻所在的时间段里；柱是件数，线是整改率。")
        .span(16)
        .height(9)
        .max_data_points(84)
        .unit(RATE)
        .min(0)
        .max(1)
        .line_width(2)
        .show_points(VisibilityMode.ALWAYS)
        .span_nulls(span_nulls=True)
        .thresholds(_good_rate())
    )
    bars = [
        override("unit", "locale"),
        override("max", None),
        override("custom.drawStyle", "bars"),
        override("custom.fillOpacity", 30),
        override("custom.axisPlacement", "right"),
    ]
    for count in ("已整改", "应整改"):
        panel.override_by_name(count, bars)
    return of_ledger(panel, "rectification_over_time")


def _rate_by_community() -> table.Panel:
    panel = (
        table.Panel()
        .title("各社区的整改率")
        .description("按社区分开，分子分母俱在；供了解情况，不为排名。")
        .span(8)
        .height(9)
        .override_by_name(
            "整改率",
            [
                override("unit", RATE),
                override("decimals", 1),
                override("min", 0),
                override("max", 1),
                override("custom.cellOptions", {"type": "gauge", "mode": "basic"}),
            ],
        )
        .thresholds(_good_rate())
    )
    return of_ledger(panel, "rectification_by_community")
