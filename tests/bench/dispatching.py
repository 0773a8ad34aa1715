"""How many decisions a second: `python -m tests.bench.dispatching [--rules N] [--json]`.

A district of 7,850 members, a table of 1,000 rules, whole decisions: rules, scheme, deadlines by
the working calendar, the person, and the event that says so. Beside it a batch of a surge, as the
service assigns it at the end of a window. One core; all of it is invented.
"""

import argparse
import json
import random
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter, process_time
from typing import Any

from schemas.dispatch import IncidentDispatched
from schemas.incident import Category, Kind, Severity
from schemas.place import Place
from schemas.report import Source, TicketType
from services.dispatch.adapters.rule_folder import texts
from services.dispatch.adapters.solver import solve
from services.dispatch.domain.assignment import assign
from services.dispatch.domain.book import ROUTING, read_book
from services.dispatch.domain.decide import dispatch
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.roster.reading import read_roster
from services.dispatch.domain.situation import Situation, facts_of
from services.dispatch.domain.surge import (
    Expected,
    Member,
    Spot,
    Street,
    SurgeRules,
    Waiting,
)
from services.dispatch.domain.whereabouts import ON_E_BIKE, ON_FOOT
from services.reference.calendar import load_calendar
from services.reference.catalogue import Catalogue, load_catalogue

MEMBERS = 7_850
DECISIONS = 20_000
SEED = 20260302
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
DISTRICT = "510199"
SURGES, SURGE_INCIDENTS, SURGE_MEMBERS, SURGE_PLACES = 11, 200, 400, 240
STREET_METRES = 3_200.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.rules)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:<28} {value:>12,}")


def measure(rules: int = 1_000) -> dict[str, Any]:
    """Decisions a second of one core, of the table alone and as a whole."""
    chance, catalogue = random.Random(SEED), load_catalogue()
    micro_grids = [
        f"{DISTRICT}{street:03}{community:03}{grid:03}{micro:03}"
        for street in range(1, 16)
        for community in range(1, 8)
        for grid in range(1, 9)
        for micro in range(1, 6)
    ][: MEMBERS // 2]
    began = perf_counter()
    book = make_book(rules, micro_grids, catalogue, chance)
    loading = perf_counter() - began
    load = {f"W{micro}-{number}": chance.randrange(6) for micro in micro_grids for number in (1, 2)}
    seen = Situation(book, "bench", load)
    plans = [_plan(chance, micro_grids, catalogue) for _ in range(DECISIONS)]
    moments = [BEGIN + timedelta(seconds=chance.randrange(200 * 86_400)) for _ in plans]
    facts = [facts_of(plan, seen, now) for plan, now in zip(plans, moments, strict=True)]
    members = len(seen.load)
    table = _rate(lambda: [book.table.decide(each) for each in facts])
    whole = _rate(lambda: _dispatched(plans, moments, seen))
    by_roster = Situation(book, "bench", dict(load), roster=_roster(micro_grids))
    rostered = _rate(lambda: _dispatched(plans, moments, by_roster))
    return {
        "members": members,
        "rules": len(book.table.rules),
        "load_ms": round(loading * 1000),
        "table_decisions_per_s": round(table),
        "whole_decisions_per_s": round(whole),
        "by_roster_decisions_per_s": round(rostered),
        "surge_batch_ms": round(surge_batch(chance), 1),
    }


def surge_batch(chance: random.Random) -> float:
    """Milliseconds for a batch: the median of some, each of another street; SciPy is loaded."""
    rules, spans = SurgeRules(), []
    for _ in range(SURGES + 1):
        street = Street(
            [_member(chance, number) for number in range(SURGE_MEMBERS)],
            [Expected(_spot(chance), 1 / SURGE_PLACES) for _ in range(SURGE_PLACES)],
        )
        waiting = [_waiting(chance, number) for number in range(SURGE_INCIDENTS)]
        began = process_time()
        verdicts = assign(street, waiting, BEGIN, rules, solve)
        spans.append(1000 * (process_time() - began))
        if len(verdicts) != SURGE_INCIDENTS:
            raise RuntimeError(f"{len(verdicts)} verdicts for {SURGE_INCIDENTS} incidents")
    return median(spans[1:])


def _spot(chance: random.Random) -> Spot:
    return Spot(chance.uniform(0, STREET_METRES), chance.uniform(0, STREET_METRES))


def _member(chance: random.Random, number: int) -> Member:
    pace, start = chance.choice((ON_FOOT, ON_E_BIKE))
    return Member(f"M{number}", _spot(chance), pace, start, chance.uniform(0, 8))


def _waiting(chance: random.Random, number: int) -> Waiting:
    since = BEGIN - timedelta(seconds=chance.randrange(3_600))
    severity = chance.choices(list(Severity), (50, 35, 12, 3))[0]
    return Waiting(f"I{number}", severity, _spot(chance), since)


def _roster(micro_grids: list[str]) -> Roster:
    """Two members a micro-grid, one by day and one by night, with posts."""
    people = [
        f'  - {{id: W{micro}-{number}, level: micro_grid, areas: ["{micro}"], at: [104.05, 30.65]}}'
        for micro in micro_grids
        for number in (1, 2)
    ]
    shifts = [
        f'  - {{name: "{number}", hours: "{hours}", people: [{", ".join(names)}]}}'
        for number, hours in ((1, "08:00-20:00"), (2, "20:00-08:00"))
        for names in [[f"W{micro}-{number}" for micro in micro_grids]]
    ]
    return read_roster("\n".join(("people:", *people, "shifts:", *shifts)))


def _rate(work: Any) -> float:
    began = process_time()
    work()
    return DECISIONS / (process_time() - began)


def _dispatched(plans: list[Plan], moments: list[datetime], seen: Situation) -> None:
    for number, (plan, now) in enumerate(zip(plans, moments, strict=True)):
        for event in dispatch(f"I{number}", plan, seen, now):
            if not isinstance(event, IncidentDispatched):
                continue
            seen.observe(event)


def _plan(chance: random.Random, micro_grids: list[str], catalogue: Catalogue) -> Plan:
    entry, micro = chance.choice(list(catalogue.entries.values())), chance.choice(micro_grids)
    return Plan(
        Category(code=entry.code, name=entry.name, scene=entry.scene),
        chance.choice(list(Severity)),
        Kind.HAZARD,
        Place(community=micro[:12], grid=micro[:15], micro_grid=micro),
        source=chance.choice(list(Source)),
        ticket=chance.choice([None, *TicketType]),
    )


def make_book(
    count: int, micro_grids: list[str], catalogue: Catalogue, chance: random.Random
) -> RuleBook:
    """The shipped rules, with so many others before them that all match somewhere."""
    shipped = texts(None)
    head, _, last = shipped[ROUTING].partition("\nrules:\n")
    taken: set[tuple[str, str]] = set()
    added = "\n".join(_rule(n, micro_grids, catalogue, chance, taken) for n in range(count))
    files = shipped | {ROUTING: f"{head}\nrules:\n{added}\n{last}"}
    return read_book(files, catalogue, load_calendar(), BEGIN)[0]


def _rule(
    number: int,
    micro_grids: list[str],
    catalogue: Catalogue,
    chance: random.Random,
    taken: set[tuple[str, str]],
) -> str:
    """A rule that those before leave something for: each pair of category and area comes once."""
    while True:
        micro, code = chance.choice(micro_grids), chance.choice(list(catalogue.entries))
        area = micro[: chance.choice((9, 12, 15))]
        if not any((code, area[:length]) in taken for length in (9, 12, 15)):
            taken.add((code, area))
            break
    when = [f'area: "{area}"', f'category: "{code}"']
    if chance.random() < 0.4:
        when.append('hours: "22:00-06:00"')
    if chance.random() < 0.3:
        when.append(f"source: [{chance.choice(list(Source))}]")
    goes_on = "true" if chance.random() < 0.2 else "false"
    example = f'{{category: "{code}", area: "{micro}", at: 2020-01-01, matches: false}}'
    level = chance.choice(("grid", "community", "street"))
    return (
        f"  - {{name: 规则{number}, when: {{dates: 2026-01-01..2026-12-31, {', '.join(when)}}}, "
        f"then: {{level: {level}}}, continue: {goes_on}, examples: [{example}]}}"
    )


if __name__ == "__main__":
    main()
