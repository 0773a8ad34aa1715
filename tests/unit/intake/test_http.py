"""Reports of the duty desk over HTTP: who may send them, how large, and that twice is once."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.intake.fronts import TOKEN, Counter

MESSAGE = {"source": "public", "message_id": "p1", "text": "3栋着火了，电话13800138000"}


async def post(
    counter: Counter, body: Any = MESSAGE, headers: dict[str, str] = TOKEN
) -> httpx.Response:
    """Post one report."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return await counter.ask("POST", "/api/v1/reports", headers=headers, content=content)


async def test_a_report_is_taken_masked_and_by_its_lane(counter: Counter) -> None:
    answer = await post(counter)
    assert answer.status_code == 202 and answer.json()["thread"] == "public:p1"
    ((event, _, express),) = counter.commands.taken
    assert express and "13800138000" not in event.model_dump_json()
    assert counter.commands.submissions[0].origin == "duty-desk"


async def test_a_double_click_is_one_command(counter: Counter) -> None:
    await post(counter)
    await post(counter)
    assert len({command_id for _, command_id, _ in counter.commands.taken}) == 1


async def test_reports_without_an_id_are_not_taken_for_one_another(counter: Counter) -> None:
    for _ in range(2):
        await post(counter, {"source": "public", "text": "漏水"})
    assert len({event.subject for event, _, _ in counter.commands.taken}) == 2


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        ({}, "let-me-in", 401),
        ({"authorization": "Bearer wrong"}, "let-me-in", 401),
        ({"authorization": "Basic let-me-in"}, "let-me-in", 401),
        (TOKEN, "", 403),
    ],
)
async def test_nobody_without_the_token_gets_in(
    secrets: Path, headers: dict[str, str], token: str, status: int
) -> None:
    counter = Counter(secrets, token)
    answer = await post(counter, headers=headers)
    assert answer.status_code == status and answer.json()["detail"]
    assert not counter.commands.taken


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"x" * 1_001, 413, "body"),
        (b"{", 422, "body"),
        (b'{"source":"public","text":"a","text":"b"}', 422, "body"),
        (b'{"source":"public","text":"\\u0000"}', 422, "body"),
        (b"[" * 900, 422, "body"),
        (b'{"source":"nobody","text":"a"}', 422, "source"),
        (b'{"source":"public"}', 422, "text"),
        (b'{"source":"public","text":"a","action":"shout"}', 422, "action"),
    ],
)
async def test_bad_input_is_a_problem_that_names_the_field_and_why(
    counter: Counter, body: bytes, status: int, field: str
) -> None:
    answer = await post(counter, body)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["field"]) == (status, status, field)
    assert problem["detail"] and problem["type"].startswith("urn:event-hub:problem:")
    assert not counter.commands.taken and "13800138000" not in answer.text
