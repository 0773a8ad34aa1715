"""A hotline centre of three hundred tickets: each hears what happens to it, once, in order.

Tickets join, leave, are split off, absorbed, rated; people take whatever step comes to their mind.
What a voice should hear stands here a second time, in a table of its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random

import pytest

from schemas.case import CaseClosed, CaseExtended, HotlineReceipt, MergeRefused, StepRefused
from schemas.event import Event
from schemas.flow import Service
from schemas.incident import (
    IncidentAbsorbed,
    IncidentSplit,
    IncidentUrged,
    IncidentWithdrawn,
    VoiceWithdrawn,
)
from schemas.worker import Action, CitizenRated
from services.feedback.adapters.memory import Cases
from services.feedback.domain.case import Case, State
from services.feedback.domain.workflow import WORKFLOW
from services.feedback.main import make_domain
from services.hosting.service import outlet_of
from services.kernel.record import Message
from services.kernel.work import Subject, Work
from tests.unit.feedback.cases import NOON, by, did, incident, merged, sent, voice

TICKETS = 300
DOINGS = 6_000
RECENT = 12
"""Incidents that something happens to, the youngest."""
STEPS: Mapping[Action, str] = {
    Action.ACCEPT: "in_progress",
    Action.DEPART: "",
    Action.ARRIVE: "",
    Action.DISPOSE: "disposed",
    Action.CHECK: "closed",
    Action.DECLINE: "",
    Action.RETURN: "returned",
    Action.REGISTER: "",
    Action.NOT_ACCEPT: "not_accepted",
    Action.ASK_HELP: "",
    Action.ASK_EXTENSION: "extension_asked",
    Action.ASK_SUSPENSION: "",
    Action.GRANT: "in_progress or suspended",
    Action.DENY: "in_progress or nothing",
    Action.RESUME: "in_progress",
    Action.REOPEN: "reopened",
}
"""What a step means to whoever called; refused, it means nothing."""
STANDS = {
    **dict.fromkeys((State.HANDLING, State.EN_ROUTE, State.ON_SITE), "in_progress"),
    State.SUSPENDED: "suspended",
    State.PENDING_CHECK: "disposed",
}


@dataclass
class Centre:
    """Feedback's rules in memory, and what each ticket was told beside what it should be told."""

    chance: Random
    subjects: dict[str, Subject] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    """The threads of each incident."""
    heard: dict[str, list[HotlineReceipt]] = field(default_factory=lambda: defaultdict(list))
    due: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Of each thread: by which incident it should be told what."""
    ids: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    rounds: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.domain = make_domain()
        self.outlet = outlet_of(Service.FEEDBACK)
        self.now = NOON

    def take(self, event: Event) -> list[Event]:
        """What an event leads to; it comes twice now and then, and has its effect once."""
        number = next(self.numbers)
        self.now += timedelta(seconds=1)
        message = Message(
            f"m{number}", "test", event.subject, event, sequence=self._place(event.subject)
        )
        done = self._work(message)
        if self.chance.random() < 0.1:
            assert not self._work(message), "once"
        return done

    def _place(self, subject: str) -> int:
        known = self.subjects.get(subject)
        return (known.seen.get("test", 0) if known else 0) + 1

    def _work(self, message: Message) -> list[Event]:
        of_thread = {thread: name for name, all_ in self.members.items() for thread in all_}
        work = Work(
            self.domain,
            Service.FEEDBACK,
            self.outlet,
            self.now,
            Cases(incident_of=of_thread),
            self.subjects,
        )
        work.take(message)
        assert not work.rejected and not work.parked, work.rejected or work.parked
        for each in work.outcome.emitted:
            assert each.id not in self.ids, "every answer has an id of its own"
            self.ids.add(each.id)
            if isinstance(each.event, HotlineReceipt):
                assert each.subject == each.event.thread
                self.heard[each.event.thread].append(each.event)
        return [each.event for each in work.outcome.emitted]

    def case(self, name: str) -> Case:
        """How a case stands."""
        state = self.subjects[name].state
        assert isinstance(state, Case)
        return state

    def all_of(self, name: str, told: str) -> None:
        """Each voice of an incident should hear this."""
        for thread in self.members[name]:
            self.due[thread].append((name, told))

    def a_ticket(self, number: int) -> None:
        """A further ticket: a matter of its own, or one that is open already."""
        thread = f"t:{number}"
        if self.members and self.chance.random() < 0.4:
            self.joins(self.chance.choice(list(self.members)[-RECENT:]), thread)
            return
        self.opens(f"I{number}", [thread])

    def opens(self, name: str, threads: list[str], split_from: str | None = None) -> None:
        """An incident of its own; its further voices join it."""
        first = voice(int(threads[0][2:]), ticket=f"T{threads[0][2:]}")
        opened = {"incident_id": name, "split_from": split_from}
        self.members[name] = threads[:1]
        self.due[threads[0]].append((name, "accepted"))
        self.take(incident(first).model_copy(update=opened))
        for each in threads[1:]:
            self.joins(name, each)

    def joins(self, name: str, thread: str) -> None:
        """A voice joins, is told so and how far it has come; or comes too late."""
        state = self.case(name).state
        heard = voice(int(thread[2:]), ticket=f"T{thread[2:]}")
        events = self.take(merged(heard).model_copy(update={"incident_id": name}))
        if state is State.CLOSED:
            assert isinstance(events[0], MergeRefused)
            self.opens(f"{name}+{thread}", [thread])
            return
        self.members[name].append(thread)
        self.due[thread].append((name, "accepted"))
        if state in STANDS:
            self.due[thread].append((name, STANDS[state]))

    def is_sent(self, name: str) -> None:
        """Somebody is sent; nobody outside hears of it."""
        self.rounds[name] = self.rounds.get(name, 0) + 1
        self.take(sent(self.rounds[name]).model_copy(update={"incident_id": name}))

    def a_step(self, name: str) -> None:
        """Somebody does something, allowed or not."""
        state, asked = self.case(name).state, self.case(name).request
        allowed = [each for each in STEPS if state in WORKFLOW[each].states]
        action = self.chance.choice(allowed * 3 + list(STEPS))
        passed = self.chance.random() < 0.7
        said = did(action, by(action), passed=passed).model_copy(update={"incident_id": name})
        events = self.take(said)
        if any(isinstance(each, StepRefused) for each in events):
            return
        told = STEPS[action]
        if action is Action.CHECK and not passed:
            told = ""
        if action is Action.GRANT:
            is_longer = any(isinstance(each, CaseExtended) for each in events)
            told = "in_progress" if is_longer else "suspended"
        if action is Action.DENY:
            told = "in_progress" if asked and asked.asked == "extension" else ""
        if told:
            self.all_of(name, told)

    def leaves(self, name: str) -> None:
        """A voice is taken back; with the last one the incident is."""
        if not self.members[name]:
            return
        thread = self.chance.choice(self.members[name])
        if len(self.members[name]) == 1:
            gone = IncidentWithdrawn(incident_id=name, reasons=(), withdrawn_at=self.now)
            if any(isinstance(each, CaseClosed) for each in self.take(gone)):
                self.all_of(name, "closed")
        else:
            self.members[name].remove(thread)
            self.take(VoiceWithdrawn(incident_id=name, thread=thread, withdrawn_at=self.now))

    def is_split(self, name: str) -> None:
        """Some voices are a matter of their own."""
        members = self.members[name]
        if len(members) < 2 or self.case(name).state is State.CLOSED:
            return
        gone = self.chance.sample(members, self.chance.randint(1, len(members) - 1))
        into = f"{name}/{next(self.numbers)}"
        self.members[name] = [each for each in members if each not in gone]
        more = {"by": "S-1", "reason": "另一处", "split_at": self.now}
        self.take(IncidentSplit(incident_id=name, into=into, threads=tuple(gone), **more))
        self.opens(into, gone, name)

    def is_absorbed(self, name: str) -> None:
        """Two open incidents are one."""
        is_open = [n for n in self.members if self.case(n).state is not State.CLOSED and n != name]
        if not is_open or self.case(name).state is State.CLOSED:
            return
        into, members = self.chance.choice(is_open), self.members[name]
        self.members[name] = []
        self.take(
            IncidentAbsorbed(
                incident_id=name, into=into, reasons=(), by="S-1", absorbed_at=self.now
            )
        )
        for thread in members:
            self.joins(into, thread)

    def is_urged(self, name: str) -> None:
        """Somebody calls again: nothing new to tell."""
        for thread in self.members[name][:1]:
            urged = {"change": "催办", "count": 1, "urged_at": self.now}
            assert not self.take(IncidentUrged(incident_id=name, thread=thread, **urged))

    def is_rated(self, name: str) -> None:
        """The citizen answers: what is not solved is opened again, and all hear of it."""
        if not self.members[name]:
            return
        solved = self.chance.choice([True, False, None])
        was_closed = self.case(name).state is State.CLOSED
        thread = self.chance.choice(self.members[name])
        self.take(CitizenRated(thread=thread, solved=solved, satisfied="", at=self.now))
        if was_closed and solved is False:
            self.all_of(name, "reopened")


@pytest.mark.parametrize("seed", range(2))
def test_each_of_three_hundred_tickets_hears_all_that_concerns_it_once_and_in_order(
    seed: int,
) -> None:
    centre = Centre(Random(seed))
    doings = [
        *[centre.is_sent] * 3,
        *[centre.a_step] * 12,
        centre.leaves,
        centre.is_split,
        centre.is_absorbed,
        centre.is_urged,
        centre.is_rated,
    ]
    for number in range(1, TICKETS + 1):
        centre.a_ticket(number)
        for _ in range(DOINGS // TICKETS):
            centre.chance.choice(doings)(centre.chance.choice(list(centre.members)[-RECENT:]))
    assert len(centre.heard) == TICKETS
    given: dict[str, list[int]] = defaultdict(list)
    for thread, receipts in centre.heard.items():
        assert [(r.incident_id, r.state) for r in receipts] == centre.due[thread], thread
        for receipt in receipts:
            given[receipt.incident_id].append(receipt.number)
    for name, numbers in given.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), name
    told = {receipt.state for each in centre.heard.values() for receipt in each}
    assert told == {
        "accepted", "in_progress", "returned", "extension_asked", "suspended", "disposed",
        "closed", "not_accepted", "reopened",
    }  # fmt: skip
