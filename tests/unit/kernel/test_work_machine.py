"""A state machine on the unit of work: any order, any duplicates, any retries."""

import random
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.kernel.record import Emitted, Message
from services.kernel.work import Subject, Work
from tests.unit.kernel.toy import NOW, STATES, Added, Tally, domain, message, outlet

SOURCES = ("街道", "社区")
SUBJECTS = ("井盖-1", "井盖-2")
COUNT = 6
KEYS = [(source, subject) for source in SOURCES for subject in SUBJECTS]
NUMBERED = [(source, subject, number) for source, subject in KEYS for number in range(1, COUNT + 1)]


def numbered(source: str, subject: str, number: int) -> Message:
    """The `number`-th message of a source about a subject; its amount tells which it was."""
    event = Added(subject_id=subject, amount=number if source == SOURCES[0] else number * 100)
    offset = NUMBERED.index((source, subject, number))
    return message(event, f"{source}/{subject}/{number}", number, source, offset=offset)


class Deliveries(RuleBasedStateMachine):
    """Messages of two counting sources reach two subjects in batches of any kind."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, Subject] = {}
        self.parked: dict[str, Message] = {}
        self.mail: list[Emitted] = []

    @initialize(seed=st.integers(0, 2**32))
    def shuffle(self, seed: int) -> None:
        """The order in which messages come at last, if they have not come before."""
        self.chance = random.Random(seed)

    def deliver(self, batch: Iterable[Message], commits: bool = True) -> Work:
        """One transaction over a batch; if it does not commit, nothing has happened."""
        loaded = {each.id: _loaded(each) for each in self.rows.values()}
        work = Work(domain(), "toy", outlet(), NOW, subjects=loaded)
        for each in batch:
            work.take(each)
        assert not work.rejected
        if commits:
            self._commit(work)
        return work

    def _commit(self, work: Work) -> None:
        for each in work.done:
            if each.waited and each.id in self.parked:
                del self.parked[each.id]
                work.subjects[each.subject].parked -= 1
        again = [each for each in work.parked if each.id in self.parked]
        for each in again:
            work.subjects[each.subject].parked -= 1
        self.parked |= {each.id: each for each in work.parked}
        self.rows |= work.subjects
        self.mail += work.outcome.emitted

    @rule(chosen=st.lists(st.sampled_from(NUMBERED), min_size=1, max_size=8))
    def a_batch_comes(self, chosen: list[tuple[str, str, int]]) -> None:
        """In whatever order, with gaps and with duplicates, even within the batch."""
        self.deliver(numbered(*each) for each in dict.fromkeys(chosen))
        self.release()

    @rule(chosen=st.lists(st.sampled_from(NUMBERED), min_size=1, max_size=8))
    def a_batch_fails_and_comes_again(self, chosen: list[tuple[str, str, int]]) -> None:
        """Decided twice, it gives out the same ids both times."""
        batch = [numbered(*each) for each in dict.fromkeys(chosen)]
        lost = self.deliver(batch, commits=False)
        kept = self.deliver(batch)
        assert [each.id for each in lost.outcome.emitted] == [
            each.id for each in kept.outcome.emitted
        ]
        self.release()

    def release(self) -> None:
        """What waits is tried again until nothing moves."""
        while self.parked:
            before = len(self.parked)
            waiting = sorted(
                self.parked.values(), key=lambda each: (each.source, each.sequence or 0)
            )
            self.deliver(replace(each, waited=1.0) for each in waiting)
            if len(self.parked) == before:
                return

    @invariant()
    def each_source_had_its_effect_once_and_in_order(self) -> None:
        for row in self.rows.values():
            tally = row.state or Tally()
            for source, factor in zip(SOURCES, (1, 100), strict=True):
                given = [each for each in tally.amounts if (each >= 100) == (factor == 100)]
                assert given == [factor * number for number in range(1, len(given) + 1)]
                assert row.seen.get(source, 0) == len(given)
            assert tally.total == sum(tally.amounts)

    @invariant()
    def outgoing_numbers_have_no_gaps(self) -> None:
        for subject in SUBJECTS:
            numbers = [each.sequence for each in self.mail if each.event.subject == subject]
            assert numbers == list(range(1, len(numbers) + 1))
        assert len({each.id for each in self.mail}) == len(self.mail)

    @invariant()
    def the_counter_of_what_waits_is_true(self) -> None:
        for row in self.rows.values():
            assert row.parked == sum(each.subject == row.id for each in self.parked.values())

    def teardown(self) -> None:
        """At last everything comes, in any order: then nothing is missing and nothing waits."""
        if not hasattr(self, "chance"):
            return
        rest = [numbered(*each) for each in NUMBERED]
        self.chance.shuffle(rest)
        for each in rest:
            self.deliver([each])
            self.release()
        assert not self.parked
        for subject in SUBJECTS:
            amounts = self.rows[subject].state.amounts
            assert sorted(amounts) == sorted(f * n for f in (1, 100) for n in range(1, COUNT + 1))


def _loaded(row: Subject) -> Subject:
    """The row as the next transaction reads it."""
    raw = None if row.state is None else STATES.dump_json(row.state).decode()
    decode = STATES.validate_json
    return Subject(
        row.id, raw, decode, dict(row.seen), row.sequence, row.parked, row.express, is_new=False
    )


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
