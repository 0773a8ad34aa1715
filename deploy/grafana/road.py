"""The dashboard 单案追踪: one incident's road, from the ledger, with the trace id."""

from deploy.grafana.panel import THIRD, WHOLE, Board, Kind, Panel, Row
from deploy.grafana.query import Sql
from deploy.grafana.style import NATURE, NONE_IS_WELL, moments, override, plain, spans, unit

WIDE = [override("custom.width", 420), override("custom.cellOptions", {"type": "auto"})]
CASE = (
    Panel(
        Kind.TABLE,
        "现在怎样",
        "类别、严重程度、状态、在哪一级、各环节的时刻和处置时限。",
        "上方填事件编号（从别的看板点过来会自动填好）；点编号到枢纽页面看案件（需令牌）。",
        (Sql("case_now"),),
        "short",
        WHOLE,
        5,
        fields=NATURE | moments("立案", "派单", "接单", "到场", "处置完成", "结案", "处置时限"),
        empty="请在上方填事件编号",
    ),
    Panel(
        Kind.STAT,
        "数",
        "几个人反映、派了几轮、退了几次、返工几次、延了几次、一共历时多久。",
        "轮次多、退单多：看下方每一步的“为什么”，该改的是规则还是班表。",
        (Sql("case_figures"),),
        "locale",
        16,
        5,
        NONE_IS_WELL,
        {
            "反映数": [plain("text")],
            "派遣轮次": [plain("text")],
            "历时": [*unit("s", 0), plain("text")],
        },
        "请在上方填事件编号",
    ),
    Panel(
        Kind.TABLE,
        "协调任务",
        "协调办的事件：哪个单位、做什么、何时到期、何时完成。",
        "到期未完成的，由牵头单位催办。",
        (Sql("case_tasks"),),
        "short",
        THIRD,
        5,
        fields=moments("到期", "完成"),
        empty="没有协调任务",
    ),
)
STEPS = Panel(
    Kind.TABLE,
    "全程",
    "这件事和它背后每一次反映的每一步：何时、由哪个服务记下、为什么；追踪号可在日志里搜。",
    "缺了一步，用追踪号在四个服务的日志里找，或看死信（hub deadletters list）。",
    (Sql("case_road"),),
    "short",
    WHOLE,
    16,
    fields=moments("时间") | spans("隔了") | {"为什么": WIDE},
    empty="没有这个事件：请核对编号",
)
BOARD = Board(
    "hub-road",
    "单案追踪",
    "一件事从反映到结案的每一步，来自台账，带追踪号。不含姓名和原文。",
    (Row("案件", CASE), Row("每一步", (STEPS,))),
    ("incident",),
    period="now-90d",
)
