"""The street that ships with the project: plainly invented, all of its micro-grids squares.

Codes and names of the street and its communities are published ones; every boundary, road,
estate, building, school, market and camera is invented.
`python -m services.reference.ground.demo` writes it anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.reference.ground.cameras import COLUMNS as CAMERA_COLUMNS
from services.reference.ground.codes import level_of
from services.reference.ground.files import (
    CAMERAS,
    COLUMNS,
    GAZETTEER,
    OUTLINES,
    UNITS,
    Manifest,
    csv_lines,
    unit_rows,
    write_ground,
)
from services.reference.ground.outlines import MICRO, Polygons, feature
from services.reference.ground.tree import KINDS, Kind, Unit, default_name
from services.reference.ground.whole import DEMO
from services.reference.ground.writing import gazetteer_lines
from services.reference.places.entries import Entry, Numbers

DISTRICT = ("510108", "成华区")
STREET = ("510108004", "双桥子街道")
COMMUNITIES = (
    ("510108004003", "双林社区"),
    ("510108004004", "双桥路北社区"),
    ("510108004005", "水碾河路北社区"),
    ("510108004006", "新鸿社区"),
    ("510108004007", "新华社区"),
    ("510108004008", "菽香里社区"),
    ("510108004009", "万晟社区"),
    ("510108004010", "三街坊社区"),
)
FIRST = "云松岚晴禾枫霁棠澄桐"
SECOND = "栖苑庭里湾台阁园汀舍"
WEST, SOUTH = 104_096_000, 30_645_000
WIDTH, HEIGHT = 1_200, 900
"""Micro-degrees: the corner of the street, and the size of a micro-grid."""
GRIDS, MICRO_GRIDS = 4, 5
"""Of a community and of a grid; a grid is a row of squares, a community a block of rows."""
ROADS = ("揽星路", "听雨路")
"""The road of each row of communities, from west to east."""
STREETS = ("拾光街", "望舒街", "扶摇街", "鹿鸣街")
"""The street of each column of communities, from south to north."""
FACTORIES = ("机床厂", "无线电厂", "针织厂", "量具厂", "毛巾厂", "灯泡厂", "罐头厂", "纽扣厂")
"""Whose housing the first estate of each community once was."""
LANDMARKS = (
    (0, "school", "揽星小学", ("揽星附小",), ("机床厂子弟校",)),
    (0, "market", "拾光农贸市场", ("拾光菜市",), ("机床厂菜市",)),
    (1, "metro", "望舒街站", ("望舒街地铁站",), ()),
    (1, "hospital", "望舒医院", (), ()),
    (2, "market", "扶摇生鲜市场", ("扶摇菜市场",), ()),
    (2, "landmark", "好时邻超市扶摇店", ("好时邻超市",), ()),
    (3, "school", "鹿鸣中学", (), ()),
    (4, "school", "听雨幼儿园", (), ()),
    (5, "park", "听雨公园", (), ("苗圃公园",)),
    (6, "landmark", "好时邻超市听雨店", ("好时邻超市",), ()),
    (6, "office", "听雨派出所", (), ()),
    (7, "landmark", "拂晓广场", (), ()),
)
"""The number of the community, the kind, the name, aliases, old names."""
ABOUT = Manifest(
    name="双桥子街道演示地面",
    synthetic=True,
    source="街道、社区的编码与名称为公开资料；边界、道路、小区、楼栋、地标、摄像头全部为虚构",
)


@dataclass(frozen=True)
class Square:
    """A micro-grid with its one estate; degrees are WGS-84."""

    number: int
    code: str
    column: int
    row: int

    @property
    def estate(self) -> str:
        """The name of its estate."""
        tens, hundreds = self.number // 10 % 10, self.number // 100
        return FIRST[self.number % 10] + SECOND[tens] + "一二"[hundreds] + "期"

    @property
    def buildings(self) -> int:
        """How many buildings the estate has."""
        return 3 + self.number % 6

    def point(self, part: float) -> tuple[float, float]:
        """A point on the middle line, the west end being 0 and the east end 1; in degrees."""
        x, y = _corner(self.column, self.row)
        return round((x + part * WIDTH) / MICRO, 6), round((y + HEIGHT / 2) / MICRO, 6)


def write(directory: Path) -> Manifest:
    """Write the demonstration street into a directory."""
    files = {
        UNITS: csv_lines(COLUMNS, unit_rows(units())),
        OUTLINES: (feature(code, shape, synthetic=True) + b"\n" for code, shape in outlines()),
        GAZETTEER: gazetteer_lines(gazetteer()),
        CAMERAS: csv_lines(CAMERA_COLUMNS, cameras()),
    }
    return write_ground(directory, ABOUT, files)


def squares() -> Iterator[Square]:
    """All micro-grids, in the order of their codes."""
    for index, (community, _) in enumerate(COMMUNITIES):
        for grid in range(GRIDS):
            for micro in range(MICRO_GRIDS):
                number = (index * GRIDS + grid) * MICRO_GRIDS + micro
                column, row = index % 4 * MICRO_GRIDS + micro, index // 4 * GRIDS + grid
                yield Square(number, f"{community}{grid + 1:03d}{micro + 1:03d}", column, row)


def units() -> list[Unit]:
    """The whole tree, sorted by code."""
    named = dict((DISTRICT, STREET, *COMMUNITIES))
    codes = {square.code[:length] for square in squares() for length in (6, 9, 12, 15, 18)}
    return [
        Unit(code, named.get(code) or default_name(code), _kind(code)) for code in sorted(codes)
    ]


def outlines() -> Iterator[tuple[str, Polygons]]:
    """The box of every unit from the street down, sorted by code."""
    boxes: dict[str, list[tuple[int, int]]] = {}
    for square in squares():
        for length in (9, 12, 15, 18):
            corners = _corner(square.column, square.row), _corner(square.column + 1, square.row + 1)
            boxes.setdefault(square.code[:length], []).extend(corners)
    for code, box in sorted(boxes.items()):
        west, east = min(x for x, _ in box), max(x for x, _ in box)
        south, north = min(y for _, y in box), max(y for _, y in box)
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        yield code, [[ring]]


def gazetteer() -> Iterator[Entry]:
    """Communities, roads and crossings, what stands on them, then estates with their buildings."""
    for code, name in COMMUNITIES:
        yield Entry("community", name, (name.replace("社区", "居委会"),), community=code)
    yield from _roads()
    yield from _crossings()
    yield from _landmarks()
    for square in squares():
        yield from _estate(square)


def _roads() -> Iterator[Entry]:
    """The stretch of a road through each community has a hundred house numbers."""
    for index, (code, _) in enumerate(COMMUNITIES):
        for name, stretch in ((ROADS[index // 4], index % 4), (STREETS[index % 4], index // 4)):
            numbers = (Numbers(100 * stretch + 1, 100 * stretch + 99),)
            yield Entry("road", name, community=code, numbers=numbers)


def _crossings() -> Iterator[Entry]:
    for index, (code, _) in enumerate(COMMUNITIES):
        road, street = ROADS[index // 4], STREETS[index % 4]
        x, y = _corner(index % 4 * MICRO_GRIDS, index // 4 * GRIDS)
        at = (x + 1) / MICRO, (y + 1) / MICRO
        name = f"{road}{street}路口"
        yield Entry("crossing", name, (), (), "", "", *at, community=code, roads=(road, street))


def _landmarks() -> Iterator[Entry]:
    """Of these only the point is known and the community: the outlines say the rest."""
    row = GRIDS - 1
    for number, (index, kind, name, aliases, old_names) in enumerate(LANDMARKS):
        code = COMMUNITIES[index][0]
        column = index % 4 * MICRO_GRIDS + number % MICRO_GRIDS
        at = Square(0, "", column, index // 4 * GRIDS + row).point(0.9)
        road = (ROADS[index // 4],)
        yield Entry(kind, name, aliases, old_names, "", "", *at, community=code, roads=road)


def _estate(square: Square) -> Iterator[Entry]:
    """An estate, its buildings from west to east; of some a gate, a house number, other names."""
    code, name = square.code, square.estate
    index, nth = divmod(square.number, GRIDS * MICRO_GRIDS)
    units = code[:12], code[:15], code
    on_road = nth < MICRO_GRIDS
    house = 100 * (index % 4) + 10 * nth + 2
    yield Entry(
        "estate",
        name,
        (f"{name[:2]}{'家园' if name.endswith('一期') else '雅居'}",) if nth == 1 else (),
        (f"{FACTORIES[index]}宿舍",) if nth == 0 else (),
        "",
        "",
        *square.point(0.5),
        *units,
        roads=(ROADS[index // 4],) if on_road else (),
        numbers=(Numbers(house, house),) if on_road else (),
    )
    for number in range(1, square.buildings + 1):
        at = square.point(number / (square.buildings + 1))
        yield Entry("building", "", (), (), name, str(number), *at, *units)
    if nth == 0:
        yield Entry("gate", "北门", ("正门",), (), name, "", *square.point(0.6), *units)
        yield Entry("gate", "南门", (), (), name, "", *square.point(0.4), *units)


def cameras() -> Iterator[tuple[object, ...]]:
    """One camera an estate."""
    for square in squares():
        device = f"CAM-{square.number:04d}"
        yield device, "1", square.estate, square.code, *square.point(0.5)


def _kind(code: str) -> Kind:
    return KINDS[level_of(code)][0]


def _corner(column: int, row: int) -> tuple[int, int]:
    return WEST + column * WIDTH, SOUTH + row * HEIGHT


if __name__ == "__main__":
    write(DEMO)
