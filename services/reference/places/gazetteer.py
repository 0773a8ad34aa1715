"""The gazetteer (地名地址库) of a street: from what people write to the place that they mean."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import hypot

from schemas.place import Place
from services.reference.degrees import step
from services.reference.places.confidence import WAYS, confidence, shared
from services.reference.places.entries import COARSE, Entry
from services.reference.places.mentions import Mention, kind_near, mentions_in, without_asides
from services.reference.places.register import Register
from services.reference.places.writing import fold

LONGEST = 2000
"""Characters of a text that are read."""

BESIDE = 600
"""Metres around a point within which a place is near it."""

MANY = 6
"""Candidates that a sentence names; the rest are counted."""

CLEARLY = 2
"""How many times farther the second nearest must be for the nearest to be chosen."""

Near = str | tuple[float, float] | None
"""A community (12 digits) or a point (longitude, latitude in WGS-84) that the source names."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a text says of its place.

    `place` holds what is sure: of one candidate all, of several what they share, of none
    nothing. `name` is the one candidate's, without a relation such as 对面. `alternatives` are
    the names of all candidates where there is more than one. `settled` if the text alone
    decides, whatever is near.
    """

    place: Place
    name: str = ""
    kind: str = ""
    alternatives: tuple[str, ...] = ()
    why: str = "文中没有台账里的地名"
    settled: bool = field(default=False, compare=False)

    @property
    def confidence(self) -> float:
        """From 0 to 1; of several candidates never above 0.4."""
        return self.place.confidence

    @property
    def is_sure(self) -> bool:
        """Whether there is exactly one candidate."""
        return bool(self.name)


@dataclass(frozen=True)
class Gazetteer:
    """One version of a gazetteer; `version` is the hash of its content."""

    entries: tuple[Entry, ...]
    version: str = ""

    def match(self, text: str, near: Near = None) -> Match:
        """The place that a text names; what `near` says only decides between equals."""
        folded = fold(text[:LONGEST])
        found = mentions_in(folded, self.register)
        merged = _merged(without_asides(found, folded)) if found else []
        if not merged:
            beside = kind_near(folded, self.register, self._beside(near)) if near else None
            merged = [beside] if beside else []
        if not merged:
            return Match(Place())
        if len(merged) > 1:
            return self._several(merged)
        return self._one(merged[0], near)

    def _several(self, mentions: list[Mention]) -> Match:
        places = [self._narrowed(each)[0] for each in mentions]
        candidates = tuple(entry for each in places for entry in each.candidates)
        told = self._in_common(candidates, "文中提到多处：{}，不能确定是哪一处")
        return replace(told, settled=True)

    def _one(self, mention: Mention, near: Near) -> Match:
        mention, ledger = self._narrowed(mention)
        tie_broken = ""
        is_tied = len(mention.labels) > 1 or len({each.home for each in mention.candidates}) > 1
        if is_tied:
            nearest = _nearest(mention.candidates, near)
            if nearest and len(nearest) < len(mention.candidates):
                tie_broken = "按来源所在社区取定" if isinstance(near, str) else "按来源位置就近取定"
                mention = replace(mention, candidates=nearest)
        said = _said(mention)
        why = "；".join(filter(None, (said, ledger, tie_broken, *mention.doubts)))
        if len(self._labels(mention.candidates)) > 1:
            return self._in_common(mention.candidates, f"{why}；{{}}都符合，需核实")
        sure = self._sure(mention, why, tie_broken=bool(tie_broken))
        return sure if is_tied else replace(sure, settled=mention.how != "near")

    def _sure(self, mention: Mention, why: str, *, tie_broken: bool) -> Match:
        entry = mention.candidates[0]
        twins = self._twins(mention)
        if twins:
            why += f"；与{'、'.join(twins)}同音，留意听写"
        sure = confidence(
            mention.how,
            len(mention.doubts) + bool(twins) + bool(mention.relation),
            confirmed=mention.confirmed,
            tie_broken=tie_broken,
        )
        name = _name(entry, mention)
        return Match(_place(mention, name, sure), name, entry.kind, (), why)

    def _narrowed(self, mention: Mention) -> tuple[Mention, str]:
        """The candidates that can have the building, and a sentence if that decided."""
        number = mention.building
        estates = [each for each in mention.candidates if each.kind == "estate"]
        if number is None or not estates:
            return mention, ""
        having = [each for each in estates if self._may_have(each, number)]
        if not having:
            doubt = f"台账里没有{number}栋"
            return replace(mention, building=None, doubts=(*mention.doubts, doubt)), ""
        decided = f"其中只有{having[0].name}有{number}栋" if len(having) < len(estates) else ""
        if len(having) > 1 or not self.register.buildings(having[0]):
            return replace(mention, candidates=tuple(having)), decided if len(having) == 1 else ""
        building = self.register.buildings(having[0])[number]
        return replace(mention, candidates=(building,)), decided

    def _may_have(self, estate: Entry, building: str) -> bool:
        listed = self.register.buildings(estate)
        return not listed or building in listed

    def _in_common(self, candidates: tuple[Entry, ...], why: str) -> Match:
        labels = self._labels(candidates)
        place = _shared_place(candidates, shared(len(labels)))
        named = "、".join(labels[:MANY]) + (f"等{len(labels)}处" if len(labels) > MANY else "")
        return Match(place, alternatives=labels, why=why.format(named))

    def _labels(self, candidates: tuple[Entry, ...]) -> tuple[str, ...]:
        """The names of candidates; of namesakes in several communities with these."""
        homes: dict[str, set[str]] = {}
        for each in candidates:
            if each.kind != "road":
                homes.setdefault(each.label, set()).add(each.community)
        return tuple(
            dict.fromkeys(
                each.label
                + (f"（{self._community(each)}）" if len(homes.get(each.label, ())) > 1 else "")
                for each in candidates
            )
        )

    def _community(self, entry: Entry) -> str:
        return self._communities.get(entry.community, entry.community)

    @cached_property
    def _communities(self) -> dict[str, str]:
        return {each.community: each.name for each in self.entries if each.kind == "community"}

    def _twins(self, mention: Mention) -> tuple[str, ...]:
        if mention.how not in {"name", "alias"} or mention.confirmed:
            return ()
        return _labels(sense.entry for sense in self.register.spellings.twins(mention.spelling))

    def _beside(self, near: Near) -> Iterator[Entry]:
        """The places of the community, or around the point."""
        if isinstance(near, str):
            yield from self.register.in_community(near)
        elif near:
            around = self.register.around(*near)
            yield from (each for each in around if _metres(each, near) <= BESIDE)

    @cached_property
    def register(self) -> Register:
        """The entries by what they belong to."""
        return Register(self.entries)

    def warm(self) -> "Gazetteer":
        """Make all indexes now, so that the first text is read as fast as all others."""
        self.register.warm()
        return self


def _merged(mentions: list[Mention]) -> list[Mention]:
    """Mentions of the same place become one, and what is wide only narrows what lies in it."""
    fine = _joined([each for each in mentions if not each.is_coarse], _same_place)
    coarse = _joined([each for each in mentions if each.is_coarse], _same_area)
    if not fine:
        return coarse
    for area in coarse:
        fine = [_narrowed_by(each, area) for each in fine]
    return fine


def _joined(
    mentions: list[Mention], same: Callable[[Mention, Mention], Mention | None]
) -> list[Mention]:
    joined: list[Mention] = []
    for mention in mentions:
        for index, known in enumerate(joined):
            both = same(known, mention)
            if both:
                joined[index] = both
                break
        else:
            joined.append(mention)
    return joined


def _same_place(one: Mention, other: Mention) -> Mention | None:
    """Two mentions that can mean the same, as one; the finer of the two candidates stays."""
    homes = {each.home for each in one.candidates} & {each.home for each in other.candidates}
    if not homes:
        return None
    if one.building and other.building and one.building != other.building:
        return None
    finer = other if any(each.kind in {"gate", "building"} for each in other.candidates) else one
    kept = tuple(each for each in finer.candidates if each.home in homes)
    how = min(one.how, other.how, key=lambda each: -WAYS[each][0])
    independent = "house" in {one.how, other.how} and one.how != other.how
    return replace(
        finer,
        candidates=kept,
        how=how,
        spelling=one.spelling if how == one.how else other.spelling,
        said=one.said or other.said,
        building=one.building or other.building,
        relation=other.relation or one.relation,
        confirmed=one.confirmed or other.confirmed or independent,
        doubts=tuple(dict.fromkeys(one.doubts + other.doubts)),
    )


def _same_area(one: Mention, other: Mention) -> Mention | None:
    """A road and the community that it runs through, or one road twice."""
    if set(one.labels) & set(other.labels):
        return one if other.house is None else other
    wide, narrow = (one, other) if one.candidates[0].kind == "community" else (other, one)
    if wide.candidates[0].kind != "community":
        return None
    codes = {each.community for each in wide.candidates}
    kept = tuple(each for each in narrow.candidates if each.community in codes)
    return replace(narrow, candidates=kept, confirmed=True) if kept else None


def _narrowed_by(mention: Mention, area: Mention) -> Mention:
    inside = tuple(each for each in mention.candidates if _lies_in(each, area))
    if inside:
        return replace(mention, candidates=inside, confirmed=True)
    doubt = f"台账里{mention.labels[0]}不在{area.labels[0]}"
    return replace(mention, doubts=(*mention.doubts, doubt))


def _lies_in(entry: Entry, area: Mention) -> bool:
    return any(
        wide.name in entry.roads if wide.kind == "road" else wide.community == entry.community
        for wide in area.candidates
    )


def _nearest(candidates: tuple[Entry, ...], near: Near) -> tuple[Entry, ...]:
    """The candidates of the community, or the one that is clearly nearest to the point."""
    if near is None:
        return ()
    if isinstance(near, str):
        return tuple(each for each in candidates if each.community == near)
    far = sorted(((_metres(each, near), index) for index, each in enumerate(candidates)))
    if far[0][0] <= BESIDE and far[1][0] >= CLEARLY * far[0][0]:
        return (candidates[far[0][1]],)
    return ()


def _metres(entry: Entry, point: tuple[float, float]) -> float:
    """Metres from a place to a point, by a flat earth; endless where the place has no point."""
    if entry.longitude is None or entry.latitude is None:
        return float("inf")
    return hypot(*step(*point, entry.longitude, entry.latitude))


def _shared_place(candidates: tuple[Entry, ...], sure: float) -> Place:
    """What several candidates share: the area, never a point."""
    roads = set.intersection(*(_roads(each) for each in candidates))
    road = roads.pop() if len(roads) == 1 else None
    estate = _only(each.estate or each.name for each in candidates)
    is_estate = all(each.kind in {"estate", "building", "gate"} for each in candidates)
    return Place(
        address=estate or road,
        estate=estate if is_estate else None,
        community=_only(each.community for each in candidates),
        grid=_only(each.grid for each in candidates),
        micro_grid=_only(each.micro_grid for each in candidates),
        confidence=sure,
    )


def _roads(entry: Entry) -> set[str]:
    return {entry.name} if entry.kind == "road" else set(entry.roads)


def _place(mention: Mention, name: str, sure: float) -> Place:
    entries = mention.candidates
    entry = entries[0]
    is_home = entry.kind in {"estate", "building", "gate"}
    return Place(
        address=name + mention.relation,
        estate=(entry.estate or entry.name) if is_home else None,
        building=mention.building if is_home else None,
        longitude=None if entry.kind in COARSE else entry.longitude,
        latitude=None if entry.kind in COARSE else entry.latitude,
        community=_only(each.community for each in entries),
        grid=_only(each.grid for each in entries),
        micro_grid=_only(each.micro_grid for each in entries),
        confidence=sure,
    )


def _name(entry: Entry, mention: Mention) -> str:
    if entry.kind == "estate" and mention.building:
        return f"{entry.name}{mention.building}栋"
    return f"{entry.name}{mention.house}号" if mention.house is not None else entry.label


def _said(mention: Mention) -> str:
    said = "、".join(mention.said)
    sentence = WAYS[mention.how][1]
    label = mention.labels[0] if len(mention.labels) == 1 else "多处"
    return sentence.format(label=label, spelling=mention.spelling, said=said)


def _labels(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.label for each in entries))


def _only(values: Iterable[str]) -> str | None:
    """The one value that all have; None if they differ or it is empty."""
    known = set(values)
    return (known.pop() or None) if len(known) == 1 else None
