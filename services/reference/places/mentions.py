"""What a text says of places: each mention with what it may mean and what was said with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.reference.places import addresses
from services.reference.places.entries import COARSE, Entry
from services.reference.places.finding import Hit
from services.reference.places.register import Register
from services.reference.places.spellings import STRENGTH
from services.reference.places.writing import fold


@dataclass(frozen=True, slots=True)
class Mention:
    """One place named in a folded text, from start to end.

    `candidates` are what it may mean; `how` the weakest way in which it was recognised;
    `house` a house number that no entry has; `doubts` what lowers confidence, for people.
    """

    start: int
    end: int
    spelling: str
    candidates: tuple[Entry, ...]
    how: str
    building: str | None = None
    house: int | None = None
    relation: str = ""
    confirmed: bool = False
    said: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def is_coarse(self) -> bool:
        """Whether it is no more than a road or a community."""
        return all(each.kind in COARSE for each in self.candidates)

    @property
    def is_road(self) -> bool:
        """Whether it is a road, without a house number."""
        return self.house is None and all(each.kind == "road" for each in self.candidates)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its candidates, each once."""
        return tuple(dict.fromkeys(each.label for each in self.candidates))

    @property
    def is_weak(self) -> bool:
        """Whether it rests on no spelling that is in the gazetteer."""
        return self.how in {"core", "sound", "slip"}


def mentions_in(text: str, register: Register) -> list[Mention]:
    """All places that a folded text names, in its order, each with all that belongs to it."""
    named = [_mention(hit) for hit in register.spellings.find(text)]
    if not named:
        return []
    crossed = list(_crossed(named, text, register))
    ends = [*(each.start for each in crossed[1:]), len(text)][: len(crossed)]
    detailed = [
        part
        for mention, until in zip(crossed, ends, strict=True)
        for part in _detailed(mention, text, until, register)
    ]
    return _with_building_before(detailed, text, register)


def _before(text: str, mention: Mention) -> str:
    """The few characters before a mention."""
    return text[max(0, mention.start - 8) : mention.start]


def _mention(hit: Hit) -> Mention:
    how = max((sense.how for sense in hit.senses), key=STRENGTH.index)
    entries = tuple(sense.entry for sense in hit.senses)
    if any(entry.kind == "building" for entry in entries):
        only = entries[0]
        return Mention(hit.start, hit.end, hit.spelling, entries, how, only.building)
    return Mention(hit.start, hit.end, hit.spelling, entries, how)


def _crossed(mentions: list[Mention], text: str, register: Register) -> Iterator[Mention]:
    """Two roads that meet in the text become their crossing."""
    waiting = list(mentions)
    while waiting:
        first = waiting.pop(0)
        crossing = _crossing(first, waiting[0], text, register) if waiting else None
        if crossing:
            waiting.pop(0)
        yield crossing or first


def _crossing(one: Mention, other: Mention, text: str, register: Register) -> Mention | None:
    if not (one.is_road and other.is_road) or set(one.labels) & set(other.labels):
        return None
    between, behind = text[one.end : other.start], text[other.end :]
    if not addresses.BETWEEN_ROADS.match(between):
        return None
    if between != "/" and not addresses.CROSSING.match(behind):
        return None
    entries = register.crossings(one.labels, other.labels)
    if not entries:
        return None
    how = max(one.how, other.how, key=STRENGTH.index)
    spelling = one.spelling + between + other.spelling
    return Mention(one.start, other.end, spelling, entries, how, confirmed=True)


def _detailed(mention: Mention, text: str, until: int, register: Register) -> tuple[Mention, ...]:
    """A mention with its house number, kind, part, gate, building and relation."""
    if mention.is_road:
        mention = _on_road(mention, text, until, register)
    if any(each.kind == "estate" for each in mention.candidates):
        mention = _in_area(mention, text, register)
        mention = _at_gate(mention, text, register)
        second = _second_area(mention, text, register)
        if second:
            return mention, second
        building, end = addresses.building_behind(text, mention.end, until)
        if building:
            mention = replace(mention, building=mention.building or building, end=end)
    if _may_be_inside(mention, text):
        mention = replace(mention, doubts=(*mention.doubts, "“在……里”也可能不是地名"))
    relation = addresses.RELATION.match(text[mention.end : until])
    return (replace(mention, relation=relation["relation"]) if relation else mention,)


def _may_be_inside(mention: Mention, text: str) -> bool:
    """Whether a name that ends with 里 may be no name: 坐在阳光里."""
    is_inside = mention.spelling.endswith("里") and _before(text, mention).endswith("在")
    return is_inside and mention.building is None


def _on_road(mention: Mention, text: str, until: int, register: Register) -> Mention:
    """A road with a house number, or with the sort of place that stands on it."""
    behind = text[mention.end : until]
    house = addresses.HOUSE.match(behind)
    if house:
        return _at_house(mention, int(house[1]), mention.end + house.end(), register)
    kind = addresses.KIND_WORD.match(behind, _behind_particles(behind))
    if not kind:
        return mention
    sort, word = addresses.kind_word(kind)
    there = register.of_kind(sort, roads=mention.labels)
    if not there:
        doubt = f"{'、'.join(mention.labels)}上没有登记“{word}”"
        return replace(mention, doubts=(*mention.doubts, doubt))
    return replace(
        mention,
        end=mention.end + kind.end(),
        candidates=there,
        how="kind",
        said=(f"{mention.labels[0]}上的“{word}”",),
    )


def _behind_particles(text: str) -> int:
    found = addresses.ROAD_OF.match(text)
    return found.end() if found else 0


def _at_house(mention: Mention, number: int, end: int, register: Register) -> Mention:
    there = register.at_house(mention.labels, number)
    said = f"{mention.labels[0]}{number}号"
    if there:
        return replace(mention, end=end, candidates=there, how="house", said=(said,))
    segments = tuple(
        each
        for each in mention.candidates
        if not each.numbers or any(part.holds(number) for part in each.numbers)
    )
    return replace(mention, end=end, candidates=segments or mention.candidates, house=number)


def _in_area(mention: Mention, text: str, register: Register) -> Mention:
    """The stem of an estate's name with the part that is said before or behind it."""
    if mention.how not in {"stem", "core", "slip", "sound"}:
        return mention
    behind = addresses.AREA.match(text[mention.end :])
    before = addresses.AREA_BEFORE.search(_before(text, mention))
    found = behind or before
    if not found:
        return mention
    area, end = found["area"], mention.end + (behind.end() if behind else 0)
    fitting, same_sort = register.in_area(mention.candidates, area)
    if fitting:
        return replace(mention, candidates=fitting, end=end)
    if not same_sort:
        return mention
    doubt = f"台账里没有“{area}”"
    return replace(mention, candidates=same_sort, end=end, how="absent", doubts=(doubt,))


def _second_area(mention: Mention, text: str, register: Register) -> Mention | None:
    """The second of 'phase one and two' as a mention of its own."""
    found = addresses.ANOTHER_AREA.match(text[mention.end :])
    if not found:
        return None
    siblings = register.siblings(mention.candidates)
    fitting, _ = register.in_area(siblings, found["area"])
    end = mention.end + found.end()
    return replace(mention, candidates=fitting, start=mention.end, end=end) if fitting else None


def _at_gate(mention: Mention, text: str, register: Register) -> Mention:
    found = addresses.GATE.match(text[mention.end :])
    if not found:
        return mention
    gates = register.gates(mention.candidates, found["gate"] + "门")
    end = mention.end + found.end()
    return replace(mention, candidates=gates, end=end) if gates else mention


def _with_building_before(mentions: list[Mention], text: str, register: Register) -> list[Mention]:
    """A building that stands before the only estate of a text is in it."""
    estates = [
        each for each in mentions if any(entry.kind == "estate" for entry in each.candidates)
    ]
    if len(estates) == 1 and estates[0].building is None:
        only = estates[0]
        building = addresses.building_before(text, only.start)
        behind = addresses.BUILDING.search(text, only.end)
        if building and not behind:
            changed = replace(only, building=building)
            return [changed if each is only else each for each in mentions]
    return mentions


def without_asides(mentions: list[Mention], text: str) -> list[Mention]:
    """Mentions without those that are denied, that only tell where somebody lives, or near what."""
    kept = [each for each in mentions if not addresses.DENIED.search(_before(text, each))]
    kept = _without_stretches(kept, text)
    kept = [each for index, each in enumerate(kept) if not _is_beyond(kept, index, text)]
    if any(not each.is_weak and not each.is_coarse for each in kept):
        kept = [each for each in kept if not each.is_weak]
    elsewhere = [each for each in kept if not addresses.LIVES.search(_before(text, each))]
    if len(elsewhere) == len(kept) or all(each.is_coarse for each in elsewhere):
        return kept
    doubt = "文中另提到诉求人住处"
    return [replace(each, doubts=(*each.doubts, doubt)) for each in elsewhere]


def _without_stretches(mentions: list[Mention], text: str) -> list[Mention]:
    """A road whose stretch is said by two others is that road: A路（B路至C路段）."""
    for index in range(len(mentions) - 2):
        road, one, other = mentions[index : index + 3]
        is_stretch = (
            road.is_road
            and one.start == road.end
            and addresses.STRETCH.match(text[one.end : other.start])
            and addresses.STRETCH_END.match(text[other.end :])
        )
        if is_stretch:
            return [*mentions[: index + 1], *_without_stretches(mentions[index + 3 :], text)]
    return mentions


def _is_beyond(mentions: list[Mention], index: int, text: str) -> bool:
    """Whether a mention only helps to find the next one: opposite of A, B."""
    if index + 1 >= len(mentions):
        return False
    between = text[mentions[index].end : mentions[index + 1].start]
    found = addresses.BEYOND.fullmatch(between)
    return bool(found) and not mentions[index + 1].is_coarse


def kind_near(text: str, register: Register, entries: Iterable[Entry]) -> Mention | None:
    """Where only a sort of place is said, the one of that sort among the entries near by."""
    found = addresses.KIND_AS_PLACE.search(text)
    if not found:
        return None
    sort, word = addresses.kind_word(found)
    if sort.kind == "estate":
        return None
    there = register.of_kind(sort, among=entries)
    if not there:
        return None
    said = (f"只说了“{word}”",)
    return Mention(found.start(), found.end(), fold(word), there, "near", said=said)
