"""The dashboard 地图: incidents and grids on the map, without the internet."""

from deploy.grafana.links import to_rates
from deploy.grafana.panel import THIRD, WHOLE, Board, Kind, Panel, Row
from deploy.grafana.query import Sql
from deploy.grafana.style import (
    BLUE,
    GOOD_RATE,
    ORANGE,
    PLAIN,
    YELLOW,
    Steps,
    moments,
    override,
    stepped,
)

GRAVITY: Steps = ((None, BLUE), (1, YELLOW), (2, ORANGE), (3, "dark-red"))

MAP = Panel(
    Kind.MAP,
    "未结事件与各网格的整改率",
    "底图就是网格本身，不连互联网。网格按整改率着色：绿 95% 以上，黄 80% 以上，红更低；"
    "灰没有应整改的。点是未结事件，越红越重。位置精确到约十米。",
    "点一个事件看全程；一片都红，看下方的网格表和热点。",
    (Sql("grids_by_rate"), Sql("open_on_the_map")),
    "percentunit",
    16,
    18,
    GOOD_RATE,
    {"程度": [override("unit", "none"), stepped(GRAVITY)]},
    "地图上没有事件",
)
GRIDS = Panel(
    Kind.TABLE,
    "各网格此刻未结",
    "未结最多的 50 个网格，其中危及生命和超时的各多少。",
    "危及生命或超时不为零的先看；点网格只看那里。",
    (Sql("open_by_grid"),),
    "locale",
    THIRD,
    18,
    PLAIN,
    {"网格": [override("links", to_rates("grid"))]},
    "没有未结事件",
)
HOT_SPOTS = Panel(
    Kind.TABLE,
    "热点",
    "许多人说的、反复发生的、持续数周的同一主题。",
    "派人到现场看根因，不要一件一件地结；同一主题的事件可并入一案。",
    (Sql("hot_spots"),),
    "locale",
    WHOLE,
    8,
    fields=moments("发现时间", "自何时"),
    empty="没有热点",
)
BOARD = Board(
    "hub-map",
    "地图",
    "未结事件在哪里、哪些网格的整改率低。不连互联网也能用。",
    (Row("地图", (MAP, GRIDS, HOT_SPOTS)),),
    ("district", "street", "community", "grid", "micro_grid", "category", "source", "mode"),
    period="now-30d",
)
