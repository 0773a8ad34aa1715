"""Cameras of a ground, and what each looks at."""

import csv
from dataclasses import dataclass
from pathlib import Path

from services.reference.ground.errors import GroundError

COLUMNS = ("device", "channel", "estate", "code", "longitude", "latitude")


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera, and the estate or the unit that it looks at."""

    device: str
    channel: str
    estate: str
    code: str = ""


def read_cameras(path: Path) -> list[Camera]:
    """The cameras of cameras.csv; raises GroundError naming the line."""
    cameras = []
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                float(row["longitude"]), float(row["latitude"])
                camera = Camera(row["device"], row["channel"], row["estate"], row["code"])
            except (KeyError, ValueError, TypeError) as error:
                raise GroundError(
                    f"{path} 第 {number} 行没有可读的坐标（{error}）：请补上十进制经纬度。"
                ) from error
            cameras.append(camera)
    return cameras
