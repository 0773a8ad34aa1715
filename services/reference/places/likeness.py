"""Whether something written is a name that was misheard or mistyped."""

from services.reference.places.sounds import is_said_alike
from services.reference.places.spellings import GENERIC, ROADS, Sense

DIRECTIONS = frozenset("支横东南西北中上下左右前后大小新老0123456789ABCDEFG")


def contradicts(written: str, name: str) -> bool:
    """Whether what sounds like a name has another numeral or direction in it."""
    differing = ((a, b) for a, b in zip(written, name, strict=True) if a != b)
    return any(a in DIRECTIONS and b in DIRECTIONS for a, b in differing)


def is_close(written: str, name: str) -> bool:
    """Whether what is written differs from a name, but not in all that makes it that name."""
    if written == name:
        return False
    generic = GENERIC.match(name)
    core = len(generic["core"]) if generic else max(2, len(name) - 1)
    same = any(a == b for a, b in zip(written[:core], name[:core], strict=True))
    same_tail = written[core:] == name[core:]
    if name[-1] in ROADS and not same_tail:
        return False
    return same or (len(name) > 2 and same_tail and is_said_alike(written, name))


def may_be_heard(spelling: str, sense: Sense) -> bool:
    """Whether a name is long or whole enough to be recognised by its sound."""
    if sense.how == "core" or (spelling.endswith("小区") and sense.how == "stem"):
        return False
    if spelling[0].isdigit() and len(spelling) < 4:
        return False
    return sense.how == "name" or sense.entry.kind in {"estate", "road"} or len(spelling) > 3


def slipped(text: str, start: int, name: str) -> int:
    """Where a name ends that is written with one character too many or too few; 0 if it is not."""
    size = len(name)
    if text.startswith(name, start):
        return 0
    same = 2
    while same < size and text[start + same : start + same + 1] == name[same]:
        same += 1
    at = start + same
    rest = name[same:]
    if len(rest) > 1 and rest[0] not in DIRECTIONS - {"中"} and text.startswith(rest[1:], at):
        return at + len(rest) - 1
    extra = text[at : at + 1]
    if (
        extra
        and extra not in DIRECTIONS
        and extra not in ROADS
        and text.startswith(rest, at + 1)
        and rest
    ):
        return at + 1 + len(rest)
    return 0
