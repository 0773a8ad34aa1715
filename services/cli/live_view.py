"""The live view: numbers, the latest incidents on their road, and where the pages are."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from deploy.simulator.townsfolk import Townsfolk
from schemas.flow import Service
from services.cli.overview import Overview, Source
from services.cli.printing import span
from services.reference.calendar import BEIJING

COUNTS = {
    "reported": "已上报",
    "classified": "已立案",
    "dispatched": "已派单",
    "closed": "已结案",
    "merged": "并案",
    "dismissed": "非诉求",
    "receipts": "回执",
}
STATES = {
    "pending_dispatch": "待派遣",
    "pending_verification": "待核实",
    "pending_acceptance": "待接单",
    "handling": "处置中",
    "en_route": "赶赴现场",
    "on_site": "已到场",
    "suspended": "已挂账",
    "pending_check": "待核查",
    "pending_registration": "待立案",
    "closed": "已结案",
}
COLOURS = {"danger": "bold red", "high": "red", "medium": "yellow", "low": "default"}
GRAVITY = {"danger": "危及生命", "high": "高", "medium": "中", "low": "低"}
NAMES = {
    "intake": "受理",
    "classification": "识别",
    "dispatch": "派遣",
    "feedback": "反馈",
    "kafka": "Kafka",
}
SHOWN = 12


def drawn(
    overview: Overview,
    town: Townsfolk,
    source: Source,
    communities: Mapping[str, str],
) -> RenderableType:
    """The whole view; `communities` are names by code."""
    return Group(
        Panel(
            _numbers(overview, town),
            title="事件枢纽 · 受理 → 识别 → 派遣 → 反馈",
            title_align="left",
        ),
        _incidents(overview.counts.get("latest", ()), communities),
        _pages(source.addresses, source.token),
    )


def one_line(overview: Overview, town: Townsfolk) -> str:
    """The numbers in one line, where there is no terminal to draw on."""
    counts = " ".join(f"{label} {overview.number(name)}" for name, label in COUNTS.items())
    return (
        f"{counts} 整改率 {overview.rate} 积压 {sum(overview.lag.values())} "
        f"死信 {overview.dead_letters} 发送 {town.sent} 步骤 {town.steps}"
    )


def _numbers(overview: Overview, town: Townsfolk) -> RenderableType:
    cells = [_cell(label, str(overview.number(name))) for name, label in COUNTS.items()]
    cells.append(_cell("整改率", overview.rate, "green"))
    lag = " ".join(f"{NAMES[name]} {number}" for name, number in overview.lag.items())
    dead = overview.dead_letters
    return Group(
        Columns(cells, padding=(0, 3)),
        Text(f"积压 {lag}    死信 {dead}", style="red" if dead else "dim"),
        Text(
            f"街面已发生 {town.sent} 件，人员已操作 {town.steps} 步，刚刚：{town.latest}",
            style="dim",
        ),
    )


def _cell(label: str, value: str, style: str = "bold cyan") -> Text:
    return Text.assemble((f"{label} ", "dim"), (value, style))


def _incidents(latest: Iterable[Mapping[str, Any]], communities: Mapping[str, str]) -> Table:
    table = Table(
        "立案", "等级", "事项", "社区", "状态", "派单", "结案", box=None, padding=(0, 2, 0, 0)
    )
    for each in list(latest)[:SHOWN]:
        table.add_row(
            _time(each.get("opened_at")),
            Text(GRAVITY.get(each["severity"], ""), COLOURS.get(each["severity"], "")),
            str(each["category_name"]),
            communities.get(each.get("community") or "", "地点不明"),
            STATES.get(each["state"], each["state"]),
            _after(each, "dispatched_at"),
            _after(each, "closed_at"),
        )
    return table


def _time(text: str | None) -> str:
    return datetime.fromisoformat(text).astimezone(BEIJING).strftime("%H:%M:%S") if text else ""


def _after(incident: Mapping[str, Any], name: str) -> str:
    """How long after its opening."""
    opened, then = incident.get("opened_at"), incident.get(name)
    if not opened or not then:
        return ""
    elapsed = datetime.fromisoformat(then) - datetime.fromisoformat(opened)
    return span(elapsed.total_seconds())


def _pages(addresses: Mapping[str, str], token: str) -> Text:
    """Who follows the link to the page brings the token with it; it is not shown."""
    pages = Text(style="dim")
    for name, address in addresses.items():
        if name in NAMES:
            link = f"link {address}/#token={token}" if name == Service.FEEDBACK else ""
            pages.append(f"{NAMES[name]} ").append(address, link).append("    ")
    return pages.append("Ctrl-C 停止")
