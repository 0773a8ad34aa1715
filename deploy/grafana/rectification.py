"""The dashboard 整改与三率: how many hazards that were due have been rectified, and how well."""

from deploy.grafana.links import to_rates
from deploy.grafana.panel import HALF, THIRD, Board, Kind, Panel, Row
from deploy.grafana.query import Sql
from deploy.grafana.style import (
    GOOD_RATE,
    NATURE,
    NONE_IS_WELL,
    SMALL_RATE,
    bars,
    counts,
    moments,
    override,
    rates,
    spans,
)

TWO_THIRDS = 16

RATES = (
    Panel(
        Kind.STAT,
        "整改率（分子与分母一并给出）",
        "应整改 = 处置时限已到的隐患 + 时限未到就已整改的；撤回、误报、不予受理、并入、挂账、"
        "求助咨询不算。净整改率不计 30 天内复发的。",
        "低于目标 95%：看下方哪个区域、哪个类别低，再看超时清单逐件催办。",
        (Sql("rectification_rate"),),
        "percentunit",
        THIRD,
        6,
        GOOD_RATE,
        counts("已整改", "应整改"),
    ),
    Panel(
        Kind.STAT,
        "三率：响应、解决、满意",
        "响应 = 按期接单；解决、满意来自热线回访，分母是有效回访。",
        "解决率低而整改率高，是“办了没办好”：抽看回访说未解决的，重新办理。",
        (Sql("three_rates"),),
        "percentunit",
        THIRD,
        6,
        GOOD_RATE,
        counts("应响应", "有效回访"),
    ),
    Panel(
        Kind.STAT,
        "返工、复发、退单、无效上报",
        "都是越小越好：返工占已处置、复发占已整改、退单占已派遣、无效占上报。",
        "返工高抓核查标准，复发高查根因，退单高改派遣规则，无效上报高看误报的摄像头。",
        (Sql("other_rates"),),
        "percentunit",
        THIRD,
        6,
        SMALL_RATE,
    ),
)
COURSE = (
    Panel(
        Kind.LINES,
        "整改率随时间的变化",
        "隐患记在它应整改的那一刻所在的周期里；柱是件数（右轴），线是比率。",
        "连续两个周期下降就查原因：人手、某个区域，还是某类问题变多。",
        (Sql("rectification_over_time"),),
        "percentunit",
        HALF,
        9,
        GOOD_RATE,
        bars("已整改", "应整改"),
        top=1,
    ),
    Panel(
        Kind.LINES,
        "三率和按期处置率随时间的变化",
        "按所选周期；某周期没有分母的，那一率不画点。",
        "响应率先掉，多半是空岗；按期处置率先掉，多半是积压。",
        (Sql("three_rates_over_time"),),
        "percentunit",
        HALF,
        9,
        GOOD_RATE,
        top=1,
    ),
)
WHERE = (
    Panel(
        Kind.TABLE,
        "各区域的整改率",
        "按上方“按哪一级”分开，分子分母俱在；供了解情况，不为排名。",
        "点区域只看那里，再换下一级看到微网格。",
        (Sql("rectification_by_area"),),
        "locale",
        HALF,
        9,
        GOOD_RATE,
        rates("整改率", "按期处置率") | {"区域": [override("links", to_rates("${level}"))]},
    ),
    Panel(
        Kind.TABLE,
        "各类别的整改率",
        "应整改最多的 30 类；复发率的分母是已整改的。",
        "量大而低的类别值得一次专项；复发率高的要找根因。",
        (Sql("rectification_by_category"),),
        "locale",
        HALF,
        9,
        GOOD_RATE,
        rates("整改率") | rates("30 天复发率", steps=SMALL_RATE),
    ),
)
LISTS = (
    Panel(
        Kind.TABLE,
        "超时未结",
        "处置时限已过而没有结案（挂账的除外），超时最久的在前，最多 50 件。",
        "点事件看全程；接单人不动的改派或督办（hub dispatch supervise）。",
        (Sql("overdue"),),
        "locale",
        TWO_THIRDS,
        9,
        NONE_IS_WELL,
        NATURE | moments("处置时限") | spans("已超时"),
        "没有超时未结的事件：正常",
    ),
    Panel(
        Kind.CHART,
        "回访时怎么说",
        "所选时间内结案的事件，各种满意程度各有多少。",
        "不满意的逐件看全程，重新办理或说明。",
        (Sql("satisfaction"),),
        "locale",
        THIRD,
        9,
        empty="还没有回访",
        x="满意程度",
    ),
)
BOARD = Board(
    "hub-rectification",
    "整改与三率",
    "隐患整改得怎样、三率如何、哪些还没有结案。数据来自台账，不含姓名和原文。",
    (Row("比率", RATES), Row("变化", COURSE), Row("哪里", WHERE), Row("清单", LISTS)),
    (
        *("district", "street", "community", "grid", "micro_grid"),
        *("category", "source", "mode", "period", "level"),
    ),
)
