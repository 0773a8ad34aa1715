"""What people put right: voices of another matter leave, and two incidents become one."""

from dataclasses import replace

import pytest

from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentClassified,
    IncidentSplit,
    Kind,
    ReportMerged,
)
from schemas.report import Ticket
from services.classification.domain.decide import voice_of
from services.classification.domain.orders import AbsorptionOrdered, SplitOrdered, split_off
from services.classification.domain.review import CONFIDENTIAL
from services.classification.domain.state import Incident, State, Thread, evolve
from services.classification.handlers import handlers
from services.kernel.domain import Context
from services.kernel.errors import Unprocessable
from services.kernel.record import Message
from tests.unit.classification.cases import NOON, around, at, closed, incident, report
from tests.unit.classification.test_decide import MERGED

ELSEWHERE = report("7栋也有人乱停", number=2, place=at(200))
SPLIT = SplitOrdered(incident_id="I1", threads=("t:2",), by="S-1", reason="不是一处")
ABSORB = AbsorptionOrdered(incident_id="I1", into="I2", by="S-1", reason="同一件事")


def answer(order: Event, **states: State | None) -> list[Event]:
    known = {name.replace("_", ":"): state for name, state in states.items() if state}
    context = Context(known, around(), NOON, Message("m", "http", "I1", order))
    return list(handlers.table[type(order)](order, context))


def test_voices_that_leave_are_an_incident_of_their_own_at_the_place_of_the_first() -> None:
    told, made = answer(SPLIT, I1=incident(MERGED), t_2=evolve(None, ELSEWHERE))
    assert isinstance(told, IncidentSplit) and told.threads == ("t:2",)
    assert isinstance(made, IncidentClassified)
    assert (made.incident_id, made.split_from) == (told.into, "I1")
    assert (made.place, made.summary) == (ELSEWHERE.place, ELSEWHERE.text)
    assert "S-1" in made.reasons[0] and "不是一处" in made.reasons[0]
    rest = evolve(incident(MERGED), told)
    assert isinstance(rest, Incident) and rest.threads == ("t:1",)


def test_further_voices_that_leave_follow_the_first() -> None:
    third = MERGED.model_copy(
        update={"voice": MERGED.voice.model_copy(update={"thread": "t:3", "report_id": "R3"})}
    )
    order = SPLIT.model_copy(update={"threads": ("t:3", "t:2")})
    told = answer(order, I1=incident(MERGED, third))
    assert [type(each) for each in told] == [IncidentSplit, IncidentClassified, ReportMerged]
    assert {each.incident_id for each in told[1:] if hasattr(each, "incident_id")} == {
        split_off(order)
    }


def test_an_incident_that_is_absorbed_gives_its_voices_to_the_other_and_ends() -> None:
    told, *moved = answer(ABSORB, I1=incident(MERGED), I2=incident())
    assert isinstance(told, IncidentAbsorbed) and told.into == "I2"
    assert [each.voice.thread for each in moved if isinstance(each, ReportMerged)] == ["t:1", "t:2"]
    ended = evolve(incident(MERGED), told)
    assert isinstance(ended, Incident) and not ended.is_open and ended.voices == ()


@pytest.mark.parametrize(
    ("order", "states", "sentence"),
    [
        (SPLIT, {}, "没有事件 I1"),
        (SPLIT, {"I1": incident(MERGED, closed())}, "事件已结束"),
        (SPLIT, {"I1": incident()}, "诉求 t:2 不在这起事件中"),
        (SPLIT.model_copy(update={"threads": ("t:1",)}), {"I1": incident()}, "至少要留下一条诉求"),
        (ABSORB, {"I1": incident()}, "没有事件 I2"),
        (ABSORB, {"I1": incident(closed()), "I2": incident()}, "已结束，不能合并"),
        (ABSORB.model_copy(update={"into": "I1"}), {"I1": incident()}, "事件不能并入自己"),
    ],
)
def test_what_can_not_be_done_is_refused_with_a_sentence(
    order: Event, states: dict[str, State], sentence: str
) -> None:
    with pytest.raises(Unprocessable, match=sentence):
        answer(order, **states)


def test_a_split_tells_no_word_of_a_confidential_voice() -> None:
    ticket = Ticket(number="W1", confidential=True)
    secret = ELSEWHERE.model_copy(update={"ticket": ticket, "title": "有人举报"})
    thread = evolve(None, secret)
    assert isinstance(thread, Thread) and (thread.title, thread.summary) == ("", "")
    joined = MERGED.model_copy(update={"voice": voice_of(secret)})
    _, made = answer(SPLIT, I1=incident(joined), t_2=thread)
    assert isinstance(made, IncidentClassified)
    assert (made.title, made.summary) == (made.category.name, CONFIDENTIAL)
    assert made.place == ELSEWHERE.place


@pytest.mark.parametrize("kind", [Kind.WARNING, Kind.MAINTENANCE])
def test_what_the_hub_opened_itself_is_absorbed_by_nothing_and_absorbs_nothing(kind: Kind) -> None:
    own = replace(incident(), kind_of_matter=kind)
    for states in ({"I1": own, "I2": incident()}, {"I1": incident(), "I2": own}):
        with pytest.raises(Unprocessable, match="不与诉求合并"):
            answer(ABSORB, **states)
