"""The dashboard 派单与人员: who has what, how fast they come, where nobody is."""

from deploy.grafana.panel import HALF, QUARTER, Board, Kind, Panel, Row
from deploy.grafana.query import Promql, Sql
from deploy.grafana.style import (
    GOOD_RATE,
    GREEN,
    LEVELS,
    NATURE,
    NONE_IS_WELL,
    ORANGE,
    PLAIN,
    SOME_ARE_USUAL,
    moments,
    plain,
    rates,
    unit,
)

NOW = (
    Panel(
        Kind.STAT,
        "派单与接单",
        "所选时间内派出的事件：没被退回的比率、按期接单的比率，接单和到场九成在多久以内。",
        "准确派遣率低：到派遣规则里看被退回的类别；接单 p90 长：看空岗和负荷。",
        (Sql("dispatch_figures"),),
        "percentunit",
        HALF,
        6,
        GOOD_RATE,
        {
            "派单件数": [*unit("locale", 0), plain("text")],
            "接单 p90": [*unit("s", 0), plain("text")],
            "到场 p90": [*unit("s", 0), plain("text")],
        },
    ),
    Panel(
        Kind.STAT,
        "班表",
        "班表里有多少人（没有班表时为 0，按代码编号派），今后 24 小时和 14 天有多少段空岗。",
        "空岗不为零：hub roster gaps 列出每一段，补班、换班或代班，保存后一秒内生效。",
        (
            Promql("max(hub_dispatch_people)", "在册人数"),
            Promql('max(hub_dispatch_roster_gaps{within="1d"})', "24 小时空岗"),
            Promql('max(hub_dispatch_roster_gaps{within="14d"})', "14 天空岗"),
        ),
        "locale",
        QUARTER,
        6,
        NONE_IS_WELL,
        {"在册人数": [plain("text")]},
    ),
    Panel(
        Kind.STAT,
        "无人在岗与交接",
        "一小时内因无人在岗转到值班台的、因下班交给下一班的、巡检补派的各多少。",
        "转值班台的请值班台逐件看；补派不为零说明有事件差点没人管，看 HubForgotten 的手册。",
        (
            Promql("sum(increase(hub_dispatch_nobody_total[1h]))", "无人在岗"),
            Promql("sum(increase(hub_dispatch_handed_over_total[1h]))", "交接"),
            Promql("sum(increase(hub_dispatch_mended_total[1h])) or vector(0)", "巡检补派"),
        ),
        "locale",
        QUARTER,
        6,
        SOME_ARE_USUAL,
    ),
)
IN_SURGE = "on (street) (max by (street) (hub_dispatch_surge) == 1)"
"""Only the streets in a surge: of the others the figures are those of the last one."""
SURGE = (
    Panel(
        Kind.STAT,
        "集中派单",
        "马上办的事多于空闲的人，这条街道就合在一起统筹派：有几条街道正在集中派单，"
        "那里未结的马上办有多少件、还空闲几人，一小时内统筹派出多少件。险情从不等批次。",
        "自动开始、自动结束，不用开关；空闲为 0 而未结还在涨，请相邻街道支援或请备勤的人上岗。"
        "持续半小时报 HubSurgeLong，何时开始和结束写在 surge.yaml。",
        (
            Promql("sum(max by (street) (hub_dispatch_surge)) or vector(0)", "集中派单的街道"),
            Promql(
                f"sum(max by (street) (hub_dispatch_surge_demand) and {IN_SURGE}) or vector(0)",
                "未结的马上办",
            ),
            Promql(
                f"sum(max by (street) (hub_dispatch_surge_free) and {IN_SURGE}) or vector(0)",
                "空闲的人",
            ),
            Promql("sum(increase(hub_dispatch_batched_total[1h])) or vector(0)", "统筹派出"),
        ),
        "locale",
        HALF,
        8,
        ((None, GREEN), (1, ORANGE)),
        {
            "未结的马上办": [*unit("locale", 0), plain("text")],
            "空闲的人": [*unit("locale", 0), plain("text")],
            "统筹派出": [*unit("locale", 0), plain("text")],
        },
        "没有集中派单：正常",
    ),
    Panel(
        Kind.LINES,
        "未结与空闲（集中派单的街道）",
        "正在集中派单的街道，按街道代码：未结的马上办多少件，在岗而手上没有急事的多少人。",
        "两条线越离越远，人手追不上：先支援这条街道；又靠拢，就快结束了。",
        (
            Promql(
                f"max by (street) (hub_dispatch_surge_demand) and {IN_SURGE} or on () vector(0)",
                "{{street}} 未结（件）",
            ),
            Promql(
                f"max by (street) (hub_dispatch_surge_free) and {IN_SURGE} or on () vector(0)",
                "{{street}} 空闲（人）",
            ),
        ),
        "locale",
        HALF,
        8,
        empty="没有集中派单：正常",
    ),
)
LOAD = (
    Panel(
        Kind.CHART,
        "每一级手上有多少",
        "此刻未结的，按层级分：待接单、处置中、待核查、已挂账。",
        "待接单堆在一级，说明那一级没人应；待核查堆着，请核查人尽快核。",
        (Sql("load_by_level"),),
        "locale",
        HALF,
        9,
        empty="没有已派的事件",
        x="层级",
    ),
    Panel(
        Kind.TABLE,
        "负荷最重的岗位",
        "层级和它管的区域，不到个人；改派次数是这些未结事件一共转了几手。",
        "超时多的岗位请街道支援，或把不急的改派到相邻网格。",
        (Sql("load_by_post"),),
        "locale",
        HALF,
        9,
        empty="没有已派的事件",
    ),
)
TIMES = (
    Panel(
        Kind.LINES,
        "各环节要多久（中位数）",
        "派单到接单、接单到到场（路上）、到场到处置、处置到结案，按所选周期。",
        "接单变长看空岗，路上变长看片区划分，结案变长看核查人手。",
        (Sql("times_over_time"),),
        "s",
        HALF,
        8,
    ),
    Panel(
        Kind.BARS,
        "派单的来由",
        "按规则首派、退单改派、升级、人工指派、重新办理、巡检补派，每个时间段各多少次。",
        "“按规则”以外的占比上升，规则或班表该改了：hub dispatch explain 看具体一件。",
        (Sql("sendings_over_time", is_series=True),),
        "locale",
        HALF,
        8,
    ),
    Panel(
        Kind.BARS,
        "升级",
        "到时没有人应，从哪一级升到哪一级。",
        "同一级反复升级，说明那一级的人没在看：核对班表和通知渠道。",
        (Sql("escalations", is_series=True),),
        "locale",
        HALF,
        8,
        empty="没有升级：正常",
        fields={name: [plain(colour)] for name, colour in LEVELS.items()},
    ),
    Panel(
        Kind.CHART,
        "哪个环节超时",
        "所选时间内，接单、到场、处置、核查各超时多少次。",
        "超时最多的环节先补人；处置超时的看类别，时限本身不合适的改时限表。",
        (Sql("late_stages"),),
        "locale",
        HALF,
        8,
        PLAIN,
        empty="没有环节超时：正常",
        x="环节",
    ),
)
LISTS = (
    Panel(
        Kind.TABLE,
        "暂缓派单",
        "有意不派的：静默令、另一事件可解释、暂无人空闲；到时自动派出。",
        "不该等的，用 hub dispatch redispatch 立即派出。",
        (Sql("held"),),
        "short",
        HALF,
        8,
        fields=NATURE | moments("到何时"),
        empty="没有暂缓的事件",
    ),
    Panel(
        Kind.TABLE,
        "协调任务的进度",
        "所选时间内下达的任务（协调办），每个单位完成多少、超时未完成多少。",
        "超时未完成的单位由牵头单位催；完成率长期低的，调整方案里的分工。",
        (Sql("tasks"),),
        "locale",
        HALF,
        8,
        GOOD_RATE,
        rates("完成率"),
        "没有协调任务",
    ),
)
BOARD = Board(
    "hub-dispatching",
    "派单与人员",
    "谁手上有多少、多久接单多久到场、哪里没有人。到岗位为止，不到个人。",
    (
        Row("此刻", NOW),
        Row("集中派单", SURGE),
        Row("负荷", LOAD),
        Row("快慢", TIMES),
        Row("清单", LISTS),
    ),
    (
        *("district", "street", "community", "grid", "micro_grid"),
        *("category", "source", "mode", "period"),
    ),
    period="now-24h",
)
