"""Sources over HTTP: let in by signature or key, in time, once, not too large, not too much."""

import time

import httpx
import pytest
from prometheus_client import REGISTRY

from services.intake.domain.registered import Rate
from tests.unit.intake.fronts import Counter, signed_headers

BODY = '{"report_id": "r1", "text": "楼道堆物"}'.encode()
KEY = "a-key-for-workers"


def refusals(source: str, kind: str) -> float:
    """How many were refused so far."""
    labels = {"source": source, "kind": kind}
    return REGISTRY.get_sample_value("hub_intake_refusals_total", labels) or 0


def kind_of(answer: httpx.Response) -> str:
    """Why a request was refused."""
    return str(answer.json()["type"]).rpartition(":")[2]


async def test_a_signed_report_is_taken_and_bears_its_source(counter: Counter) -> None:
    answer = await counter.send("workers", BODY, KEY)
    assert answer.status_code == 202
    (said,) = counter.commands.submissions
    assert (said.origin, said.source, said.thread) == (
        "workers",
        "collector",
        "collector:workers:r1",
    )
    assert "workers" in counter.ears.at


async def test_a_signature_is_taken_once(counter: Counter) -> None:
    now = str(time.time())
    assert (await counter.send("workers", BODY, KEY, now)).status_code == 202
    before = refusals("workers", "replay")
    again = await counter.send("workers", BODY, KEY, now)
    assert (again.status_code, kind_of(again)) == (409, "replay")
    assert refusals("workers", "replay") == before + 1
    assert len(counter.commands.taken) == 1


@pytest.mark.parametrize("drift", [-301, 301])
async def test_a_clock_more_than_five_minutes_off_is_refused(
    counter: Counter, drift: float
) -> None:
    answer = await counter.send("workers", BODY, KEY, str(time.time() + drift))
    assert (answer.status_code, answer.json()["field"]) == (401, "hub-timestamp")


async def test_a_clock_less_than_five_minutes_off_is_believed(counter: Counter) -> None:
    assert (await counter.send("workers", BODY, KEY, str(time.time() - 295))).status_code == 202


@pytest.mark.parametrize("at", ["", "nan", "inf", "yesterday", "1e999"])
async def test_what_is_no_time_is_refused(counter: Counter, at: str) -> None:
    headers = {"hub-timestamp": at, "hub-signature": "00"}
    answer = await counter.ask(
        "POST", "/api/v1/sources/workers/reports", content=BODY, headers=headers
    )
    assert answer.status_code == 401


async def test_a_body_or_a_source_that_was_not_signed_is_refused(counter: Counter) -> None:
    headers = signed_headers("workers", BODY, KEY)
    other = await counter.ask(
        "POST", "/api/v1/sources/workers/reports", content=BODY + b" ", headers=headers
    )
    assert (other.status_code, other.json()["field"]) == (401, "hub-signature")
    assert (await counter.send("workers", BODY, "another-key")).status_code == 401
    assert (await counter.send("nobody", BODY, KEY)).status_code == 401
    assert not counter.commands.taken


async def test_without_a_configured_key_a_source_is_closed(counter: Counter) -> None:
    answer = await counter.send("visits", BODY, "")
    assert (answer.status_code, kind_of(answer)) == (403, "closed")


async def test_two_keys_are_good_while_they_rotate(counter: Counter) -> None:
    counter.change("workers", keys=("WORKERS", "WORKERS_OLD"))
    assert (await counter.send("workers", BODY, "the-key-before")).status_code == 202
    assert (await counter.send("workers", BODY, KEY)).status_code == 202


async def test_too_large_a_body_is_refused_before_it_is_read(counter: Counter) -> None:
    answer = await counter.send("workers", b"{" * 262_145, KEY)
    assert (answer.status_code, kind_of(answer)) == (413, "size")


async def test_who_sends_too_much_is_told_when_to_come_again(counter: Counter) -> None:
    counter.change("workers", rate=Rate(per_minute=1, burst=2))
    answers = [await counter.send("workers", BODY, KEY, str(time.time())) for _ in range(3)]
    assert [each.status_code for each in answers] == [202, 202, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60


async def test_a_camera_that_can_not_sign_shows_its_key(counter: Counter) -> None:
    alarm = b'{"device": "cam-1", "code": "FIRE", "alarm": "a1", "at": "2026-03-02T12:00:00+08:00"}'
    path = "/api/v1/sources/cameras/reports"
    answer = await counter.ask("POST", f"{path}?key=a-key-for-cameras", content=alarm)
    assert answer.status_code == 202 and counter.commands.submissions[0].origin == "cameras"
    assert (await counter.ask("POST", f"{path}?key=wrong", content=alarm)).status_code == 401
    assert (await counter.ask("POST", path, content=alarm)).status_code == 401


async def test_a_heartbeat_is_heard_and_is_no_report(counter: Counter) -> None:
    headers = signed_headers("workers", b"", KEY)
    answer = await counter.ask("POST", "/api/v1/sources/workers/heartbeat", headers=headers)
    assert answer.status_code == 204
    assert "workers" in counter.ears.at and not counter.commands.taken
