"""`hub grid map`: the outlines of a ground for the dashboards' map."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.failures import one_sentence
from services.cli.printing import AsJson, console, print_json
from services.reference.ground import load_ground
from services.reference.ground.codes import Level
from services.reference.ground.map_file import map_file


def map_ground(
    where: Annotated[Path, typer.Argument(help="A ground's directory, or a store of them.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write, such as grids.geojson.")],
    level: Annotated[Level, typer.Option(help="Which units are drawn.")] = Level.GRID,
    as_json: AsJson = False,
) -> None:
    """Write the outlines for the dashboards' map (地图): each feature bears its code as its id."""
    with one_sentence():
        ground = load_ground(where)
        out.write_text(map_file(ground, level), encoding="utf-8")
    drawn = sum(unit.code in ground.outlines() for unit in ground.tree.at(level))
    if as_json:
        print_json({"version": ground.version, "level": level, "units": drawn, "out": str(out)})
    else:
        console().print(f"{drawn} 个单元：{out}")
