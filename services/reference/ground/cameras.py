"""Cameras of a ground, and what each looks at.

cameras.csv has a row for each channel; without a channel a row is for all of a device:

| column | |
|---|---|
| `device`, `channel` | as the camera calls itself in its alarms |
| `estate` | what it looks at, by its name in the gazetteer; empty: the unit alone |
| `code` | the unit of the grid tree that answers for what it sees, 12 to 18 digits |
| `longitude`, `latitude` | where it hangs, WGS-84 degrees |
| `building` | optional: the building whose face it watches, its number alone (3) |
| `height` | optional: up to what height it sees, in metres above the ground |
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from services.reference.ground.codes import CodeError, canonical
from services.reference.ground.errors import GroundError
from services.reference.ground.tree import Tree

COLUMNS = ("device", "channel", "estate", "code", "longitude", "latitude")
HIGHEST = 650.0
"""Metres: higher than any building here."""
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera, the estate or the unit that it looks at, and the face of which building.

    `height` is up to where it sees, in metres; None: not known.
    """

    device: str
    channel: str
    estate: str
    code: str = ""
    building: str = ""
    height: float | None = None

    @property
    def view(self) -> str:
        """What it looks at, in a few words for whoever must judge its picture; may be empty."""
        faces = f"面向{self.building}栋" if self.building else ""
        height = f"视野高{self.height:g}米" if self.height is not None else ""
        return "，".join(filter(None, (faces, height)))


def read_cameras(path: Path) -> list[Camera]:
    """The cameras of cameras.csv; raises GroundError naming the line and what to do."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = enumerate(csv.DictReader(lines), start=2)
        return list(_once((number, _camera(path, number, row)) for number, row in rows))


def check_cameras(cameras: Iterable[Camera], tree: Tree) -> None:
    """Raise GroundError for a camera whose unit is not in the tree."""
    for each in cameras:
        if each.code and each.code not in tree:
            raise GroundError(
                f"摄像机 {each.device} 的编码 {each.code} 不在网格树里：请改正 cameras.csv。"
            )


def _camera(path: Path, number: int, row: dict[str, str]) -> Camera:
    try:
        float(row["longitude"]), float(row["latitude"])
        code = canonical(row["code"]) if row["code"] else ""
        height = row.get("height") or ""
        camera = Camera(
            row["device"].strip(),
            row["channel"].strip(),
            row["estate"],
            code,
            (row.get("building") or "").strip().removesuffix("栋"),
            float(height) if height else None,
        )
    except CodeError as error:
        raise GroundError(f"{path} 第 {number} 行：{error}") from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise GroundError(
            f"{path} 第 {number} 行没有可读的坐标或高度（{error}）："
            "经纬度请用十进制度，高度请用米。"
        ) from error
    fault = _fault(camera)
    if fault:
        raise GroundError(f"{path} 第 {number} 行：{fault}")
    return camera


def _fault(camera: Camera) -> str:
    if not 0 < len(camera.device) <= LONGEST:
        return f"设备号 device 是空的，或超过 {LONGEST} 个字符：请按设备自报的写法填写。"
    if camera.height is not None and not 0 < camera.height <= HIGHEST:
        return f"视野高度 height 应在 0 到 {HIGHEST:g} 米之间：请改正。"
    if camera.building and not camera.estate:
        return "写了楼栋 building 却没有小区 estate：请补上小区。"
    return ""


def _once(numbered: Iterable[tuple[int, Camera]]) -> Iterator[Camera]:
    known: dict[tuple[str, str], int] = {}
    for number, camera in numbered:
        key = (camera.device, camera.channel)
        if key in known:
            raise GroundError(
                f"cameras.csv 第 {number} 行与第 {known[key]} 行是同一设备的同一通道"
                f"（{camera.device}/{camera.channel or '全部'}）：请删去一行。"
            )
        known[key] = number
        yield camera
