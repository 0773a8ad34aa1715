"""What a gazetteer holds: estates, their buildings and gates, roads, crossings, landmarks."""

from dataclasses import dataclass

KINDS = {
    "community": "社区",
    "road": "道路",
    "crossing": "路口",
    "estate": "小区",
    "building": "楼栋",
    "gate": "小区的门",
    "market": "市场",
    "school": "学校",
    "hospital": "医院",
    "metro": "地铁站",
    "park": "公园",
    "office": "机关",
    "landmark": "地标",
}
COARSE = ("community", "road")
"""Kinds that are too wide to have a point; what lies in them is preferred."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """House numbers (门牌号) from first to last; step 2 where they are all odd or all even."""

    first: int
    last: int
    step: int = 1

    def holds(self, number: int) -> bool:
        """Whether a number is among them."""
        return self.first <= number <= self.last and (number - self.first) % self.step == 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. Degrees are WGS-84; codes have 12, 15 and 18 digits, empty where not known.

    `estate` is the parent of a building or gate; `building` its number or letter; `roads` the
    road it lies on, the two of a crossing; `line` is its line in the file.
    """

    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    old_names: tuple[str, ...] = ()
    estate: str = ""
    building: str = ""
    longitude: float | None = None
    latitude: float | None = None
    community: str = ""
    grid: str = ""
    micro_grid: str = ""
    roads: tuple[str, ...] = ()
    numbers: tuple[Numbers, ...] = ()
    line: int = 0

    @property
    def label(self) -> str:
        """The name that people are shown: 云栖一期3栋, 云栖一期北门, 双榆路."""
        if self.kind == "building":
            return f"{self.estate}{self.building}栋"
        return f"{self.estate}{self.name}" if self.kind == "gate" else self.name

    @property
    def home(self) -> tuple[str, str]:
        """The estate, or the place itself, that it belongs to, with its community."""
        return self.estate or self.name, self.community

    @property
    def code(self) -> str:
        """The lowest unit of the grid tree that is known to hold it; empty if none is."""
        return self.micro_grid or self.grid or self.community
