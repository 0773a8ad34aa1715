"""How well written places are recognised: `python -m tests.bench.places [PART …]`.

Reads the variants that people wrote over an invented town, and prints precision, recall and
calibration; with --wrong also what was not right; with --speed how long a match takes.
"""

import csv
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from statistics import mean, median
from time import perf_counter, process_time

from services.reference.places import Gazetteer, Match, load_gazetteer
from services.reference.places.entries import Entry

DATA = Path(__file__).parents[1] / "unit" / "reference" / "data"
PARTS = ("develop", "held_out", "fresh", "last")
BANDS = ((0.0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01))


@dataclass(frozen=True)
class Variant:
    """A text, what its source knew of the place, and what it means: place, ambiguous, unknown."""

    part: str
    who: str
    text: str
    near: str
    outcome: str
    expected: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """A variant with what was made of it."""

    variant: Variant
    match: Match

    @cached_property
    def outcome(self) -> str:
        """Whether one place was given, several, or none."""
        if self.match.is_sure:
            return "place"
        return "ambiguous" if self.match.alternatives else "unknown"

    @cached_property
    def is_right(self) -> bool:
        """One place: exactly that; several: the ones that are meant are among them."""
        if self.outcome != self.variant.outcome:
            return False
        if self.outcome == "place":
            return self.match.name == self.variant.expected[0]
        named = {each.rsplit("栋")[0].rstrip("0123456789") for each in self.match.alternatives}
        return set(self.variant.expected) <= named | set(self.match.alternatives)


def gazetteer() -> Gazetteer:
    """The invented town."""
    return load_gazetteer(DATA / "gazetteer.csv")


def variants(part: str = "") -> list[Variant]:
    """What people wrote: of one part of the set, or all."""
    with (DATA / "address_variants.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Variant(
            row["part"],
            row["who"],
            row["text"],
            row["near"],
            row["outcome"],
            tuple(filter(None, row["expected"].split("|"))),
        )
        for row in rows
        if part in {"", row["part"]}
    ]


def judged(part: str = "") -> list[Judged]:
    """Every variant of a part with what the matcher makes of it."""
    town = gazetteer()
    codes = {each.name.removesuffix("社区"): each.community for each in town.entries}
    return [
        Judged(each, town.match(each.text, codes[each.near] if each.near else None))
        for each in variants(part)
    ]


def precision(answers: Iterable[Judged]) -> float:
    """Of the places that were given, the share that is right."""
    return mean(each.is_right for each in answers if each.outcome == "place")


def recall(answers: Iterable[Judged]) -> float:
    """Of the places that are meant, the share that was given."""
    return mean(each.is_right for each in answers if each.variant.outcome == "place")


def silence(answers: Iterable[Judged]) -> float:
    """Of the texts that name no one place, the share for which no one place was given."""
    return mean(each.outcome != "place" for each in answers if each.variant.outcome != "place")


def common_ground(answers: Iterable[Judged]) -> float:
    """Of the ambiguous texts, the share whose meant places were all named as alternatives."""
    return mean(each.is_right for each in answers if each.variant.outcome == "ambiguous")


def calibration(answers: Iterable[Judged]) -> list[tuple[str, int, float, float]]:
    """(band, number, mean confidence, share right) of the places that were given."""
    given = [each for each in answers if each.outcome == "place"]
    rows = []
    for low, high in BANDS:
        band = [each for each in given if low <= each.match.confidence < high]
        if band:
            sure = mean(each.match.confidence for each in band)
            right = mean(each.is_right for each in band)
            rows.append((f"{low:.1f}-{min(high, 1.0):.1f}", len(band), sure, right))
    return rows


def report(part: str) -> str:
    """The figures of one part as lines."""
    answers = judged(part)
    lines = [
        f"{part}: {len(answers)} variants",
        f"  precision      {precision(answers):.3f}",
        f"  recall         {recall(answers):.3f}",
        f"  silence        {silence(answers):.3f}",
        f"  alternatives   {common_ground(answers):.3f}",
        "  confidence  places  mean  right",
    ]
    lines += [
        f"  {band:>10}  {count:6}  {sure:.2f}  {right:.3f}"
        for band, count, sure, right in calibration(answers)
    ]
    return "\n".join(lines)


def wrong(part: str) -> str:
    """What was not right, one a line."""
    return "\n".join(
        f"  {each.variant.text[:60]!r} ({each.variant.near}): meant"
        f" {each.variant.outcome} {'|'.join(each.variant.expected)}; given {each.outcome}"
        f" {each.match.name or '|'.join(each.match.alternatives)} {each.match.confidence}"
        f" {each.match.why}"
        for each in judged(part)
        if not each.is_right
    )


def city(size: int = 10_000) -> Gazetteer:
    """A large invented gazetteer: four estates for each road, names that resemble each other."""
    firsts = "云松岚晴禾枫霁棠澄桐望青石杏桂百鹿锦蓝滨月晨星河山天春秋竹梅兰菊柏杨柳桃李梨雪霞"
    seconds = "栖苑庭湾台阁汀舍潮鼓花影草露鸣榆湖泉峰溪林岭谷坪坝桥亭轩坊塘渡屏洲渚岸堤"
    stems = ["".join(each) for each in product(firsts, seconds, ("", *"云山水石"))]
    random.Random(7).shuffle(stems)
    tails = ("小区", "花园", "一期", "二期")
    roads = [f"{stem}路" for stem in stems[: size // 5]]
    estates = [
        Entry("estate", stem + tail, roads=(road,), community=f"9901080{index % 90:05d}")
        for index, (stem, road) in enumerate(zip(stems[size // 5 :], roads, strict=False))
        for tail in tails
    ]
    return Gazetteer(tuple(Entry("road", road) for road in roads) + tuple(estates))


def seconds_a_match(town: Gazetteer, texts: list[str]) -> list[float]:
    """The shortest of three runs of each text, in seconds of the processor."""
    town.match(texts[0])
    return [min(_timed(town, text) for _ in range(3)) for text in texts]


def messages_of(town: Gazetteer, count: int = 300, length: int = 120) -> list[str]:
    """Long variants, each with the name of one of the town's estates in its middle."""
    long = [each.text for each in variants() if len(each.text) >= 60]
    names = [each.name for each in town.entries if each.kind == "estate"]
    drawn = random.Random(7)
    return [
        (text[:40] + drawn.choice(names) + "3栋2单元" + text[40:] + "，请尽快处理" * 20)[:length]
        for text in (drawn.choice(long) for _ in range(count))
    ]


def speed() -> str:
    """How long a match of 120 characters takes against 10,000 entries."""
    town = city()
    start = perf_counter()
    town.match("")
    built = perf_counter() - start
    taken = sorted(seconds_a_match(town, messages_of(town)))
    middle, late = median(taken) * 1e6, taken[len(taken) * 95 // 100] * 1e6
    return (
        f"{len(town.entries)} entries, 120 characters: median {middle:.0f} µs,"
        f" 95% within {late:.0f} µs; index built in {built:.2f} s"
    )


def _timed(town: Gazetteer, text: str) -> float:
    start = process_time()
    town.match(text)
    return process_time() - start


if __name__ == "__main__":
    for name in [each for each in sys.argv[1:] if each[0] != "-"] or list(PARTS):
        print(report(name))
        if "--wrong" in sys.argv:
            print(wrong(name))
    if "--speed" in sys.argv:
        print(speed())
