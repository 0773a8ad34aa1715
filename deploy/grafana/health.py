"""The dashboard 枢纽健康: whether the hub itself is well; what the alerts look at."""

from deploy.grafana.panel import HALF, QUARTER, THIRD, Board, Kind, Panel, Row
from deploy.grafana.query import Promql
from deploy.grafana.style import (
    GREEN,
    NONE_IS_WELL,
    PLAIN,
    RED,
    SERVICES,
    SOME_ARE_USUAL,
    YELLOW,
    Steps,
    coloured,
    limits,
)

SERVICE = "{{service}}"
IN_TIME: Steps = ((None, RED), (0.99, YELLOW), (0.995, GREEN))
UP: Steps = ((None, RED), (1, GREEN))


def _lines(
    title: str,
    says: str,
    do: str,
    expression: str,
    unit: str,
    steps: Steps = PLAIN,
    legend: str = SERVICE,
    width: int = THIRD,
    top: float | None = None,
) -> Panel:
    """One figure over time, a line a service."""
    queries = (Promql(expression, legend),)
    lines = coloured(SERVICES)
    return Panel(Kind.LINES, title, says, do, queries, unit, width, 7, steps, lines, top=top)


def _p99(histogram: str, *by: str) -> str:
    grouped = ", ".join(("le", *by))
    return f"histogram_quantile(0.99, sum by ({grouped}) (rate({histogram}_bucket[5m])))"


NOW = (
    Panel(
        Kind.STAT,
        "服务",
        "四个服务各有几个进程在应答。",
        "红色：hub status 和 hub doctor；手册 HubServiceDown。",
        (Promql('sum by (service) (up{job="hub"})', SERVICE),),
        "locale",
        QUARTER,
        5,
        UP,
    ),
    Panel(
        Kind.STAT,
        "一秒内派单",
        "从收到反映到派出，一秒内的占比（不算等人复核的和有意暂缓的）。目标 99%。",
        "变红看下方各环节用时；手册 HubDispatchBudgetFast。",
        (
            Promql("hub:dispatched_within_1s:ratio_rate5m", "近 5 分钟"),
            Promql("hub:dispatched_within_1s:ratio_rate1h", "近 1 小时"),
        ),
        "percentunit",
        QUARTER,
        5,
        IN_TIME,
        empty="近来没有派单",
    ),
    Panel(
        Kind.STAT,
        "死信",
        "还没有重投的死信。每一条都可能是一位居民的反映，当天要清零。",
        "hub deadletters list、show、redrive；手册 HubDeadLetters。",
        (Promql('max by (service) (hub_kernel_backlog{what="dead_letters"})', SERVICE),),
        "locale",
        QUARTER,
        5,
        NONE_IS_WELL,
    ),
    Panel(
        Kind.STAT,
        "重启与漏管",
        "一小时内进程重启几次；此刻没有人或没有计时的未结事件几个。",
        "重启看日志里的 watchdog.stuck；漏管不为零看手册 HubForgotten。",
        (
            Promql('sum(changes(process_start_time_seconds{job="hub"}[1h]))', "重启"),
            Promql(
                'sum(hub_dispatch_holes{problem!="released"}) + sum(hub_feedback_holes)'
                " or vector(0)",
                "漏管",
            ),
        ),
        "locale",
        QUARTER,
        5,
        NONE_IS_WELL,
    ),
)
FLOW = (
    _lines(
        "积压",
        "每个服务还没有处理的消息。",
        "一直上升：hub topics 看在哪个主题；手册 HubLagGrowing。",
        "sum by (service) (hub_kernel_lag_records)",
        "locale",
        limits(500, 1000),
    ),
    _lines(
        "特急通道积压",
        "危及生命的事件在等的条数；应一直是零。",
        "不是零超过半分钟：立即通知值班长；手册 HubExpressLag。",
        'sum by (service) (hub_kernel_lag_records{topic=~".+\\\\.express"})',
        "locale",
        NONE_IS_WELL,
    ),
    _lines(
        "吞吐",
        "每秒处理的消息，不计重复的。",
        "来得多而处理不变，是到了上限：多开一个同样的进程。",
        'sum by (service) (rate(hub_kernel_messages_total{result="done"}[1m]))',
        "cps",
    ),
    _lines(
        "一批用时 p99",
        "各环节处理一批消息要多久。",
        "哪一环变长看哪一环：PostgreSQL 慢查询、锁等待、CPU。",
        _p99("hub_kernel_batch_seconds", "service"),
        "s",
        limits(0.5, 2),
    ),
    _lines(
        "收到到派出 p99",
        "从收到反映到派出要多久（不算等人复核的和有意暂缓的）。",
        "超过一秒：看左边哪一环变长，再看积压。",
        _p99("hub_feedback_dispatched_seconds"),
        "s",
        limits(0.5, 1),
        "收到到派出",
    ),
    _lines(
        "错误预算消耗（一秒内派单）",
        "1 倍是刚好把一个月的预算用完；14.4 倍时一小时用掉 2%。",
        "超过 14.4 倍立即处理，超过 6 倍当班处理；手册 HubDispatchBudgetFast。",
        "hub:dispatched_within_1s:burn_rate1h",
        "none",
        limits(6, 14.4),
        "近 1 小时",
    ),
)
WAITING = (
    _lines(
        "发件箱最久的一条",
        "决定已作出而还没有发到 Kafka 的，最久等了多久。",
        "超过一分钟：看 Kafka 是否可写；手册 HubOutboxOld。",
        'max by (service) (hub_kernel_backlog{what="outbox_age"})',
        "s",
        limits(10, 60),
    ),
    _lines(
        "定时器最久晚了多少",
        "到期而没有触发的定时器里最久的一个：晚了，超时就不会按时升级。",
        "超过 30 秒：看服务是否就绪、时钟是否跳变；手册 HubTimersLate。",
        'max by (service) (hub_kernel_backlog{what="timer_lateness"})',
        "s",
        limits(5, 30),
    ),
    _lines(
        "停放的消息",
        "在等同一事件前一条的消息，最久停了多久。",
        "超过五分钟：hub trace 看缺哪一步；手册 HubParkedOld。",
        'max by (service) (hub_kernel_backlog{what="parked_age"})',
        "s",
        limits(60, 300),
    ),
    _lines(
        "Kafka 和 PostgreSQL 答得多快（p99）",
        "各进程每秒问一次，要多久才答。",
        "PostgreSQL 超过 0.5 秒：磁盘或锁；Kafka 超过 1 秒：看它的磁盘和控制器。",
        _p99("hub_hosting_answer_seconds", "part"),
        "s",
        limits(0.5, 1),
        "{{part}}",
    ),
    _lines(
        "Kafka 和 PostgreSQL 在不在",
        "各进程自己看到的：1 是在，0 是不答。",
        "所有服务都是 0，是它停了；只有一个是 0，是那个进程的网络或连接。",
        "min by (part, service) (hub_hosting_part_ready)",
        "none",
        UP,
        "{{service}} {{part}}",
        top=1,
    ),
    _lines(
        "连接池",
        "各服务在用的 PostgreSQL 连接。",
        "长期等于上限，是有慢事务占着：看 pg_stat_activity。",
        'sum by (service) (hub_hosting_pool_connections{state="busy"})',
        "locale",
    ),
    _lines(
        "模型用时 p99",
        "识别一批反映要多久。",
        "超过 0.5 秒会拖慢派单：看 CPU。",
        _p99("hub_classification_model_seconds"),
        "s",
        limits(0.2, 0.5),
        "识别模型",
    ),
    _lines(
        "重试",
        "每分钟重做的事务，按错误分；偶尔几次正常。",
        "一直很多：序列化冲突说明热点，连接错误说明 PostgreSQL 不稳。",
        "sum by (service) (rate(hub_kernel_retries_total[5m]) * 60) or vector(0)",
        "cpm",
        SOME_ARE_USUAL,
    ),
    _lines(
        "内存",
        "每个进程占用的物理内存。",
        "一直上升不回落是泄漏：留下日志后重启，不会丢消息。",
        'sum by (service) (process_resident_memory_bytes{job="hub"})',
        "bytes",
        limits(1e9, 2e9),
    ),
)
SOURCES = (
    _lines(
        "来源说了多少",
        "每分钟收到的话（含重复和心跳），按来源。",
        "一个来源突然没有了看静默来源；突然很多看是否重复推送。",
        "sum by (source) (rate(hub_intake_statements_total[5m]) * 60)",
        "cpm",
        legend="{{source}}",
        width=HALF,
    ),
    _lines(
        "被拒收的",
        "每分钟拒收的，按来源和原因；偶尔有是格式错。",
        "一直有：联系来源改格式，或核对登记册与密钥（hub source check）。",
        "sum by (source, kind) (rate(hub_intake_refusals_total[5m]) * 60) or vector(0)",
        "cpm",
        limits(1, 10),
        "{{source}} {{kind}}",
        HALF,
    ),
)
BOARD = Board(
    "hub-health",
    "枢纽健康",
    "枢纽自身好不好：积压、快慢、死信、发件箱、定时器、重启、Kafka 与 PostgreSQL。",
    (Row("此刻", NOW), Row("流", FLOW), Row("等待与依赖", WAITING), Row("来源", SOURCES)),
    period="now-1h",
    refresh="10s",
)
