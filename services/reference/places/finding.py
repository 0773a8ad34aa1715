"""Where names stand in a text: as they are spelt, as they sound, with a character too many.

Spellings are found by their first two characters: one pattern finds where such pairs stand, a
dictionary then tells how long the names are that begin so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from services.reference.places.addresses import is_kind_word
from services.reference.places.entries import Entry
from services.reference.places.likeness import contradicts, is_close, may_be_heard, slipped
from services.reference.places.sounds import other_sounds, sound, sounding_like
from services.reference.places.spellings import ROADS, STRENGTH, Sense, spellings_of
from services.reference.places.surroundings import fits


@dataclass(frozen=True, slots=True)
class Hit:
    """A spelling found in a folded text, from start to end, and what it may mean."""

    start: int
    end: int
    spelling: str
    senses: tuple[Sense, ...]


class Spellings:
    """All spellings of a gazetteer, and where they stand in a text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        senses: dict[str, dict[int, Sense]] = {}
        for entry in entries:
            for spelling, how in spellings_of(entry):
                senses.setdefault(spelling, {}).setdefault(id(entry), Sense(entry, how))
        self.senses = {each: _surest(known.values()) for each, known in senses.items()}

    def find(self, text: str) -> list[Hit]:
        """What a folded text names, in its order; no two overlap."""
        starts = self._starts(text)
        written = [self._longer(text, hit) for hit in self._written(text, starts)]
        heard = list(self._heard(text, _covered(written)))
        covered = _covered([*written, *heard])
        slips = list(self._slips(text, [each for each in starts if each not in covered], covered))
        hits = [self._widened(text, hit) for hit in written]
        return sorted([*hits, *heard, *slips], key=lambda hit: hit.start)

    def twins(self, spelling: str) -> tuple[Sense, ...]:
        """Other entries that sound exactly like this spelling."""
        own = {sense.entry.label for sense in self.senses[spelling]}
        alike = (self.senses[each] for each in self._sounds.get(sound(spelling), ()))
        return tuple(
            sense
            for sense in chain.from_iterable(alike)
            if sense.entry.label not in own and sense.how in {"name", "alias"}
        )

    def warm(self) -> None:
        """Make what is made when it is first needed."""
        _ = (self._pairs, self._sound_pairs, self._whole)

    @cached_property
    def _sounds(self) -> dict[str, list[str]]:
        sounds: dict[str, list[str]] = {}
        for spelling, senses in self.senses.items():
            if not any(may_be_heard(spelling, sense) for sense in senses):
                continue
            for heard in {sound(spelling)} | other_sounds(spelling):
                sounds.setdefault(heard, []).append(spelling)
        return sounds

    @cached_property
    def _sizes(self) -> dict[str, tuple[int, ...]]:
        return _sizes_by_head(self.senses)

    @cached_property
    def _sound_sizes(self) -> dict[str, tuple[int, ...]]:
        return _sizes_by_head(self._sounds)

    @cached_property
    def _pairs(self) -> re.Pattern[str]:
        return _pair_pattern({head[0] for head in self._sizes}, {head[1] for head in self._sizes})

    @cached_property
    def _sound_pairs(self) -> re.Pattern[str]:
        firsts = {head[0] for head in self._sound_sizes}
        seconds = {head[1] for head in self._sound_sizes}
        return _pair_pattern(sounding_like(firsts), sounding_like(seconds))

    def _starts(self, text: str) -> list[int]:
        """Where the first two characters of a spelling stand."""
        starts = (found.start() for found in self._pairs.finditer(text))
        return [start for start in starts if text[start : start + 2] in self._sizes]

    def _written(self, text: str, starts: list[int]) -> Iterator[Hit]:
        end = 0
        for start in starts:
            if start < end:
                continue
            hit = self._written_at(text, start, end)
            if hit:
                end = hit.end
                yield hit

    def _written_at(self, text: str, start: int, last: int) -> Hit | None:
        for size in self._sizes[text[start : start + 2]]:
            spelling = text[start : start + size]
            end = start + len(spelling)
            meant = tuple(
                sense
                for sense in self.senses.get(spelling, ())
                if fits(text, start, end, sense.how, last)
            )
            if meant:
                return Hit(start, end, spelling, meant)
        return None

    def _heard(self, text: str, covered: set[int]) -> Iterator[Hit]:
        """Names that are not written so, but sound so."""
        end = 0
        for found in self._sound_pairs.finditer(text):
            start = found.start()
            if start < end or start in covered:
                continue
            hit = self._heard_at(text, start, covered)
            if hit:
                end = hit.end
                yield hit

    def _heard_at(self, text: str, start: int, covered: set[int]) -> Hit | None:
        sizes = self._sound_sizes.get(sound(text[start : start + 2]), ())
        if not sizes:
            return None
        heard = sound(text[start : start + sizes[0]])
        for size in sizes:
            alike, end = self._sounds.get(heard[:size]), start + size
            if alike and end - 1 not in covered and len(heard) >= size:
                hit = self._meant(text, start, end, alike)
                if hit:
                    return hit
        return None

    def _meant(self, text: str, start: int, end: int, alike: list[str]) -> Hit | None:
        """The names that sound as the text from start to end, if one is close to it."""
        written = text[start:end]
        if not any(is_close(written, each) for each in alike):
            return None
        alike = [each for each in alike if not contradicts(written, each)]
        if not alike or not fits(text, start, end, "sound", 0):
            return None
        senses = {
            id(sense.entry): Sense(sense.entry, "sound")
            for each in alike
            for sense in self.senses[each]
        }
        return Hit(start, end, alike[0], tuple(senses.values()))

    def _longer(self, text: str, hit: Hit) -> Hit:
        """A short form, unless it is the beginning of a whole name that sounds so."""
        if any(sense.how in STRENGTH[:3] for sense in hit.senses):
            return hit
        longer = self._heard_at(text, hit.start, set())
        return longer if longer and longer.end > hit.end else hit

    def _slips(self, text: str, starts: list[int], covered: set[int]) -> Iterator[Hit]:
        end = 0
        for start in starts:
            if start < end:
                continue
            hit = self._slip_at(text, start, covered)
            if hit:
                end = hit.end
                yield hit

    @cached_property
    def _whole(self) -> dict[str, list[str]]:
        """The names, aliases and old names in which a slip is looked for."""
        return _by_head(
            spelling
            for spelling, senses in self.senses.items()
            if senses[0].how in STRENGTH[:3] and len(spelling) >= 4 + (spelling[-1] in ROADS)
        )

    def _slip_at(self, text: str, start: int, covered: set[int]) -> Hit | None:
        found: dict[int, list[str]] = {}
        for spelling in self._whole.get(text[start : start + 2], ()):
            end = slipped(text, start, spelling)
            if end and end - 1 not in covered:
                found.setdefault(end, []).append(spelling)
        if not found:
            return None
        end = max(found)
        if is_kind_word(text[start:end]) or not fits(text, start, end, "slip", 0):
            return None
        senses = tuple(
            Sense(sense.entry, "slip") for each in found[end] for sense in self.senses[each]
        )
        return Hit(start, end, found[end][0], senses)

    def _widened(self, text: str, hit: Hit) -> Hit:
        """A short form may as well be a slip of a longer name: both are meant then."""
        short = all(sense.how in {"stem", "core"} for sense in hit.senses)
        if not short or not hit.spelling.endswith("小区"):
            return hit
        slip = self._slip_at(text, hit.start, set())
        if slip is None or slip.end != hit.end:
            return hit
        known = {id(sense.entry) for sense in hit.senses}
        further = tuple(each for each in slip.senses if id(each.entry) not in known)
        return replace(hit, senses=hit.senses + further)


def _sizes_by_head(spellings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The lengths of the spellings that begin with two characters, the longest first."""
    sizes: dict[str, set[int]] = {}
    for spelling in spellings:
        sizes.setdefault(spelling[:2], set()).add(len(spelling))
    return {head: tuple(sorted(each, reverse=True)) for head, each in sizes.items()}


def _by_head(spellings: Iterable[str]) -> dict[str, list[str]]:
    """The spellings that begin with two characters."""
    heads: dict[str, list[str]] = {}
    for spelling in spellings:
        heads.setdefault(spelling[:2], []).append(spelling)
    return heads


def _pair_pattern(firsts: Iterable[str], seconds: Iterable[str]) -> re.Pattern[str]:
    """One of the first characters before one of the second."""
    first, second = re.escape("".join(firsts)), re.escape("".join(seconds))
    return re.compile(f"[{first}](?=[{second}])" if first and second else "(?!)")


def _covered(hits: Iterable[Hit]) -> set[int]:
    return {place for hit in hits for place in range(hit.start, hit.end)}


def _surest(senses: Iterable[Sense]) -> tuple[Sense, ...]:
    """A name, alias or old name of one is no short form of another."""
    known = tuple(senses)
    given = tuple(sense for sense in known if sense.how in STRENGTH[:3])
    return given or known
