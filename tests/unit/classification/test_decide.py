"""What classification says to a report."""

from schemas.case import MergeRefused
from schemas.event import Event
from schemas.incident import (
    IncidentClassified,
    IncidentRegraded,
    IncidentUrged,
    IncidentWithdrawn,
    Kind,
    ReportDismissed,
    ReportMerged,
    Severity,
    VoiceWithdrawn,
)
from schemas.report import Camera, ReportReceived, ReportUpdated, ReportWithdrawn, Source, Ticket
from services.classification.domain.decide import (
    decide_recurrence,
    decide_report,
    decide_update,
    decide_withdrawal,
    voice_of,
)
from services.classification.domain.matching import OpenIncident
from services.classification.domain.state import Incident, Thread
from tests.unit.classification.cases import (
    CATALOGUE,
    HERE,
    LANE,
    NOON,
    RECOGNISER,
    VOICE,
    around,
    closed,
    incident,
    lying,
    opened,
    report,
)

MERGED = ReportMerged(incident_id="I1", voice=VOICE, reasons=(), merged_at=NOON)


def decided(
    new: ReportReceived, near: OpenIncident | None = None, known: Incident | None = None
) -> list[Event]:
    view = around(new, near=near)
    states = {"I1": known} if known else {}
    return list(decide_report(new, view.opinions[new.report_id], view, states, NOON, "c1"))


def withdrawn(known: Incident, number: int = 1) -> list[Event]:
    event = ReportWithdrawn(report_id=f"R{number}", thread=f"t:{number}", withdrawn_at=NOON)
    return list(decide_withdrawal(event, "I1", known, NOON))


def test_chat_that_reports_nothing_is_dismissed_with_a_reason() -> None:
    (told,) = decided(report("大家早上好", source=Source.WECHAT), lying(), incident())
    assert isinstance(told, ReportDismissed)
    assert told.thread == "t:1" and "无需处置" in told.reasons[-1]


def test_a_new_matter_opens_an_incident() -> None:
    (made,) = decided(report(title="通道被堵"))
    assert isinstance(made, IncidentClassified)
    assert (made.category.code, made.severity, made.kind) == (LANE, Severity.HIGH, Kind.HAZARD)
    assert (made.title, made.place, made.catalogue_version) == ("通道被堵", HERE, CATALOGUE.version)
    assert made.model_version == RECOGNISER.book.model_version
    assert made.candidates[0].code == LANE and len(made.candidates) == 3
    assert not made.suspicion and made.follows is None


def test_the_same_report_always_opens_the_same_incident_and_no_other_does() -> None:
    assert opened().incident_id == opened().incident_id
    assert opened().incident_id != opened(report(number=2)).incident_id


def test_without_a_title_an_incident_bears_its_categorys_name_and_what_is_long_is_cut() -> None:
    long = "消防通道被车堵死了，消防车和救护车都进不来，" * 20
    assert opened(report(long)).title == "占用消防通道"
    assert opened(report(long)).summary == long[:200]
    assert len(opened(report(title="路灯" * 99)).title) == 100


def test_what_only_a_camera_saw_thrown_is_a_suspicion() -> None:
    thrown = "高空抛物"
    assert opened(report(thrown, source=Source.CAMERA)).suspicion
    assert not opened(report(thrown)).suspicion
    assert not opened(report(source=Source.CAMERA)).suspicion


def test_a_further_voice_joins_what_is_open() -> None:
    (told,) = decided(report(number=2), lying(), incident())
    assert isinstance(told, ReportMerged)
    assert (told.incident_id, told.voice) == ("I1", VOICE)


def test_a_graver_voice_makes_the_incident_graver() -> None:
    told, regraded = decided(report(number=2, express=True), lying(), incident())
    assert isinstance(told, ReportMerged) and isinstance(regraded, IncidentRegraded)
    assert (regraded.previous, regraded.severity) == (Severity.HIGH, Severity.DANGER)


def test_a_lesser_voice_leaves_an_incident_as_grave_as_it_is() -> None:
    grave = incident(by=report(express=True))
    assert [type(each) for each in decided(report(number=2), lying(), grave)] == [ReportMerged]


def test_what_was_closed_is_not_joined() -> None:
    (made,) = decided(report(number=2), lying(), incident(closed()))
    assert isinstance(made, IncidentClassified)


def test_what_is_near_but_not_remembered_is_not_joined() -> None:
    (made,) = decided(report(number=2), lying())
    assert isinstance(made, IncidentClassified)


def test_an_urging_and_an_amendment_are_heard_by_the_incident() -> None:
    thread = Thread("R1", "I1")
    heard = [_update("urged", thread), _update("amended", thread)]
    assert [each.change for each in heard if each] == ["urged", "amended"]


def test_a_repeated_alarm_is_no_news_and_without_an_incident_nobody_hears() -> None:
    assert _update("repeated", Thread("R1", "I1")) is None
    assert _update("ended", Thread("R1", "I1")) is None
    assert _update("urged", Thread("R1")) is None
    assert _update("urged", None) is None


def _update(change: str, thread: Thread | None) -> IncidentUrged | None:
    told = {"report_id": "R1", "thread": "t:1", "change": change, "count": 2, "updated_at": NOON}
    events = list(decide_update(ReportUpdated.model_validate(told), thread, NOON))
    assert all(isinstance(each, IncidentUrged) for each in events)
    return next((each for each in events if isinstance(each, IncidentUrged)), None)


def test_one_of_two_voices_leaves_and_the_other_stands() -> None:
    (left,) = withdrawn(incident(MERGED))
    assert isinstance(left, VoiceWithdrawn) and left.thread == "t:1"


def test_the_last_voice_takes_the_incident_with_it() -> None:
    left = VoiceWithdrawn(incident_id="I1", thread="t:1", withdrawn_at=NOON)
    told, gone = withdrawn(incident(MERGED, left), number=2)
    assert isinstance(told, VoiceWithdrawn) and isinstance(gone, IncidentWithdrawn)


def test_a_voice_that_is_not_among_them_or_comes_after_the_end_takes_nothing_back() -> None:
    assert withdrawn(incident(), number=2) == []
    assert withdrawn(incident(closed())) == []


def test_a_voice_that_came_too_late_opens_the_matter_again() -> None:
    refused = MergeRefused(incident_id="I1", round=1, at=NOON, voice=VOICE)
    (made,) = decide_recurrence(refused, incident(closed()), around(), {}, NOON, "c1")
    assert isinstance(made, IncidentClassified)
    assert (made.kind, made.follows, made.voice) == (Kind.RECURRENCE, "I1", VOICE)
    assert (made.category.code, made.place) == (LANE, HERE)
    assert made.incident_id not in {"I1", opened(report(number=2)).incident_id}


def test_a_voice_keeps_what_its_answer_will_need() -> None:
    ticket = report().model_copy(update={"ticket": Ticket(number="T1")})
    camera = Camera(device="CAM-0000", vendor="v", code="c", alarm="a1")
    alarm = report().model_copy(update={"camera": camera})
    assert (voice_of(ticket).ticket_number, voice_of(ticket).camera_alarm) == ("T1", None)
    assert (voice_of(alarm).ticket_number, voice_of(alarm).camera_alarm) == (None, "a1")
