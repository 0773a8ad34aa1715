"""`python -m deploy.grafana.picture --dsn DSN --out FILE.svg`: the overview as it is now."""

import argparse
import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from deploy.grafana import incident_map, overview, rectification
from deploy.grafana.macros import filled
from deploy.grafana.panel import Board, Panel
from deploy.grafana.picture.canvas import FAINT, Box, framed, sheet, text
from deploy.grafana.picture.ground_map import ground_map
from deploy.grafana.picture.shapes import SHAPES, Row
from deploy.grafana.query import Sql, sql
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground

WIDTH, HEIGHT = 1280, 800
TITLE = "事件枢纽 · 运行总览"
PLACES: tuple[tuple[Board, str, Box], ...] = (
    (overview.BOARD, "此刻未结", Box(16, 56, 300, 104)),
    (overview.BOARD, "今日整改与按期（对照目标 95%）", Box(324, 56, 464, 104)),
    (overview.BOARD, "1-3-5（危及生命）", Box(796, 56, 468, 104)),
    (overview.BOARD, "未结事件的状态与严重程度", Box(16, 168, 560, 270)),
    (rectification.BOARD, "各类别的整改率", Box(16, 446, 560, 338)),
    (incident_map.BOARD, "未结事件与各网格的整改率", Box(584, 168, 680, 400)),
    (overview.BOARD, "此刻的危及生命事件", Box(584, 576, 680, 208)),
)
"""What is shown where: some panels of the dashboards, by their titles."""


async def picture(dsn: str, now: datetime) -> str:
    """The picture of a ledger, with the rights of the dashboards."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SET ROLE hub_dashboard")
        drawn = [await _drawn(connection, _panel(*at), at[2], now) for at in PLACES]
    finally:
        await connection.close()
    head = text(16, 36, TITLE, size=20)
    when = f"{now.astimezone(BEIJING):%Y-%m-%d %H:%M} 北京时间"
    head += text(WIDTH - 16, 36, when, size=13, ink=FAINT, at="end")
    return sheet(WIDTH, HEIGHT, head + "".join(drawn))


def _panel(board: Board, title: str, _: Box) -> Panel:
    return next(panel for panel in board.panels if panel.title == title)


async def _drawn(connection: asyncpg.Connection, panel: Panel, box: Box, now: datetime) -> str:
    answers: list[list[Row]] = []
    for query in (each for each in panel.queries if isinstance(each, Sql)):
        asked = filled(sql(query.name), now - timedelta(days=7), now)
        answers.append([dict(row) for row in await connection.fetch(asked)])
    inside = box.inner(14, 34, 14, 12)
    if panel.kind in SHAPES:
        return framed(box, panel.title) + SHAPES[panel.kind](panel, answers[0], inside)
    return framed(box, panel.title) + ground_map(panel, answers, inside, load_ground())


def main() -> None:
    """Draw it into a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", required=True, help="the ledger's database, as its owner")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.write_text(asyncio.run(picture(given.dsn, datetime.now(UTC))), encoding="utf-8")


if __name__ == "__main__":
    main()
