"""The checker: an own ledger of what was sent, against what the topics and tables say.

It knows the contract and nothing of how the services work. Each invariant gives sentences;
none at all means that nothing was lost, doubled or put out of order.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.chaos.evidence import CONSUMERS, Fact, Place, Tables, all_facts, read_tables

RECEIVED = "hub.report.received.v1"
CLASSIFIED, MERGED = "hub.incident.classified.v1", "hub.report.merged.v1"
ASKED = "hub.review.requested.v1"
DISMISSED, REFUSED = "hub.report.dismissed.v1", "hub.merge.refused.v1"
DISPATCHED, CLOSED = "hub.incident.dispatched.v1", "hub.case.closed.v1"
OVERDUE, RECEIPT, STEP = "hub.stage.overdue.v1", "hub.hotline.receipt.v1", "hub.worker.step.v1"
ONE_ANSWER_EACH = ("accepted", "closed")
EXAMPLES = 3


@dataclass
class Ledger:
    """What was sent and acknowledged: the threads of reports, and where poison lies."""

    threads: set[str] = field(default_factory=set)
    poison: set[Place] = field(default_factory=set)
    earlier: set[tuple[str, str, int, int]] = field(default_factory=set)
    """Dead letters that were there before."""
    sent: int = 0
    restored: bool = False
    """Feedback's tables came back from a backup: what it had told the outside since, and would
    not tell today, is in no archive."""


@dataclass
class Verdict:
    """What was found: sentences for what is wrong, and figures."""

    wrong: list[str]
    figures: dict[str, int]


async def check(ledger: Ledger, bootstrap: str, dsn: str) -> Verdict:
    """All invariants over all there is to see."""
    return Checker(ledger, await all_facts(bootstrap), await read_tables(dsn)).verdict()


def first_occurrences(facts: Sequence[Fact]) -> list[Fact]:
    """Each event once, where it came first."""
    found: dict[tuple[str, str], Fact] = {}
    for each in facts:
        found.setdefault((each.source, each.id), each)
    return list(found.values())


class Checker:
    """The invariants, over the subjects of one ledger."""

    def __init__(self, ledger: Ledger, facts: Sequence[Fact], tables: Tables) -> None:
        self.ledger, self.tables = ledger, tables
        poison = ledger.poison | {each[1:] for each in tables.dead}
        sound = [each for each in facts if each.place not in poison and each.id]
        opened = [e for e in sound if e.type == CLASSIFIED and self._voice(e) in ledger.threads]
        self.incidents = {each.incident for each in opened}
        ours = ledger.threads | self.incidents
        self.all = [
            each for each in sound if each.subject in ours or each.incident in self.incidents
        ]
        self.first = first_occurrences(self.all)

    @staticmethod
    def _voice(each: Fact) -> str:
        return str(each.body.get("voice", {}).get("thread", ""))

    def verdict(self) -> Verdict:
        """What is wrong, at most a few examples of each kind."""
        kinds: dict[str, list[str]] = defaultdict(list)
        for kind, sentence in self._wrong():
            kinds[kind].append(sentence)
        wrong = [
            f"{kind}: {len(found)}, as {'; '.join(found[:EXAMPLES])}"
            for kind, found in kinds.items()
        ]
        figures = {
            "sent": self.ledger.sent,
            "reports": len(self.ledger.threads),
            "incidents": len(self.incidents),
            "events": len(self.first),
            "again": len(self.all) - len(self.first),
            "poison": len(self.ledger.poison),
            "overdue": sum(1 for _ in self._of(OVERDUE)),
            **{kind: len(found) for kind, found in kinds.items()},
        }
        return Verdict(wrong, figures)

    def _wrong(self) -> Iterator[tuple[str, str]]:
        for kind, invariant in {
            "report without its end": self._reports,
            "dispatch": self._dispatches,
            "order": self._order,
            "closing": self._closings,
            "effect": self._effects,
            "answer": self._answers,
            "left over": self._left_over,
            "dead letter": self._dead_letters,
            "timer": self._timers,
        }.items():
            yield from ((kind, sentence) for sentence in invariant())

    def _of(self, *types: str) -> Iterator[Fact]:
        return (each for each in self.first if each.type in types)

    def _reports(self) -> Iterator[str]:
        """Every accepted report is received once, and opens, joins or is dismissed once.

        What a person is asked about waits, and that once: nobody answers here.
        """
        received = Counter(each.subject for each in self._of(RECEIVED))
        ends = Counter(self._voice(each) for each in self._of(CLASSIFIED, MERGED))
        ends.update(each.subject for each in self._of(DISMISSED))
        asked = Counter(each.subject for each in self._of(ASKED))
        ends += Counter({thread: n for thread, n in asked.items() if thread not in ends})
        again = Counter(self._voice(each) for each in self._of(REFUSED))
        for thread in self.ledger.threads:
            if received[thread] != 1:
                yield f"{thread} was received {received[thread]} times"
            elif ends[thread] - again[thread] != 1:
                yield f"{thread} came to {ends[thread]} ends"

    def _dispatches(self) -> Iterator[str]:
        """At most one dispatch per incident and round; at least one per incident."""
        rounds: dict[str, list[int]] = {each: [] for each in self.incidents}
        for each in self._of(DISPATCHED):
            rounds[each.incident].append(int(each.body["round"]))
        for incident, found in rounds.items():
            if sorted(found) != list(range(1, len(found) + 1)) or not found:
                yield f"{incident} was dispatched in rounds {found}"

    def _order(self) -> Iterator[str]:
        """Per producer and subject: no gaps, first occurrences in order, one lane."""
        numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
        said: dict[tuple[str, str], list[str]] = defaultdict(list)
        lanes: dict[tuple[str, str], set[tuple[str, int]]] = defaultdict(set)
        for each in self.first:
            if each.sequence:
                numbers[each.source, each.subject].append(each.sequence)
                said[each.source, each.subject].append(f"{each.sequence} {each.type}")
                lanes[each.source, each.subject].add((each.topic, each.partition))
        for key, found in numbers.items():
            if found != list(range(1, len(found) + 1)):
                yield f"{key} counted {', '.join(said[key])}"
            if len(lanes[key]) > 1:
                yield f"{key} travelled in {sorted(lanes[key])}"

    def _closings(self) -> Iterator[str]:
        """One case per incident, closed once."""
        closed = Counter(each.incident for each in self._of(CLOSED))
        for incident in self.incidents:
            if closed[incident] != 1 or self.tables.ledger.get(incident) != "closed":
                state = self.tables.ledger.get(incident)
                yield f"{incident} was closed {closed[incident]} times, is {state}"
            if incident in self.tables.assigned:
                yield f"{incident} is still on somebody's hands"

    def _effects(self) -> Iterator[str]:
        """Archived exactly once: everything that feedback takes in or gives out."""
        here = ("hub.", "upstream.workers.steps") + ("downstream.",) * (not self.ledger.restored)
        wanted = {(e.source, e.id) for e in self.first if e.topic.startswith(here)}
        archived = Counter((row[0], row[1]) for row in self.tables.archive)
        for key in wanted:
            if archived[key] != 1:
                yield f"{key} has {archived[key]} rows in the archive"
        types = Counter(row[2] for row in self.tables.archive)
        if types != Counter(self.tables.tallies):
            yield f"the tallies say {self.tables.tallies}, the archive {dict(types)}"

    def _answers(self) -> Iterator[str]:
        """Whoever called the hotline hears once that it was taken up, and once that it is over."""
        given = Counter((e.subject, str(e.body.get("state"))) for e in self._of(RECEIPT))
        merged = {self._voice(e) for e in self._of(CLASSIFIED, MERGED)}
        for thread in self.ledger.threads & merged:
            if thread.startswith("hotline"):
                for state in ONE_ANSWER_EACH:
                    if given[thread, state] != 1:
                        yield f"{thread} heard {given[thread, state]} times that it is {state}"

    def _left_over(self) -> Iterator[str]:
        for what in ("outbox", "parked", "timers_due"):
            for service, count in getattr(self.tables, what).items():
                if count:
                    yield f"{count} in {service}.{what}"

    def _dead_letters(self) -> Iterator[str]:
        """Exactly the poison, once for each service that reads the topic.

        Intake looks inside of few events of the others: it need not find what is wrong there.
        """
        known = {(name, *place) for place in self.ledger.poison for name in CONSUMERS[place[0]]}
        wanted = {each for each in known if each[0] != "intake" or each[1].startswith("upstream.")}
        found = set(self.tables.dead) - self.ledger.earlier
        yield from (f"{each} is missing" for each in wanted - found)
        yield from (f"{each} was no poison: {self.tables.dead[each]}" for each in found - known)

    def _timers(self) -> Iterator[str]:
        """A clock of a stage runs out at most once a round."""
        rung = Counter(
            (e.incident, str(e.body["stage"]), int(e.body["round"])) for e in self._of(OVERDUE)
        )
        yield from (f"{key} rang {count} times" for key, count in rung.items() if count > 1)
