"""What a new version of the ground changes."""

from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

import orjson

from services.reference.ground.files import OUTLINES, REGISTER
from services.reference.ground.register import Register, read_register
from services.reference.ground.whole import Ground
from services.reference.places import Entry


@dataclass(frozen=True)
class Differences:
    """Codes of units, by what became of them; `recounted` are those whose register differs.

    `relisted` are the names of places whose rows in the gazetteer are new, gone or changed.
    """

    added: list[str]
    removed: list[str]
    renamed: list[str]
    redrawn: list[str]
    recounted: list[str]
    relisted: list[str]

    @property
    def is_none(self) -> bool:
        """Whether nothing has changed."""
        return not any(vars(self).values())


def differences(old: Ground, new: Ground) -> Differences:
    """What `new` changes of `old`; each list is sorted by code."""
    before, after = ({unit.code: unit for unit in each.tree.units} for each in (old, new))
    drawn_before, drawn_after = _drawn(old.directory / OUTLINES), _drawn(new.directory / OUTLINES)
    counted_before, counted_after = _counted(old), _counted(new)
    listed_before, listed_after = _listed(old), _listed(new)
    both = before.keys() & after.keys()
    return Differences(
        added=sorted(after.keys() - before.keys()),
        removed=sorted(before.keys() - after.keys()),
        renamed=sorted(code for code in both if before[code] != after[code]),
        redrawn=sorted(c for c in both if drawn_before.get(c) != drawn_after.get(c)),
        recounted=sorted(c for c in both if counted_before.get(c) != counted_after.get(c)),
        relisted=sorted({each.label for each in listed_before ^ listed_after}),
    )


def _drawn(path: Path) -> dict[str, bytes]:
    """A digest of each outline by code."""
    with path.open("rb") as lines:
        return {
            orjson.loads(line)["properties"]["code"]: blake2b(line, digest_size=16).digest()
            for line in lines
        }


def _counted(ground: Ground) -> Register:
    return read_register(ground.directory / REGISTER) if ground.has(REGISTER) else {}


def _listed(ground: Ground) -> set[Entry]:
    """The places of the gazetteer, wherever they stand in the file."""
    return {replace(each, line=0) for each in ground.gazetteer.entries}
