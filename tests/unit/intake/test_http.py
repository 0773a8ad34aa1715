"""Reports over HTTP: who may send them, how large they may be, and that twice is once."""

from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from schemas.event import Event
from services.hosting.http import Health, make_app
from services.intake.http import make_router
from services.kernel.processor import Processor
from tests.unit.intake.records import RECEPTION

MESSAGE = {"source": "public", "message_id": "p1", "text": "3栋着火了，电话13800138000"}
TOKEN = {"authorization": "Bearer let-me-in"}


class Commands:
    """Takes commands as a processor does, and remembers them."""

    def __init__(self) -> None:
        self.taken: list[tuple[Event, str, bool]] = []

    async def command(
        self, event: Event, command_id: str, source: str, *, express: bool = False
    ) -> list[Event]:
        """Remember one command."""
        self.taken.append((event, command_id, express))
        return []


async def post(
    commands: Commands,
    body: Any = MESSAGE,
    headers: dict[str, str] = TOKEN,
    token: str = "let-me-in",
) -> httpx.Response:
    """Post one report."""
    app = make_app(Health("intake"))
    secret = SecretStr(token) if token else None
    app.include_router(make_router(cast("Processor", commands), RECEPTION, secret, 1_000))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await client.post("/api/v1/reports", headers=headers, **sent)


async def test_a_report_is_taken_masked_and_by_its_lane() -> None:
    commands = Commands()
    answer = await post(commands)
    assert answer.status_code == 202 and answer.json()["thread"] == "public:p1"
    ((event, _, express),) = commands.taken
    assert express and "13800138000" not in event.model_dump_json()


async def test_a_double_click_is_one_command() -> None:
    commands = Commands()
    await post(commands)
    await post(commands)
    assert len({command_id for _, command_id, _ in commands.taken}) == 1


async def test_reports_without_an_id_are_not_taken_for_one_another() -> None:
    commands = Commands()
    for _ in range(2):
        await post(commands, {"source": "public", "text": "漏水"})
    assert len({event.subject for event, _, _ in commands.taken}) == 2


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
    headers: dict[str, str], token: str, status: int
) -> None:
    commands = Commands()
    answer = await post(commands, headers=headers, token=token)
    assert answer.status_code == status and answer.json()["detail"] and not commands.taken


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * 1_001, 413),
        (b"{", 422),
        (b'{"source":"public","text":"a","text":"b"}', 422),
        (b'{"source":"public","text":"\\u0000"}', 422),
        (b"[" * 900, 422),
    ],
)
async def test_hostile_bodies_are_refused_with_a_sentence(body: bytes, status: int) -> None:
    commands = Commands()
    answer = await post(commands, body)
    assert answer.status_code == status and not commands.taken
    assert "13800138000" not in answer.text
