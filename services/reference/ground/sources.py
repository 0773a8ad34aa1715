"""GeoJSON as others write it: each feature with its place in the file, its code and its system."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from services.reference.ground.errors import GroundError
from services.reference.ground.tables import text_of

CODES = ("code", "CODE", "adcode", "编码", "区划代码", "单元网格标识码", "SZDYWGBSM", "DM")
NAMES = ("name", "NAME", "名称", "MC")
KIND = ("kind", "类型")
SYSTEMS = ("crs", "坐标系")
FEATURE = re.compile(r'"type"\s*:\s*"Feature"')


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: `where` says which and in which line; `crs` is what the file says of itself."""

    file: str
    where: str
    code: str
    name: str
    kind: str
    crs: str
    geometry: Any


def read_features(path: Path) -> Iterator[Feature]:
    """The features of a GeoJSON file, or of one with a feature a line.

    Raises GroundError with the line where it can not be read.
    """
    text = text_of(path)
    first_line = text.split("\n", 1)[0].strip()
    if path.suffix == ".geojsonl" or _is_whole(first_line):
        yield from _line_by_line(path, text)
    else:
        yield from _collected(path, text)


def _is_whole(line: str) -> bool:
    """Whether a line is a feature by itself."""
    try:
        return isinstance(read := orjson.loads(line), dict) and read.get("type") == "Feature"
    except orjson.JSONDecodeError:
        return False


def _line_by_line(path: Path, text: str) -> Iterator[Feature]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            read = _parsed(path, line, number)
            yield _feature(path, f"第 {number} 行", read, "")


def _collected(path: Path, text: str) -> Iterator[Feature]:
    whole = _parsed(path, text, 1)
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list):
        raise GroundError(f"{path.name} 不是 GeoJSON 的 FeatureCollection：请重新导出为 GeoJSON。")
    breaks = [each.start() for each in re.finditer("\n", text)]
    lines = [bisect_left(breaks, each.start()) + 1 for each in FEATURE.finditer(text)]
    named = whole.get("crs")
    crs = str(named.get("properties", {}).get("name", "")) if isinstance(named, dict) else ""
    for number, feature in enumerate(features, start=1):
        line = f"（第 {lines[number - 1]} 行）" if len(lines) == len(features) else ""
        yield _feature(path, f"第 {number} 个要素{line}", feature, crs)


def _parsed(path: Path, text: str, line: int) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        at = line + error.lineno - 1
        raise GroundError(f"{path.name} 第 {at} 行不是 JSON（{error.msg}）：请重新导出。") from None


def _feature(path: Path, where: str, read: Any, crs: str) -> Feature:
    properties = read.get("properties") if isinstance(read, dict) else None
    if not isinstance(properties, dict):
        raise GroundError(f"{path.name} {where}没有属性：请导出时带上编码（code）和名称（name）。")
    return Feature(
        file=path.name,
        where=where,
        code=_first(properties, CODES),
        name=_first(properties, NAMES),
        kind=_first(properties, KIND),
        crs=_first(properties, SYSTEMS) or crs,
        geometry=read.get("geometry"),
    )


def _first(properties: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(properties[name]) for name in names if properties.get(name)), "")
