"""Panels of what is open, where it comes from, and whether the hub itself is well."""

from grafana_foundation_sdk.builders import barchart, common, stat, table, timeseries
from grafana_foundation_sdk.models.common import (
    BigValueGraphMode,
    BigValueTextMode,
    GraphDrawStyle,
    StackingMode,
    VisibilityMode,
)

from deploy.grafana.query import PROMETHEUS, promql
from deploy.grafana.style import GREEN, NOTHING, YELLOW, of_ledger, override, plain, steps


def now() -> stat.Panel:
    """How many are open at this moment."""
    panel = (
        stat.Panel()
        .title("此刻未结")
        .description("没有结案的事件；不受上方所选时间影响。")
        .span(6)
        .height(9)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .graph_mode(BigValueGraphMode.NONE)
        .unit("locale")
        .thresholds(steps((None, GREEN), (1, YELLOW)))
        .override_by_name("未结", [plain("text")])
    )
    return of_ledger(panel, "open_now")


def by_state() -> barchart.Panel:
    """What is open, by state and severity."""
    panel = (
        barchart.Panel()
        .title("未结事件的状态与严重程度")
        .description("此刻每个状态有多少件；不受上方所选时间影响。")
        .span(18)
        .height(9)
        .unit("locale")
        .x_field("状态")
        .stacking(StackingMode.NORMAL)
        .show_value(VisibilityMode.AUTO)
        .fill_opacity(80)
    )
    colours = {"危及生命": "dark-red", "高": "orange", "中": YELLOW, "低": "blue"}
    for name, colour in colours.items():
        panel.override_by_name(name, [plain(colour)])
    return of_ledger(panel, "open_by_state")


def overdue() -> table.Panel:
    """What is open beyond its time, the latest first."""
    panel = (
        table.Panel()
        .title("超时未结")
        .description("处置时限已过而没有结案，超时最久的在前，最多 50 件。")
        .span(24)
        .height(8)
        .override_by_name("已超时", [override("unit", "s"), override("decimals", 0)])
        .override_by_name("处置时限", [override("unit", "dateTimeAsLocal")])
    )
    return of_ledger(panel, "overdue", empty="没有超时未结的事件")


def flow_by_source() -> timeseries.Panel:
    """How many incidents each source opens."""
    panel = (
        timeseries.Panel()
        .title("各来源的立案量")
        .description("每个时间段里，各来源的第一次反映立案的事件数。")
        .span(24)
        .height(8)
        .max_data_points(84)
        .unit("locale")
        .min(0)
        .draw_style(GraphDrawStyle.BARS)
        .fill_opacity(70)
        .stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
    )
    return of_ledger(panel, "flow_by_source", shape="time_series")


def machinery() -> list[timeseries.Panel]:
    """Whether the hub itself is well: what the alerts look at."""
    wanted = (
        ("积压", "还没有处理的消息条数。", "sum by (service) (hub_kernel_lag_records)"),
        (
            "死信",
            "还没有重投的死信条数。",
            'max by (service) (hub_kernel_backlog{what="dead_letters"})',
        ),
        (
            "到期未触发的定时器",
            "最久的一个晚了多少秒。",
            'max by (service) (hub_kernel_backlog{what="timer_lateness"})',
        ),
    )
    return [
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .with_target(promql(expression, "{{service}}"))
        .span(8)
        .height(7)
        .unit("s" if "秒" in description else "locale")
        .min(0)
        .no_value(NOTHING)
        for title, description, expression in wanted
    ]
