"""Sources: silent once, heard again once; what is heard costs no write; maintenance has an end."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from schemas.place import Place
from schemas.report import Camera, Source
from schemas.source import SourceRecovered, SourceSilenced
from services.intake.adapters.ears import Ears
from services.intake.adapters.register import load_register
from services.intake.domain.hearing import (
    Hearing,
    Maintenance,
    SourceHeard,
    SourceMissed,
    hear,
    miss,
    remember,
)
from services.intake.domain.rate import Bucket
from services.intake.domain.registered import Rate
from services.intake.domain.state import State
from services.intake.domain.thread import Thread
from tests.unit.intake.fronts import TOKEN, Counter
from tests.unit.intake.records import GROUND, NOON

MINUTE = timedelta(minutes=1)
MISSED = SourceMissed(
    source_id="cameras",
    source=Source.CAMERA,
    name="视频网关",
    place=Place(),
    heard_at=NOON,
    patience=300,
)
CAMERA = GROUND.cameras[0]


def heard(minutes: float) -> SourceHeard:
    """A word, so many minutes after noon."""
    return SourceHeard(source_id="cameras", heard_at=NOON + minutes * MINUTE)


def silent() -> Hearing:
    """A source that is silent since five past noon."""
    (said,) = miss(None, MISSED, NOON + 5 * MINUTE)
    hearing = remember(None, said)
    assert hearing
    return hearing


def test_a_source_is_said_to_be_silent_once() -> None:
    (said,) = miss(None, MISSED, NOON + 5 * MINUTE)
    assert isinstance(said, SourceSilenced) and said.heard_at == NOON
    assert miss(remember(None, said), MISSED, NOON + 6 * MINUTE) == []


def test_it_is_said_to_be_heard_again_once_and_for_how_long_it_was_not() -> None:
    (said,) = hear(silent(), heard(9), NOON + 9 * MINUTE)
    assert isinstance(said, SourceRecovered) and said.silent_for == 540
    assert hear(remember(silent(), said), heard(10), NOON + 10 * MINUTE) == []


def test_a_word_from_before_its_silence_is_no_recovery() -> None:
    assert hear(silent(), heard(4), NOON + 9 * MINUTE) == []
    assert hear(None, heard(9), NOON + 9 * MINUTE) == []


def test_only_cameras_that_the_ground_knows_are_watched_and_each_is_met_once() -> None:
    ears, gateway = Ears(), load_register().by_id["cameras"]
    seen = Camera(device=CAMERA.device, channel=CAMERA.channel, vendor="plain", code="c", alarm="1")
    for _ in range(3):
        ears.hear_camera(gateway, seen, GROUND, NOON)
        unknown = seen.model_copy(update={"device": "no-such-camera"})
        ears.hear_camera(gateway, unknown, GROUND, NOON)
    at, (met,) = ears.take()
    assert list(at) == [met.id] and met.gateway == "cameras" and met.place.community
    ears.hear_camera(gateway, seen, GROUND, NOON)
    assert ears.take() == ({met.id: NOON}, []), "met before, heard again"


def test_what_could_not_be_written_down_is_kept_under_what_came_since() -> None:
    ears = Ears()
    ears.hear("a", NOON)
    at, met = ears.take()
    ears.hear("a", NOON + MINUTE)
    ears.give_back(at | {"b": NOON}, met)
    assert ears.take() == ({"a": NOON + MINUTE, "b": NOON}, [])


def test_a_bucket_lets_a_burst_through_then_the_rate() -> None:
    rate, bucket = Rate(per_minute=60, burst=2), Bucket(2, 0.0)
    assert [bucket.take(rate, 0.0) for _ in range(3)] == [0, 0, 1]
    assert bucket.take(rate, 0.5) == pytest.approx(0.5)
    assert bucket.take(rate, 1.1) == 0
    assert [bucket.take(rate, 999) for _ in range(3)][:2] == [0, 0]


@pytest.mark.parametrize(
    ("author", "reason", "days", "fault"),
    [
        ("", "换杆", 1, "经办人"),
        ("值班员", " ", 1, "原因"),
        ("值班员", "换杆", 0, "之后"),
        ("值班员", "换杆", 8, "最长 7 天"),
        ("值班员", "换杆", 7, ""),
    ],
)
def test_a_maintenance_has_an_author_a_reason_and_an_end_that_is_near(
    author: str, reason: str, days: int, fault: str
) -> None:
    window = Maintenance("cameras", author, reason, NOON, NOON + timedelta(days=days))
    told = window.fault(timedelta(days=7))
    assert (fault in told) if fault else told == ""


async def test_a_window_is_opened_and_ended_by_the_duty_desk_alone(counter: Counter) -> None:
    starts = NOON.isoformat()
    body = {"source_id": "cameras", "author": "值班员", "reason": "换杆", "starts_at": starts}
    near = body | {"ends_at": (NOON + timedelta(days=1)).isoformat()}
    far = body | {"ends_at": (NOON + timedelta(days=8)).isoformat()}
    path = "/api/v1/maintenance"
    assert (await counter.ask("POST", path, json=near)).status_code == 401
    assert (await counter.ask("POST", path, json=far, headers=TOKEN)).json()["field"] == "ends_at"
    nobody = near | {"source_id": "nobody"}
    assert (await counter.ask("POST", path, json=nobody, headers=TOKEN)).status_code == 404
    unsaid = await counter.ask("POST", path, json=body, headers=TOKEN)
    assert (unsaid.status_code, unsaid.json()["field"]) == (422, "ends_at")
    assert (await counter.ask("POST", path, json=near, headers=TOKEN)).status_code == 201
    assert len(counter.shelf.opened) == 1
    ended = await counter.ask("POST", f"{path}/end", json={"source_id": "cameras"}, headers=TOKEN)
    assert ended.status_code == 204 and not counter.shelf.opened


def test_what_is_kept_of_a_source_and_of_a_thread_is_told_apart() -> None:
    states = TypeAdapter[Thread | Hearing](State)
    for state in (Thread(opened=True, count=2), silent(), Thread(), Hearing()):
        assert states.validate_json(states.dump_json(state)) == state
    assert states.validate_json(b'{"opened": true}') == Thread(opened=True)
