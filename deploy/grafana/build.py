"""Writes the dashboards and the outlines of the map: `python -m deploy.grafana.build [--check]`."""

import json
import sys
from pathlib import Path

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana import (
    dispatching,
    health,
    incident_map,
    overview,
    recognition,
    rectification,
    road,
)
from deploy.grafana.drawing import drawn, row
from deploy.grafana.links import TAG, to_others
from deploy.grafana.panel import Board
from deploy.grafana.variables import variable
from services.reference.ground import load_ground
from services.reference.ground.map_file import map_file

HERE = Path(__file__).parent
BOARDS: tuple[Board, ...] = (
    overview.BOARD,
    rectification.BOARD,
    incident_map.BOARD,
    dispatching.BOARD,
    recognition.BOARD,
    health.BOARD,
    road.BOARD,
)


def built(board: Board) -> dashboard.Dashboard:
    """A dashboard; panels are laid out in the order in which they are added."""
    made = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(board.says)
        .tags([TAG])
        .timezone("Asia/Shanghai")
        .week_start("monday")
        .time(board.period, "now")
        .refresh(board.refresh)
        .readonly()
        .link(to_others())
    )
    for name in (*board.filters, "page"):
        made.with_variable(variable(name))
    for each in board.rows:
        made.with_row(row(each.title))
        for panel in each.panels:
            made.with_panel(drawn(panel))
    return made


def documents() -> dict[str, str]:
    """The text of each file by its path below this folder."""
    found = {"maps/grids.geojson": map_file(load_ground(None))}
    for board in BOARDS:
        made = built(board).build()
        text = json.dumps(made, cls=JSONEncoder, ensure_ascii=False, indent=2, sort_keys=True)
        found[f"dashboards/{board.uid.removeprefix('hub-')}.json"] = text + "\n"
    return found


def stale(folder: Path = HERE) -> list[str]:
    """The files that no longer follow from the code."""
    written = [*folder.glob("dashboards/*.json"), *folder.glob("maps/*.geojson")]
    there = {str(each.relative_to(folder)): each.read_text(encoding="utf-8") for each in written}
    wanted = documents()
    return sorted(name for name in wanted | there if wanted.get(name) != there.get(name))


def write(folder: Path = HERE) -> None:
    """Write all of them."""
    for name, text in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        write()
    if found := stale():
        sys.exit(f"stale in {HERE}: {', '.join(found)}: run 'make dashboards'")
