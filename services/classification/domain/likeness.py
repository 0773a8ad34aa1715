"""How alike two texts are: pieces of two characters in common, and details that clash."""

import re
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

READ = 160
"""Characters of a text that are compared: what the matter is stands at its beginning."""
FEWEST = 12
"""Characters below which a wording is nobody's own."""
SAME_WORDS = re.compile(r"[\W_]+")
POLITE = re.compile(
    "尊敬的|领导|您好|你好|请问|麻烦|希望|尽快|派人|处理一下|处理|有关部门|相关部门|谢谢|"
    "市民来电|来电反映|反映|投诉|我们小区|我们|小区|这边|那边|这里|有没有人管"
)
"""What people say whatever the matter is."""
DETAIL = re.compile(r"(\d{1,4})(单元|号楼|[楼层栋幢座])|([东南西北])([门侧面])")


BUILDING = re.compile(r"(?<!\d)(\d{1,3})(?:栋|幢|号楼|座)")


def building_in(text: str) -> str | None:
    """The building that a text names, if it names just one."""
    found = set(BUILDING.findall(text))
    return found.pop() if len(found) == 1 else None


def gist(title: str, text: str, *names: str | None) -> str:
    """What is left of a text to compare: without the place's own names and polite words."""
    whole = SAME_WORDS.sub("", f"{title}{text}")[: 2 * READ]
    for name in names:
        whole = whole.replace(name, "") if name else whole
    return POLITE.sub("", whole)[:READ]


def fingerprint(title: str, text: str) -> bytes:
    """The words alone, as 16 bytes; empty where they are too few to be somebody's own."""
    words = SAME_WORDS.sub("", title + text)
    return blake2b(words.encode(), digest_size=16).digest() if len(words) >= FEWEST else b""


def likeness(one: str, other: str) -> float | None:
    """The share of the shorter gist's pieces that the other has too; None: too little said."""
    first, second = _pieces(one), _pieces(other)
    least = min(len(first), len(second))
    return len(first & second) / least if least >= 2 else None


def clash(one: str, other: str) -> bool:
    """Whether both name a detail that differs, such as 3单元 and 5单元."""
    first, second = _details(one), _details(other)
    return any(not first[kind] & second[kind] for kind in first.keys() & second.keys())


@lru_cache(maxsize=16_384)
def _pieces(text: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(text)))


@lru_cache(maxsize=16_384)
def _details(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number, kind, side, edge in DETAIL.findall(text):
        found.setdefault(kind or edge, set()).add(number or side)
    return found
