"""Each rate on incidents that live by the rules, odd ones among them, counted by hand.

Minutes count from the opening. Somebody is sent after 1 minute: to accept until 16, to be there
until 31, to dispose until 121, to be checked until 241.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest

from schemas.case import CaseRated
from schemas.dispatch import Assignee, Deadlines, IncidentDispatched, Level, Mode
from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentClassified,
    IncidentSplit,
    Kind,
    Severity,
    Voice,
)
from schemas.report import Source
from schemas.worker import Action, CitizenRated
from services.cli.prepare import folders_of
from services.feedback.adapters import ledger, ratings
from services.feedback.adapters.exporting import rows_of
from services.feedback.adapters.readings import PostgresReadings
from services.feedback.domain.case import Case
from services.feedback.domain.decide import (
    decide_absorbed,
    decide_merged,
    decide_opened,
    decide_rating,
    decide_step,
    decide_timer,
    decide_withdrawn,
)
from services.feedback.domain.dictionary import SHEETS
from services.feedback.domain.evolve import after, evolve
from services.feedback.domain.measures import MEASURES, Axis
from services.feedback.domain.pausing import PausingMode, straightened
from services.feedback.domain.refusals import LIMITS
from services.hosting.migrations import migrate
from services.kernel.postgres import columns, connect, copy
from tests.unit.feedback.cases import (
    CHECKER,
    DESK,
    GUARD,
    LEADER,
    OTHER,
    WORKER,
    did,
    incident,
    merged,
)

pytestmark = pytest.mark.integration

OPENED = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
SINCE, UNTIL = OPENED - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)
SECOND = 1 / 60


def at(minute: float) -> datetime:
    """So many minutes after the opening."""
    return OPENED + timedelta(seconds=round(minute * 60))


def voice_of(name: str, source: Source = Source.WECHAT) -> Voice:
    """One of those who speak of it."""
    return Voice(report_id=name, thread=name, source=source, reported_at=OPENED)


@dataclass
class Life:
    """An incident as the rules of feedback let it live."""

    name: str
    case: Case
    opened: float = 0.0
    said: list[CaseRated] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, kind: Kind = Kind.HAZARD, opened: float = 0.0, **more: Any) -> Self:
        """It is classified."""
        suspicion = more.pop("suspicion", False)
        source = more.pop("source", Source.WECHAT)
        about = {"incident_id": name, "classified_at": at(opened)} | more
        event = incident(voice_of(f"{name}1", source), kind, suspicion=suspicion)
        return cls(name, after_none(event.model_copy(update=about)), opened)

    def then(self, *causes: Event, led_to: Iterable[Event] = ()) -> Self:
        """What comes in, and what it led to, are taken in."""
        events = list(led_to)
        self.said += [each for each in events if isinstance(each, CaseRated)]
        self.case = after(self.case, [*causes, *events])
        return self

    def sent(
        self,
        minute: float = 1.0,
        round_: int = 1,
        level: Level = Level.COMMUNITY,
        who: str = WORKER,
    ) -> Self:
        """Somebody is sent."""
        limits = {"accept_by": 15, "arrive_by": 30, "dispose_by": 120, "check_by": 240}
        return self.then(
            IncidentDispatched(
                incident_id=self.name,
                round=round_,
                assignee=Assignee(worker_id=who, level=level, area=""),
                mode=Mode.AT_ONCE,
                severity=self.case.severity,
                deadlines=Deadlines(**{name: at(minute + limit) for name, limit in limits.items()}),
                reasons=(),
                ground_version="g1",
                dispatched_at=at(minute),
            )
        )

    def did(self, minute: float, action: Action, who: str = WORKER, **more: Any) -> Self:
        """Somebody takes a step, which must be allowed."""
        said = did(action, who, at=at(minute), **more)
        before = self.case
        events = list(decide_step(said, before, LIMITS, at(minute)))
        assert not any(each.ce_type == "hub.step.refused.v1" for each in events), events
        return self.then(led_to=events)

    def rang(self, minute: float, name: str) -> Self:
        """A clock rings."""
        return self.then(led_to=decide_timer(self.name, self.case, name, at(minute)))

    def there(self) -> Self:
        """Accepted, and at the place."""
        return self.did(5, Action.ACCEPT).did(20, Action.ARRIVE)

    def joined(self, number: int) -> Self:
        """A further voice."""
        heard = merged(voice_of(f"{self.name}{number}"))
        return self.then(heard, led_to=decide_merged(heard, self.case, at(4)))

    def rated(
        self, minute: float, number: int = 1, *, solved: bool | None = None, satisfied: str = ""
    ) -> Self:
        """One of its voices answers the call-back."""
        event = CitizenRated(
            thread=f"{self.name}{number}", solved=solved, satisfied=satisfied, at=at(minute)
        )
        return self.then(led_to=decide_rating(event, self.name, self.case, at(minute)))

    def handled(
        self,
        accept: float = 5,
        arrive: float = 20,
        dispose: float = 60,
        check: float = 90,
        who: str = WORKER,
    ) -> Self:
        """Its whole way."""
        self.did(accept, Action.ACCEPT, who).did(arrive, Action.ARRIVE, who)
        return self.did(dispose, Action.DISPOSE, who).did(check, Action.CHECK, CHECKER)


def after_none(event: IncidentClassified) -> Case:
    """The case that it opens."""
    case = evolve(None, event)
    assert case is not None
    return case


GRID, MICRO = Level.GRID, Level.MICRO_GRID


def lives() -> list[Life]:
    """Thirty-two of them; each is told apart by the first letter of its name."""
    return [*punctual(), *sent_twice(), *done_twice(), *resting(), *ended(), *of_many(), *others()]


def punctual() -> Iterator[Life]:
    """In time, at the very deadlines, and a second late."""
    yield Life.of("A plain").sent(level=MICRO).handled()
    yield Life.of("B at the very deadlines").sent().handled(16, 31, 121, 241)
    late = 16 + SECOND, 31, 121 + SECOND, 241 + SECOND
    yield Life.of("C a second late").sent().handled(*late)
    month = 40 * 24 * 60
    yield Life.of("e of another month", opened=-month).sent(1 - month).handled()
    early = Life.of("f collected before, due now", opened=-2 * 24 * 60).sent(-69)
    yield early.handled(-65, -20, 20, 45)


def sent_twice() -> Iterator[Life]:
    """Nobody answered in time and it went up; somebody said that it was not theirs."""
    escalated = Life.of("D moved up").sent(level=MICRO).rang(16, "accept:1:0")
    yield escalated.sent(17, 2, GRID, OTHER).handled(20, who=OTHER)
    declined = Life.of("E not mine").sent(level=MICRO).did(5, Action.DECLINE)
    yield declined.sent(6, 2, MICRO, OTHER).handled(10, who=OTHER)


def done_twice() -> Iterator[Life]:
    """A check failed; a citizen was not content; the desk opened it again."""
    again = Life.of("F not good enough").sent().there().did(60, Action.DISPOSE)
    again.did(70, Action.CHECK, CHECKER, passed=False).did(100, Action.DISPOSE)
    yield again.did(110, Action.CHECK, CHECKER)
    second = Life.of("G solved the second time").sent().handled().rated(1_000, solved=False)
    second.sent(1_001, 2).handled(1_005, 1_020, 1_060, 1_090)
    yield second.rated(1_200, solved=True, satisfied="基本满意")
    left = Life.of("H opened again, nobody came").sent().handled()
    yield left.rated(1_000, solved=False, satisfied="不满意").sent(1_001, 2)
    excused = Life.of("c excused").sent().there().rang(121, "dispose:1:0")
    excused.did(180, Action.DISPOSE).did(190, Action.EXCUSE, LEADER)
    yield excused.did(250, Action.CHECK, CHECKER)
    once = Life.of("d excused once, late twice").sent().there().rang(121, "dispose:1:0")
    once.did(180, Action.DISPOSE).did(190, Action.EXCUSE, LEADER).did(200, Action.CHECK, CHECKER)
    once.did(1_000, Action.REOPEN, DESK).sent(1_001, 2)
    yield once.handled(1_005, 1_010, 1_181, 1_200)


def resting() -> Iterator[Life]:
    """Their clocks stand still, or have stood still."""
    asked: dict[str, Any] = {"action": Action.ASK_SUSPENSION, "until": at(60_000)}
    rests = Life.of("I rests").sent(level=MICRO).did(5, Action.ACCEPT)
    yield rests.did(30, **asked).did(31, Action.GRANT, LEADER)
    rested = Life.of("J has rested").sent().there()
    rested.did(29, **asked).did(30, Action.GRANT, LEADER).did(100, Action.RESUME, LEADER)
    yield rested.did(180, Action.DISPOSE).did(200, Action.CHECK, CHECKER)
    storm = PausingMode("M1", "", "暴雨", at(10), at(60_000))
    paused = Life.of("K stands still").sent().did(5, Action.ACCEPT)
    stopped = straightened(paused.case, paused.name, [storm], at(11), LIMITS.calendar)
    yield paused.then(led_to=stopped)


def ended() -> Iterator[Life]:
    """No hazards after all, or not of their own."""
    seen: dict[str, Any] = {"source": Source.CAMERA, "suspicion": True}
    yield Life.of("L birds", **seen).sent().did(11, Action.FALSE_ALARM, GUARD)
    yield Life.of("M seen by a camera", **seen).sent().did(3, Action.CONFIRM, GUARD).handled()
    returned = Life.of("N no case").sent().did(5, Action.RETURN, DESK)
    yield returned.did(10, Action.NOT_ACCEPT, DESK)
    gone = Life.of("O taken back").sent()
    yield gone.then(led_to=decide_withdrawn(gone.name, gone.case, at(8)))
    one = Life.of("P absorbed").sent()
    end: dict[str, Any] = {"into": "A plain", "reasons": (), "by": "S-1", "absorbed_at": at(8)}
    over = decide_absorbed(one.name, one.case, at(8))
    yield one.then(led_to=over).then(IncidentAbsorbed(incident_id=one.name, **end))


def of_many() -> Iterator[Life]:
    """With several voices, split, come back."""
    many = Life.of("Q three voices").sent().joined(2).joined(3).handled()
    many.rated(200, solved=True, satisfied="满意").rated(201, 2, satisfied="基本满意")
    yield many.rated(202, 3, satisfied="无法判断")
    parted = Life.of("R split").sent().joined(2)
    split: dict[str, Any] = {
        "into": "S",
        "threads": (f"{parted.name}2",),
        "by": "S-1",
        "reason": "另一处",
    }
    event = IncidentSplit(incident_id=parted.name, **split, split_at=at(30))
    yield parted.then(event).handled()
    alone = Life.of("S split off", opened=30, split_from=parted.name).sent(31)
    yield alone.handled(35, 50, 90, 120)
    back = Life.of("T came back").sent().handled()
    again = incident().model_copy(update={"incident_id": "U the same", "follows": back.name})
    yield back.then(led_to=decide_opened(again, back.case, at(1_440)))
    yield Life.of("U the same", opened=1_440, follows=back.name).sent(1_441)


def others() -> Iterator[Life]:
    """Danger, questions, warnings, devices, and what nobody was sent to."""
    danger: dict[str, Any] = {"severity": Severity.DANGER}
    yield Life.of("V quick", **danger).sent().handled(1 + 50 * SECOND, 3.5, 5, 60)
    yield Life.of("W slow", **danger).sent().handled(3, 5, 11, 60)
    asked = Life.of("X a question", Kind.REQUEST).sent().handled()
    yield asked.rated(200, satisfied="无法判断")
    looked: dict[str, Any] = {"kind": Kind.WARNING, "source": Source.HUB}
    yield Life.of("Y looked into", **looked).sent().handled()
    yield Life.of("Z of nothing", **looked).sent().there().did(25, Action.FALSE_ALARM)
    yield Life.of("a nobody sent")
    yield Life.of("b a broken camera", Kind.MAINTENANCE, source=Source.CAMERA).sent().handled()


VALID = "ABCDEFGHIJKMQRSTUVWXYabcdf"
DUE = "ABCDEFGHJMQRSTUVWXYbcdf"
HAZARDS_DUE = "ABCDEFGHJMQRSTUVWcdf"
RECTIFIED = "ABCDEFGJMQRSTVWcdf"
DISPOSED = "ABCDEFGJMQRSTVWXYbcdf"
SENT = "ABCDEFGHIJKLMNOPQRSTUVWXYZbcdf"

BY_HAND: dict[str, tuple[str, str]] = {
    "rectification": (RECTIFIED, HAZARDS_DUE),
    "net_rectification": ("ABCDEFJMQRSVWcf", HAZARDS_DUE),
    "disposal": (DISPOSED, DUE),
    "disposal_on_time": ("ABDEFGJMQRSTVWXYbf", "ABCDEFGHJMQRSTUVWXYbdf"),
    "closing": (DISPOSED, DUE),
    "closing_on_time": ("ABDEFGJMQRSTVWXYbdf", "ABCDEFGHJMQRSTUVWXYbdf"),
    "rework": ("F", DISPOSED),
    "dispatch_accuracy": (SENT.replace("E", ""), SENT),
    "dispatch_on_time": (VALID.replace("a", "").replace("f", ""), VALID),
    "valid_report": (VALID.replace("Y", ""), VALID.replace("Y", "") + "LNO"),
    "response": ("ABEFGHIJKMQRSTVWXYbcdf", "ABCDEFGHIJKMQRSTUVWXYbcdf"),
    "solution": ("QG", "QGH"),
    "satisfaction": ("QQG", "QQGH"),
    "within_grid": ("ADE", "ADEI"),
    "recurrence": ("T", RECTIFIED),
    "one_minute": ("V", "VW"),
    "three_minutes": ("V", "VW"),
    "five_minutes": ("V", "VW"),
    "false_alarm": ("L", "LM"),
    "unfounded_warning": ("Z", "YZ"),
}
"""Of each rate: whose letters are in the numerator, whose in the denominator."""


async def test_every_rate_of_what_has_lived_is_as_counted_by_hand(database: str) -> None:
    await migrate(database, "feedback", folders_of("feedback"), None)
    every = lives()
    rated = {each.thread: each for life in every for each in life.said}
    given = [(e.thread, e.incident_id, e.solved, e.satisfied, e.at) for e in rated.values()]
    async with await connect(database, "feedback") as pool, pool.acquire() as connection:
        rows = [ledger.opened(each.name, each.case) for each in every]
        await copy(connection, "ledger", ledger.COLUMNS, rows)
        await connection.execute(ratings.SQL["keep"], *columns(given))
        (told,) = await PostgresReadings(pool).measures(Axis.ALL, "", SINCE, UNTIL)
        async with connection.transaction():
            sheet, taken = SHEETS["measures"], []
            async for portion in rows_of(connection, sheet, "", SINCE, UNTIL):
                taken += [dict(zip(sheet.columns, each, strict=True)) for each in portion]
    assert set(BY_HAND) == {each.name for each in MEASURES}
    for name, parts in BY_HAND.items():
        for part, letters in zip(("is", "of"), parts, strict=True):
            found = [each["incident_id"][0] * int(each[f"{name}_{part}"] or 0) for each in taken]
            assert sorted("".join(found)) == sorted(letters), (name, part)
        rate = told["rates"][name]
        assert (rate["numerator"], rate["denominator"]) == tuple(map(len, parts)), name
    assert (told["incidents"], told["suspended"]) == (len(every) - 1, 2), "e is of another month"
