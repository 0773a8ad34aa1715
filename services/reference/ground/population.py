"""Where people live, from a file of squares: lon, lat, population, area_m2 (人口格网)."""

from pathlib import Path

import numpy as np

from services.reference.degrees import METRES_PER_DEGREE
from services.reference.ground.cells import Population
from services.reference.ground.errors import GroundError
from services.reference.ground.outlines import MICRO
from services.reference.ground.tables import read_table

USUAL_SIDE = 322.0
"""Metres; the side of a square where the file does not say its area."""


def read_population(path: Path) -> Population:
    """The squares of a file; raises GroundError naming the line that can not be read."""
    read = []
    for number, row in read_table(path, ("lon", "lat", "population")):
        try:
            area = float(row.get("area_m2") or USUAL_SIDE**2)
            read.append((float(row["lon"]), float(row["lat"]), float(row["population"]), area))
        except ValueError as error:
            told = f"{path.name} 第 {number} 行不是数字（{error}）：请改正或删去该行。"
            raise GroundError(told) from error
    if not read:
        raise GroundError(f"{path.name} 里没有任何格网：请检查文件。")
    squares = np.array(read)
    half = float(np.sqrt(np.median(squares[:, 3]))) / 2 / METRES_PER_DEGREE * MICRO
    narrow = float(np.cos(np.radians(squares[:, 1].mean())))
    return Population(squares[:, :2] * MICRO, squares[:, 2].clip(0), (half / narrow, half))
