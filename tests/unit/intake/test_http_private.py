"""What is not for everybody, over HTTP: strangers learn nothing; a bad picture costs no report."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from schemas.report import Picture
from services.hosting.http import Health, make_app
from services.hosting.pictures import Fault, PictureRefused
from services.intake.domain.clear import Clear
from services.intake.domain.links import Grant, sign
from services.intake.domain.opening import Asking, Doorstep, Lent, Opened
from services.intake.domain.submission import Submission
from services.intake.http.private import Keys, make_picture_router, make_private_router
from services.kernel.processor import Processor
from tests.unit.intake.fronts import Commands
from tests.unit.intake.records import NOON, RECEPTION

ROLE, SYSTEM, LINKS = "token-of-a-role", "token-of-a-system", b"a key for links"
LATER = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
GRANT = Grant("W-1", "I-1", 1, LATER)
PICTURE = Picture(digest="a" * 64, media_type="image/jpeg", width=1, height=1)
DOOR = "/api/v1/workers/W-1/incidents/I-1/address"
REPORT = '{"source":"public","message_id":"p1","text":"3栋漏水"}'


@dataclass
class Drawer:
    """Openings without a database: the incident is with W-1 as long as `open`."""

    open: bool = True
    asked: list[Asking] = field(default_factory=list)

    async def unmask(self, thread: str, asking: Asking) -> Opened | None:
        self.asked.append(asking)
        return (
            Opened(
                thread,
                "p",
                2,
                (
                    (
                        NOON,
                        Clear(text="住2203"),
                    ),
                ),
            )
            if thread == "t:1"
            else None
        )

    async def granted(self, incident: str, until: datetime) -> Grant | None:
        return Grant("W-1", incident, 1, int(until.timestamp())) if self.open else None

    async def doorsteps(self, grant: Grant) -> list[Doorstep] | None:
        return [Doorstep("t:1", "2栋2203室")] if self.open else None

    async def call(self, grant: Grant, thread: str) -> Lent | None:
        return Lent("95000001", NOON) if self.open and thread == "t:1" else None


class Shelf:
    """A picture desk that knows one picture and refuses what is no JPEG."""

    async def keep(self, content: bytes) -> Picture:
        if content.startswith(b"\xff\xd8"):
            return PICTURE
        raise PictureRefused(Fault.NO_PICTURE, "文件内容不是图片")

    async def show(self, digest: str) -> bytes | None:
        return b"\xff\xd8" if digest == PICTURE.digest else None


async def ask(
    method: str,
    path: str,
    token: str = "",
    *,
    drawer: Drawer | None = None,
    commands: Commands | None = None,
    **sent: Any,
) -> httpx.Response:
    """One request to both routers."""
    app = make_app(Health("intake"))
    keys = Keys({"duty_leader": SecretStr(ROLE)}, SecretStr(SYSTEM), LINKS, timedelta(hours=1))
    processor = cast("Processor", commands or Commands())
    app.include_router(make_private_router(drawer or Drawer(), keys))
    app.include_router(make_picture_router(processor, RECEPTION, Shelf(), keys, 100_000))
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, headers=headers, **sent)


async def test_a_role_sees_a_text_and_how_often_its_caller_has_reported() -> None:
    drawer, why = Drawer(), {"who": "D-7", "reason": "核实来电人"}
    answer = await ask("POST", "/api/v1/threads/t:1/unmask", ROLE, drawer=drawer, json=why)
    assert answer.status_code == 200 and answer.json()["earlier_reports"] == 2
    assert answer.headers["cache-control"] == "no-store"
    assert drawer.asked == [Asking("duty_leader", "D-7", "核实来电人")]
    assert (await ask("POST", "/api/v1/threads/t:9/unmask", ROLE, json=why)).status_code == 404


@pytest.mark.parametrize("token", ["", SYSTEM, "wrong", "Bearer"])
def test_no_other_token_is_a_role(token: str) -> None:
    keys = Keys({"duty_leader": SecretStr(ROLE)}, SecretStr(SYSTEM), LINKS, timedelta(hours=1))
    with pytest.raises(Exception, match="令牌"):
        keys.role_of(f"Bearer {token}")


@pytest.mark.parametrize("token", ["", "wrong"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/incidents/I-1/link"),
        ("GET", f"/api/v1/pictures/{PICTURE.digest}"),
        ("POST", "/api/v1/reports/pictured"),
    ],
)
async def test_nobody_without_a_token_gets_in(method: str, path: str, token: str) -> None:
    assert (await ask(method, path, token)).status_code == 401


async def test_an_empty_token_opens_nothing() -> None:
    keys = Keys({"duty_leader": SecretStr("")}, SecretStr(""), LINKS, timedelta(hours=1))
    with pytest.raises(Exception, match="令牌"):
        keys.check_system("Bearer ")


async def test_the_link_of_a_worker_opens_the_door_and_a_call() -> None:
    link = (await ask("POST", "/api/v1/incidents/I-1/link", SYSTEM)).json()["link"]
    assert "2203" in (await ask("GET", DOOR, link)).text
    called = await ask("POST", "/api/v1/workers/W-1/incidents/I-1/calls/t:1", link)
    assert called.json()["number"] == "95000001"


@pytest.mark.parametrize(
    ("path", "link"),
    [
        (DOOR, ""),
        (DOOR, SYSTEM),
        (DOOR, ROLE),
        (DOOR, sign(GRANT, b"another key")),
        (DOOR, sign(Grant("W-1", "I-1", 1, 0), LINKS)),
        (DOOR, sign(Grant("W-2", "I-1", 1, LATER), LINKS)),
        (DOOR, sign(Grant("W-1", "I-2", 1, LATER), LINKS)),
        ("/api/v1/workers/W-2/incidents/I-1/address", sign(GRANT, LINKS)),
        ("/api/v1/workers/W-1/incidents/I-2/address", sign(GRANT, LINKS)),
    ],
)
async def test_a_stranger_is_told_nothing(path: str, link: str) -> None:
    answer = await ask("GET", path, link)
    assert answer.status_code == 404 and "2203" not in answer.text


async def test_a_link_opens_nothing_once_the_incident_has_gone_on() -> None:
    gone, link = Drawer(open=False), sign(GRANT, LINKS)
    assert (await ask("GET", DOOR, link, drawer=gone)).status_code == 404
    assert (await ask("POST", "/api/v1/incidents/I-1/link", SYSTEM, drawer=gone)).status_code == 404


async def test_a_report_goes_on_with_the_pictures_that_are_good() -> None:
    commands = Commands()
    files = [("pictures", b"\xff\xd8good"), ("pictures", b"bad"), ("pictures", b"")]
    answer = await ask(
        "POST",
        "/api/v1/reports/pictured",
        SYSTEM,
        commands=commands,
        data={"report": REPORT},
        files=[(name, ("p.jpg", content)) for name, content in files],
    )
    assert answer.status_code == 202 and answer.json()["pictures"] == [PICTURE.digest]
    assert [each[:5] for each in answer.json()["refused"]] == ["第 2 张", "第 3 张"]
    ((event, _, _),) = commands.taken
    assert isinstance(event, Submission) and event.pictures == (PICTURE,)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": {"other": "1"}}, 422),
        ({"data": {"report": "{"}}, 422),
        ({"content": b"x" * 100_001}, 413),
        ({"json": {"report": 1}}, 422),
    ],
)
async def test_a_bad_form_is_refused_with_a_sentence(sent: dict[str, Any], status: int) -> None:
    commands = Commands()
    answer = await ask("POST", "/api/v1/reports/pictured", SYSTEM, commands=commands, **sent)
    assert answer.status_code == status and not commands.taken


async def test_a_picture_is_shown_so_that_no_browser_runs_it() -> None:
    answer = await ask("GET", f"/api/v1/pictures/{PICTURE.digest}", ROLE)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    for missing in ("b" * 64, "..%2f..%2fetc", "A" * 64):
        assert (await ask("GET", f"/api/v1/pictures/{missing}", ROLE)).status_code == 404
