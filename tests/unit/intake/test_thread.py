"""The life of a thread: what is told, what is only counted, and what ends."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from schemas.event import Event
from schemas.report import (
    Picture,
    ReportReceived,
    ReportUpdated,
    ReportWithdrawn,
    Source,
    Ticket,
)
from services.intake.adapters.cameras.alarm import Alarm, Meaning, state
from services.intake.domain.submission import Life, Statement, thread_of
from services.intake.domain.thread import (
    RESOLVE,
    Pace,
    Thread,
    deadlines,
    decide,
    evolve,
    fall_silent,
    show,
)
from tests.unit.intake.records import NOON, admitted

PACE = Pace(timedelta(minutes=10), timedelta(minutes=10))
THREAD = thread_of(Source.HOTLINE, "T1")
PICTURE = Picture(digest="0" * 64, media_type="image/jpeg", width=1, height=1)


@dataclass
class Story:
    """One thread as the kernel would drive it."""

    thread: Thread | None = None
    now: datetime = NOON
    told: list[Event] = field(default_factory=list)

    def hear(self, said: Statement, minutes: float = 0) -> list[Event]:
        """Let a statement come, some minutes after the one before; returns what is told."""
        self.now += timedelta(minutes=minutes)
        submission = admitted(said, self.now)
        events = decide(PACE, self.thread, submission, self.now)
        for event in (submission, *events):
            self.thread = evolve(PACE, self.thread, event)
        self.told += events
        return events

    def show(self) -> list[Event]:
        """Let a picture of it come to be kept; returns what is told."""
        events = show(self.thread, "t", (PICTURE,), self.now)
        for event in events:
            self.thread = evolve(PACE, self.thread, event)
        return events

    def wait(self, minutes: float) -> list[Event]:
        """Let time pass; returns what the timers tell."""
        self.now += timedelta(minutes=minutes)
        due = deadlines(self.thread).get(RESOLVE) if self.thread else None
        if due is None or due > self.now:
            return []
        events = fall_silent(self.thread, RESOLVE, "t", self.now)
        for event in events:
            self.thread = evolve(PACE, self.thread, event)
        return events


def ticket(text: str = "路灯坏了", life: Life = Life.NEW, repetition: str = "") -> Statement:
    """A hotline ticket."""
    return Statement(
        thread=THREAD,
        source=Source.HOTLINE,
        life=life,
        text=text,
        ticket=Ticket(number="T1"),
        repetition=repetition,
    )


def alarm(life: Life, pictures: tuple[str, ...] = (), score: float | None = None) -> Statement:
    """An alarm of a camera."""
    told = Alarm("v", "CAM-0000", "1", "c", "a1", life, None, pictures=pictures, score=score)
    return state(told, {"c": Meaning("车辆违停", "09009")})


def change(events: list[Event]) -> list[str]:
    """What kind of update each is."""
    return [
        each.change if isinstance(each, ReportUpdated) else type(each).__name__ for each in events
    ]


def test_the_first_ticket_is_a_report_and_the_same_again_is_only_counted() -> None:
    story = Story()
    assert change(story.hear(ticket())) == ["ReportReceived"]
    assert story.hear(ticket()) == []
    assert story.thread is not None and story.thread.count == 2


def test_an_amended_ticket_is_told_once_and_an_old_copy_of_it_is_not() -> None:
    story = Story()
    story.hear(ticket())
    amended = story.hear(ticket("路灯坏了三盏"))
    assert change(amended) == ["amended"]
    assert isinstance(amended[0], ReportUpdated) and amended[0].count == 2
    assert story.hear(ticket()) == []


def test_each_urging_counts_though_its_words_are_the_same() -> None:
    story = Story()
    story.hear(ticket())
    assert change(story.hear(ticket("催单", Life.URGE, "1"))) == ["urged"]
    assert story.hear(ticket("催单", Life.URGE, "1")) == []
    assert change(story.hear(ticket("催单", Life.URGE, "2"))) == ["urged"]


def test_an_urging_of_an_unknown_ticket_is_its_first_report() -> None:
    assert change(Story().hear(ticket("还没人来", Life.URGE, "1"))) == ["ReportReceived"]


def test_a_withdrawal_is_told_once_and_of_the_unknown_not_at_all() -> None:
    story = Story()
    assert story.hear(ticket("撤单", Life.WITHDRAW)) == []
    assert change(story.hear(ticket())) == ["ReportReceived", "ReportWithdrawn"]
    assert story.hear(ticket("撤单", Life.WITHDRAW)) == []


def test_a_withdrawn_ticket_that_comes_again_changed_is_heard() -> None:
    story = Story()
    story.hear(ticket())
    assert isinstance(story.hear(ticket("撤单", Life.WITHDRAW))[0], ReportWithdrawn)
    assert change(story.hear(ticket("又坏了"))) == ["amended"]
    assert change(story.hear(ticket("撤单", Life.WITHDRAW))) == ["ReportWithdrawn"]


def test_a_withdrawn_ticket_is_opened_again_though_nothing_in_it_has_changed() -> None:
    story = Story()
    story.hear(ticket())
    story.hear(ticket("撤单", Life.WITHDRAW))
    assert story.hear(ticket()) == []
    assert change(story.hear(ticket(life=Life.REOPEN))) == ["amended"]
    assert change(story.hear(ticket("撤单", Life.WITHDRAW))) == ["ReportWithdrawn"]


def test_what_is_opened_again_before_anything_else_is_known_of_it_is_simply_a_report() -> None:
    story = Story()
    story.hear(ticket("撤单", Life.WITHDRAW))
    assert change(story.hear(ticket(life=Life.REOPEN))) == ["ReportReceived"]
    assert change(story.hear(ticket("撤单", Life.WITHDRAW))) == ["ReportWithdrawn"]


def scores(*told: float, last: Life = Life.UPDATE) -> list[str]:
    """What is told of an alarm that is posted with these scores."""
    story = Story()
    for number, score in enumerate(told):
        life = Life.NEW if number == 0 else last if number == len(told) - 1 else Life.UPDATE
        story.hear(alarm(life, score=score))
    return change(story.told)


def test_a_scored_alarm_is_told_once_its_median_is_sure() -> None:
    assert scores(0.9) == []
    assert scores(0.9, 0.8) == ["ReportReceived"]
    assert scores(0.2, 0.3, 0.9, 0.9) == []
    assert scores(0.2, 0.3, 0.9, 0.9, 0.9) == ["ReportReceived"]


def test_a_false_positive_is_never_told_not_even_its_end() -> None:
    assert scores(0.9, 0.3, 0.4, 0.5, last=Life.END) == []


def test_a_thrown_object_is_told_at_once_however_unsure() -> None:
    assert change(Story().hear(alarm(Life.PULSE, score=0.3))) == ["ReportReceived"]


def test_an_alarm_posted_fifty_times_is_told_once_and_now_and_then() -> None:
    story = Story()
    for _ in range(50):
        story.hear(alarm(Life.UPDATE), minutes=0.5)
    assert change(story.told) == ["ReportReceived", "repeated", "repeated"]


def test_an_alarm_ends_once() -> None:
    story = Story()
    story.hear(alarm(Life.NEW))
    assert change(story.hear(alarm(Life.END))) == ["ended"]
    assert story.hear(alarm(Life.END)) == []
    assert story.wait(60) == []


def test_an_end_without_a_start_opens_nothing_and_the_start_still_does() -> None:
    story = Story()
    assert story.hear(alarm(Life.END)) == []
    assert change(story.hear(alarm(Life.NEW))) == ["ReportReceived"]


def test_a_missing_end_is_closed_when_the_alarm_has_been_silent() -> None:
    story = Story()
    story.hear(alarm(Life.NEW))
    story.hear(alarm(Life.UPDATE), minutes=6)
    assert story.wait(9) == []
    assert change(story.wait(2)) == ["ended"]


def test_an_alarm_that_is_back_after_its_end_is_told_at_once() -> None:
    story = Story()
    story.hear(alarm(Life.NEW))
    story.hear(alarm(Life.END), minutes=1)
    assert change(story.hear(alarm(Life.NEW), minutes=1)) == ["repeated"]
    assert change(story.hear(alarm(Life.END), minutes=1)) == ["ended"]


def test_a_pulse_has_no_end_even_if_its_picture_follows() -> None:
    story = Story()
    assert change(story.hear(alarm(Life.PULSE))) == ["ReportReceived"]
    assert story.hear(alarm(Life.PULSE), minutes=1) == []
    assert story.hear(alarm(Life.UPDATE, ("p.jpg",)), minutes=1) == []
    assert change(story.show()) == ["pictured"]
    assert story.wait(60) == []


def test_a_picture_of_a_pulse_that_comes_later_as_a_pulse_is_told() -> None:
    story = Story()
    story.hear(alarm(Life.PULSE))
    assert story.hear(alarm(Life.PULSE, ("p.jpg",))) == []
    assert change(story.show()) == ["pictured"]
    assert story.hear(alarm(Life.PULSE, ("p.jpg",))) == []


def test_a_picture_that_follows_the_end_does_not_open_it_again() -> None:
    story = Story()
    story.hear(alarm(Life.NEW))
    story.hear(alarm(Life.END))
    assert story.hear(alarm(Life.UPDATE, ("p.jpg",))) == []
    assert change(story.show()) == ["pictured"]
    assert story.thread is not None and story.thread.over
    assert story.wait(60) == []


def test_a_picture_of_a_withdrawn_ticket_does_not_bring_it_back() -> None:
    story = Story()
    story.hear(ticket())
    story.hear(ticket("撤单", Life.WITHDRAW))
    assert change(story.show()) == ["pictured"]
    assert story.thread is not None and story.thread.withdrawn


def test_a_picture_of_what_was_never_opened_says_nothing() -> None:
    story = Story()
    story.hear(alarm(Life.END))
    assert story.show() == []


def test_the_same_thread_always_has_the_same_report() -> None:
    first, second = Story().hear(ticket())[0], Story().hear(ticket("别的"))[0]
    assert isinstance(first, ReportReceived) and isinstance(second, ReportReceived)
    assert first.report_id == second.report_id


def test_what_is_remembered_of_a_thread_survives_being_written_down() -> None:
    story = Story()
    story.hear(alarm(Life.NEW))
    assert story.thread is not None
    written = TypeAdapter(Thread).dump_json(story.thread)
    assert TypeAdapter(Thread).validate_json(written) == story.thread
