"""What the risk watch of a district remembers, as it is kept; read, looked at, written anew."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from schemas.incident import Category
from services.classification.domain.look import News, look
from services.classification.domain.risk.areas import children_of
from services.classification.domain.risk.parameters import Parameters
from services.classification.domain.risk.sighting import Sighting
from services.classification.domain.risk.watch import RiskWatch
from services.classification.domain.sightings import Seen
from services.reference.catalogue import Catalogue
from services.reference.ground import Ground

QUICK = 1
"""zlib's level: what is left at 6 is a tenth less, for three times the time."""


@dataclass(frozen=True)
class Surroundings:
    """By what figures a watch looks, and what codes are called."""

    parameters: Parameters
    catalogue: Catalogue
    ground: Ground

    def named(self, code: str) -> str:
        """What an area or a category is called; its code if nobody knows."""
        entry = self.catalogue.entries.get(code)
        return entry.name if entry else self.ground.tree.described(code)

    def category(self, code: str) -> Category:
        """The category of a code; bare if the catalogue has it no longer."""
        entry = self.catalogue.entries.get(code)
        if entry is None:
            return Category(code=code, name=code, scene="")
        return Category(code=code, name=entry.name, scene=entry.scene, standard=entry.standard)

    def watch(self, district: str, memory: bytes | None) -> RiskWatch:
        """The watch of a district, as it was or new."""
        units = self.ground.tree.under(district)
        watch = RiskWatch(self.parameters, children_of(each.code for each in units), self.named)
        if memory:
            watch.load(orjson.loads(zlib.decompress(memory)))
        return watch


def kept(watch: RiskWatch) -> bytes:
    """All that a watch remembers."""
    return zlib.compress(orjson.dumps(watch.dump()), QUICK)


def look_again(
    surroundings: Surroundings,
    district: str,
    memory: bytes | None,
    rows: Sequence[Any],
    today: date,
) -> tuple[News, bytes]:
    """One look at a district: what is news, and what is remembered after it."""
    watch = surroundings.watch(district, memory)
    news = look(watch, [_seen(row) for row in rows], today)
    return news, kept(watch)


def _seen(row: Any) -> Seen:
    sighting = Sighting(row["incident_id"], row["category"], row["area"], row["teller"])
    return Seen(sighting, row["day"], row["taken_back"])
