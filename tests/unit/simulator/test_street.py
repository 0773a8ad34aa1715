from collections import Counter
from datetime import datetime
from itertools import islice

import pytest

from deploy.simulator.records import Upstream
from deploy.simulator.street import Happening, Street
from services.intake.adapters import cameras, hotline, messages
from services.intake.adapters.envelope import open_envelope
from services.intake.domain.submission import Life, Statement
from services.kernel.record import Record
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground

NOON = datetime(2026, 3, 1, 12, tzinfo=BEIJING)
GROUND = load_ground()
READERS = {
    "upstream.hotline.tickets": hotline.statements,
    "upstream.camera.alarms": cameras.statements,
    "upstream.messages": messages.statements,
}


def some(seed: int, number: int = 400, run: str = "") -> list[Happening]:
    return list(islice(Street(seed, GROUND, run=run).happenings(), number))


def made(happening: Happening) -> Upstream:
    return happening.make(NOON)


def said(record: Upstream) -> list[Statement]:
    arrived = Record(record.topic, 0, 0, 0, record.key, record.value, record.headers)
    return READERS[record.topic](open_envelope(arrived))


def test_the_same_seed_is_the_same_street() -> None:
    one, other = some(5), some(5)
    assert [(e.at, made(e)) for e in one] == [(e.at, made(e)) for e in other]


def test_another_seed_or_another_run_is_another_street() -> None:
    first = [made(each) for each in some(5)]
    assert first != [made(each) for each in some(6)]
    again = [made(each) for each in some(5, run="-b")]
    assert [each.topic for each in first] == [each.topic for each in again]
    assert not {e.value for e in first} & {
        e.value for e in again if e.topic != "upstream.camera.alarms"
    }


def test_time_never_goes_back() -> None:
    times = [each.at for each in some(1)]
    assert times == sorted(times)


def test_intake_understands_everything_that_the_street_says() -> None:
    for happening in some(2, 1_500):
        record = made(happening)
        if "心跳" not in happening.what:
            assert said(record), happening.what


def test_a_heartbeat_is_heard_and_reports_nothing() -> None:
    beats = [made(each) for each in some(2, 1_500) if "心跳" in each.what]
    assert beats
    assert {each.life for beat in beats for each in said(beat)} == {Life.HEARTBEAT}


def test_high_altitude_throwing_comes_first_among_the_alarms() -> None:
    scenes = Counter(each.what for each in some(3, 2_000) if each.what.startswith("摄像机"))
    assert scenes.most_common(1)[0][0].endswith("高空抛物")


def test_every_vendor_writes_and_alarms_live_their_whole_life() -> None:
    statements = [s for each in some(4, 3_000) for s in said(made(each))]
    vendors = {s.camera.vendor for s in statements if s.camera}
    assert vendors == {"dahua", "linkvisual", "hikvision_isapi", "vias", "frigate"}
    assert {s.life for s in statements} >= {
        Life.NEW,
        Life.UPDATE,
        Life.END,
        Life.PULSE,
        Life.URGE,
        Life.WITHDRAW,
    }


@pytest.mark.parametrize("topic", sorted(READERS))
def test_places_are_on_the_ground(topic: str) -> None:
    for record in (made(each) for each in some(7)):
        if record.topic == topic:
            for statement in said(record):
                device = statement.camera.device if statement.camera else ""
                words = statement.where.words + statement.title + statement.text
                known = GROUND.camera(device) if device else GROUND.find(words).place
                assert known is not None and known.estate, words
