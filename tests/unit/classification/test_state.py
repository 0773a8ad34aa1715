"""What classification remembers."""

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from schemas.case import CaseReopened
from schemas.event import Event
from schemas.incident import (
    IncidentRegraded,
    IncidentWithdrawn,
    ReportDismissed,
    ReportMerged,
    Severity,
    VoiceWithdrawn,
)
from schemas.report import Source
from services.classification.domain.state import State, Thread, evolve
from tests.unit.classification.cases import NOON, VOICE, closed, incident, opened, report

MERGED = ReportMerged(incident_id="I1", voice=VOICE, reasons=(), merged_at=NOON)
LEFT = VoiceWithdrawn(incident_id="I1", thread="t:1", withdrawn_at=NOON)
GONE = IncidentWithdrawn(incident_id="I1", reasons=(), withdrawn_at=NOON)
DISMISSED = ReportDismissed(
    thread="t:1", report_id="R1", source=Source.WECHAT, reasons=(), dismissed_at=NOON
)


def test_a_thread_learns_its_incident_by_opening_or_by_joining_one() -> None:
    said = report()
    thread = evolve(None, said)
    assert thread == Thread("R1", report=said, summary=said.text, place=said.place)
    settled = replace(thread, report=None)
    assert evolve(thread, opened()) == replace(settled, incident_id=opened().incident_id)
    assert evolve(thread, MERGED) == replace(settled, incident_id="I1")
    assert evolve(thread, DISMISSED) == replace(thread, is_dismissed=True)


def test_a_thread_whose_voice_was_refused_follows_it_to_the_next_incident() -> None:
    assert evolve(Thread("R1", "I0"), opened()) == Thread("R1", opened().incident_id)


def test_an_incident_counts_the_voices_that_stand_behind_it() -> None:
    assert incident().threads == ("t:1",)
    assert incident(MERGED).threads == ("t:1", "t:2")
    assert incident(MERGED, LEFT).threads == ("t:2",)


def test_an_incident_is_as_grave_as_it_was_last_said_to_be() -> None:
    graver = IncidentRegraded(
        incident_id="I1",
        severity=Severity.DANGER,
        previous=Severity.HIGH,
        reasons=(),
        regraded_at=NOON,
    )
    assert incident(graver).severity is Severity.DANGER


@pytest.mark.parametrize("end", [GONE, closed()], ids=type)
def test_an_incident_is_open_until_it_is_taken_back_or_closed_and_again_when_reopened(
    end: Event,
) -> None:
    again = CaseReopened(incident_id="I1", round=1, at=NOON)
    assert incident().is_open
    assert not incident(end).is_open
    assert incident(end, again).is_open


def test_what_does_not_matter_changes_nothing() -> None:
    assert evolve(None, MERGED) is None
    assert incident(report(), opened()) == incident()
    assert evolve(Thread("R1", "I1"), closed()) == Thread("R1", "I1")


@pytest.mark.parametrize("state", [Thread("R1", "I1"), incident(MERGED)], ids=type)
def test_what_is_remembered_survives_being_written_down(state: State) -> None:
    adapter: TypeAdapter[State] = TypeAdapter(State)
    assert adapter.validate_json(adapter.dump_json(state)) == state
