"""What is wrong with a ground, each with its place in the file and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    """The kinds of findings; an operator can accept one by its name."""

    FILE = "file"
    CODE = "code"
    DUPLICATE = "duplicate"
    ORPHAN = "orphan"
    TWO_COMMUNITIES = "two_communities"
    GEOMETRY = "geometry"
    SELF_CROSSING = "self_crossing"
    HOLE = "hole"
    WRONG_CRS = "wrong_crs"
    CONVERTED = "converted"
    OVERLAP = "overlap"
    GAP = "gap"
    OUTSIDE = "outside"
    NO_OUTLINE = "no_outline"
    MISPLACED = "misplaced"


TITLES = {
    Flaw.FILE: "文件读不了",
    Flaw.CODE: "编码有误",
    Flaw.DUPLICATE: "重复",
    Flaw.ORPHAN: "没有上级",
    Flaw.TWO_COMMUNITIES: "同属两个社区",
    Flaw.GEOMETRY: "图形有误",
    Flaw.SELF_CROSSING: "边界自相交",
    Flaw.HOLE: "有洞",
    Flaw.WRONG_CRS: "坐标系不对",
    Flaw.CONVERTED: "已换算坐标系",
    Flaw.OVERLAP: "重叠",
    Flaw.GAP: "空隙",
    Flaw.OUTSIDE: "超出上级边界",
    Flaw.NO_OUTLINE: "没有轮廓",
    Flaw.MISPLACED: "编码与坐标不符",
}
NOTICES = frozenset({Flaw.CONVERTED, Flaw.NO_OUTLINE})
"""What is told, and does not stop an import."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: in which file, where in it (line or feature), with which unit.

    `what` says what is wrong and what to do, in Chinese. `others` are further units concerned.
    """

    flaw: Flaw
    what: str
    code: str = ""
    file: str = ""
    where: str = ""
    others: tuple[str, ...] = ()

    @property
    def is_notice(self) -> bool:
        """Whether it is only told."""
        return self.flaw in NOTICES

    def told(self) -> str:
        """In one line."""
        at = " ".join(each for each in (self.file, self.where) if each)
        return f"{at + '：' if at else ''}{TITLES[self.flaw]}：{self.what}"


def blocking(findings: Iterable[Finding], accepted: Iterable[str] = ()) -> list[Finding]:
    """Those that stop an import."""
    taken = set(accepted)
    return [each for each in findings if not each.is_notice and each.flaw not in taken]
