"""`hub risk`: what is brewing, on what evidence, and what those found who looked."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import asyncpg
import typer

from services.classification.domain.finding import Finding, finding, unfounded_share
from services.cli.addresses import addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, table

Days = Annotated[int, typer.Option(min=1, help="Warnings of the last so many days.")]
District = Annotated[str, typer.Option(help="The code of one district; empty: all.")]
Which = Annotated[str, typer.Argument(help="A warning, its incident, or the beginning of its id.")]

LIST = """
SELECT warning_id, incident_id, district, category, category_name, area, area_name, level, days,
       observed, expected, interval_days, first_day, last_day, reasons, raised_at, subsided_at,
       outcome, finding, closed_at
FROM classification.risk_warning
WHERE raised_at > now() - make_interval(days => $1) AND ($2 = '' OR district = $2)
ORDER BY raised_at DESC"""
ONE = """
SELECT * FROM classification.risk_warning
WHERE starts_with(warning_id, $1) OR starts_with(incident_id, $1) ORDER BY warning_id LIMIT 2"""
EVIDENCE = """
SELECT s.incident_id, s.area, s.day, s.taken_back, b.state->>'title' AS title, l.state
FROM classification.risk_sighting s
     LEFT JOIN classification.subject b ON b.id = s.incident_id
     LEFT JOIN feedback.ledger l ON l.incident_id = s.incident_id
WHERE s.incident_id = ANY($1::text[]) AND s.category = $2 ORDER BY s.day, s.incident_id"""
CURVE = """
SELECT day, count(*) AS seen FROM classification.risk_sighting
WHERE district = $1 AND category = $2 AND starts_with(area, $3) AND NOT taken_back
  AND day BETWEEN $4 AND $5 GROUP BY day"""

CURVE_DAYS = 28
LEVELS = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
STATES = {
    Finding.OPEN: "待查看",
    Finding.FOUNDED: "属实",
    Finding.UNFOUNDED: "不属实",
    Finding.DROPPED: "未查看即结案",
}

app = typer.Typer(help="Early warnings of what is brewing.", no_args_is_help=True)


def register(hub: typer.Typer) -> None:
    """Add the commands to `hub`."""
    hub.add_typer(app, name="risk")


@app.command("list")
def list_warnings(days: Days = 90, district: District = "", as_json: AsJson = False) -> None:
    """List warnings, what was found, and how many had no ground (风险预警)."""
    with one_sentence():
        rows = asyncio.run(_ask(LIST, days, district))
    warnings = [each | {"state": finding(each["outcome"])} for each in rows]
    told = rate(warnings)
    if as_json:
        print_json({"warnings": warnings, "rate": told})
        return
    columns = ("预警", "级别", "时间", "地点", "类别", "天数", "起数", "往常", "查看结果")
    screen = console()
    screen.print(table(columns, map(_row, warnings)))
    screen.print(rate_in_words(told, days))


def rate(warnings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many warnings there were, were looked into, and had no ground."""
    counts = Counter(each["state"] for each in warnings)
    share = unfounded_share(counts)
    return {
        "raised": len(warnings),
        "looked_into": counts[Finding.FOUNDED] + counts[Finding.UNFOUNDED],
        "unfounded": counts[Finding.UNFOUNDED],
        "unfounded_share": None if share is None else round(share, 3),
    }


def rate_in_words(told: Mapping[str, Any], days: int) -> str:
    """The same in one sentence."""
    counted = f"近 {days} 天预警 {told['raised']} 起，已查看 {told['looked_into']} 起"
    if told["unfounded_share"] is None:
        return counted
    return f"{counted}，其中不属实 {told['unfounded']} 起（{told['unfounded_share']:.0%}）"


def _row(each: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        each["warning_id"][:8],
        LEVELS[each["level"]],
        clock(each["raised_at"]),
        each["area_name"],
        each["category_name"],
        each["days"],
        each["observed"],
        f"{each['expected']:.1f}",
        "，".join(filter(None, (STATES[each["state"]], each["finding"].replace("\n", "；")))),
    )


@app.command()
def explain(which: Which, as_json: AsJson = False) -> None:
    """Show a warning's evidence, its curve over four weeks, and what was found."""
    with one_sentence():
        told = asyncio.run(_explained(which))
    if as_json:
        print_json(told)
        return
    warning, screen = told["warning"], console()
    screen.print(f"{LEVELS[warning['level']]}色预警 {warning['warning_id']}")
    screen.print(warning["reasons"])
    screen.print(table(("日期", "起数", ""), curve_rows(told["curve"])))
    columns = ("事件", "日期", "地点", "标题", "状态")
    screen.print(table(columns, map(_evidence_row, told["evidence"])))
    screen.print(f"查看结果：{STATES[told['state']]} {warning['finding']}".rstrip())


async def _explained(which: str) -> dict[str, Any]:
    found = await _ask(ONE, which)
    if not found:
        raise Failure(f"没有以 {which} 开头的预警；用 hub risk list 查看。")
    if len(found) > 1:
        raise Failure(f"以 {which} 开头的预警不止一起，请多写几位。")
    (warning,) = found
    key = (warning["district"], warning["category"])
    last: date = warning["last_day"]
    first = last - timedelta(days=CURVE_DAYS - 1)
    seen = {
        row["day"]: row["seen"] for row in await _ask(CURVE, *key, warning["area"], first, last)
    }
    days = [first + timedelta(days=number) for number in range(CURVE_DAYS)]
    return {
        "warning": warning,
        "state": finding(warning["outcome"]),
        "evidence": await _ask(EVIDENCE, warning["incidents"].split(), warning["category"]),
        "curve": [{"day": day, "incidents": seen.get(day, 0)} for day in days],
    }


def curve_rows(curve: Sequence[Mapping[str, Any]]) -> list[tuple[object, ...]]:
    """A bar a day, from the first day on which there was anything."""
    begun = next((n for n, each in enumerate(curve) if each["incidents"]), len(curve))
    return [(each["day"], each["incidents"], "█" * each["incidents"]) for each in curve[begun:]]


def _evidence_row(each: Mapping[str, Any]) -> tuple[object, ...]:
    gone = "（后来不计）" if each["taken_back"] else ""
    return (
        each["incident_id"][:8],
        each["day"],
        each["area"],
        each["title"],
        f"{each['state'] or ''}{gone}",
    )


async def _ask(query: str, *arguments: Any) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(addresses().postgres)
    try:
        return [dict(row) for row in await connection.fetch(query, *arguments)]
    finally:
        await connection.close()
