"""Tables and outlines as others write them: read with the line of each row, or refused by name."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.reference.ground.errors import GroundError
from services.reference.text_files import NotUtf8, read_utf8

CHINESE = {
    "社区编码": "community_code",
    "社区名称": "community",
    "街道编码": "street_code",
    "街道名称": "street",
    "区县编码": "district_code",
    "区县名称": "district",
    "编码": "code",
    "名称": "name",
    "类型": "kind",
    "别名": "aliases",
    "功能区": "zone",
    "社区类型": "community_type",
    "经度": "lon",
    "longitude": "lon",
    "lng": "lon",
    "纬度": "lat",
    "latitude": "lat",
    "人口": "population",
    "地址": "address",
    "坐标系": "crs",
    "小区": "estate",
    "楼栋": "building",
}
"""What a column may also be called."""


def text_of(path: Path) -> str:
    """The text of a file in UTF-8; raises GroundError that says so where it is in GBK."""
    if not path.is_file():
        raise GroundError(f"{path} 不存在：请检查路径。")
    try:
        return read_utf8(path)
    except NotUtf8 as error:
        raise GroundError(str(error)) from None


def read_table(
    path: Path, needed: Sequence[str] = (), also: Mapping[str, str] = CHINESE
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV with the number of their line; names of columns are made the usual ones.

    Raises GroundError naming the columns that are missing.
    """
    if not path.is_file():
        raise GroundError(f"{path} 不存在：请检查路径。")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        try:
            yield from _rows(path, csv.reader(lines), needed, also)
        except UnicodeDecodeError:
            text_of(path)
            raise


def _rows(
    path: Path, reader: Any, needed: Sequence[str], also: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, str]]]:
    header = [also.get(name.strip(), name.strip()) for name in next(reader, [])]
    missing = [name for name in needed if name not in header]
    if missing:
        there = "、".join(header) or "没有表头"
        raise GroundError(
            f"{path.name} 第 1 行缺少列 {'、'.join(missing)}（现有：{there}）：请补上表头。"
        )
    for row in reader:
        if any(row):
            yield reader.line_num, dict(zip(header, map(str.strip, row), strict=False))
