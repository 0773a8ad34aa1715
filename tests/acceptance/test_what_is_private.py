"""What is private stays with intake: nothing of it travels, and it opens only for who must act."""

import asyncio
import base64
import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.flow import FLOW, UPSTREAM, Service
from tests.acceptance.conftest import ROLE_TOKEN, SYSTEM_TOKEN, private_settings
from tests.acceptance.town import Town, eventually
from tests.harness import Hub
from tests.unit.intake.pictures import jpeg

pytestmark = pytest.mark.integration

PHONE, CHAT_PHONE, LANDLINE = "13951738264", "15863920471", "028-85263917"
CARD, OLD_CARD = "510108197304126218", "510108730412621"
NAME, INTRODUCED = "欧阳试样", "钱样本"
PLATE, GREEN_PLATE = "川A7T3X9", "川AD48213"
ROOM, DOOR = "3单元1704", "6单元2203室"
PICTURE_NAME = "menpai-1704.jpg"
PLANTED = (
    *(PHONE, CHAT_PHONE, LANDLINE, "85263917", CARD, OLD_CARD, NAME, INTRODUCED),
    *(PLATE, GREEN_PLATE, ROOM, DOOR, PICTURE_NAME),
)
BARE_ROOM = re.compile(r"(?<![0-9A-Za-z.:-])(1704|2203)(?![0-9A-Za-z.-])")
"""A room's number alone: not as a part of a moment, an id or a measured value."""


@pytest.fixture(scope="module")
def album() -> Iterator[str]:
    """A server that gives one picture to whoever asks; its address."""

    class Album(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(jpeg())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Album)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{PICTURE_NAME}"
    server.shutdown()
    server.server_close()


def ticket(album: str, number: str, building: int = 2) -> dict[str, str]:
    """The fields of a ticket that is full of a person."""
    return {
        "工单编号": number,
        "诉求人": NAME,
        "诉求人电话": PHONE,
        "事发地址": f"云栖一期{building}栋{ROOM}",
        "诉求内容": (
            f"云栖一期{building}栋楼下消防通道被{PLATE}和{GREEN_PLATE}占用，我叫{INTRODUCED}，住{building}栋{ROOM}，"
            f"身份证{CARD}，旧证号身份证号{OLD_CARD}，座机{LANDLINE}"
        ),
        "附件": album,
    }


async def test_nothing_that_was_planted_is_found_anywhere_but_sealed(
    town: Town, running_hub: Hub, album: str
) -> None:
    fields = ticket(album, "GD-PRIVATE")
    thread = await town.call_hotline("GD-PRIVATE", fields["诉求内容"], **fields)
    await town.chat(f"松苑一期1栋{DOOR}漏水，打{CHAT_PHONE}，{GREEN_PLATE}挡路")
    wide = PHONE.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    await town.chat(f"岚庭一期3栋路灯坏了，电话{wide}")
    picture = base64.b64encode(jpeg()).decode()
    camera = {"device": "CAM-0000", "code": "x", "alarm": uuid4().hex, "text": f"{PLATE}违停"}
    await town.alarm(camera | {"pictures": [f"data:image/jpeg;base64,{picture}"]})
    incident = await town.incident_of(thread)
    await town.until(incident, "pending_acceptance")
    shown = await town.recorded(thread, "hub.report.updated.v1")
    assert shown["change"] == "pictured" and shown["pictures"][0]["longitude"] == 104.1
    await town.handle(incident)
    await town.until(incident, "closed")
    found = {name: body async for name, body in everything(town, running_hub)}
    assert "139****8264" in found["topic hub.reports.v1"], "the search sees what travels"
    assert found["table intake.vault"].count("\n") >= 3, "the texts are kept"
    leaks = {
        f"{original} in {name}"
        for name, body in found.items()
        for original in PLANTED
        if original in body or original.encode().hex() in body
    }
    leaks |= {f"a room in {name}" for name, body in found.items() if BARE_ROOM.search(body)}
    assert leaks == set()


async def test_only_who_has_the_incident_sees_the_door_and_only_as_long(
    town: Town, running_hub: Hub, album: str
) -> None:
    name = f"GD-{uuid4().hex[:8]}"
    fields = ticket(album, name, building=5)
    thread = await town.call_hotline(name, fields["诉求内容"], **fields)
    incident = await town.incident_of(thread)
    worker = (await town.until(incident, "pending_acceptance"))["worker_id"]
    desk = Desk(running_hub)
    link = await eventually(lambda: desk.link(incident))
    door = f"/api/v1/workers/{worker}/incidents/{incident}/address"
    status, told = await desk.get(door, link)
    assert status == 200 and f"云栖一期5栋{ROOM}" in str(told)
    call = f"/api/v1/workers/{worker}/incidents/{incident}/calls/{thread}"
    status, lent = await desk.post(call, link)
    assert status == 200 and lent["number"] == "95000001"
    stranger = f"/api/v1/workers/W-STRANGER/incidents/{incident}/address"
    assert (await desk.get(stranger, link))[0] == 404
    assert (await desk.get(door, link[:-4] + "AAAA"))[0] == 404
    await town.handle(incident)
    await town.until(incident, "closed")

    async def refused() -> bool:
        return (await desk.get(door, link))[0] == 404

    await eventually(refused)
    assert (await desk.post(call, link))[0] == 404 and await desk.link(incident) is None
    audit = await town.openings(thread)
    assert [each["what"] for each in audit[:2]] == ["address", "call"]
    assert {each["who"] for each in audit} == {worker} and incident in audit[0]["reason"]


async def test_a_role_opens_a_text_for_a_reason_and_leaves_a_trace(
    town: Town, running_hub: Hub, album: str
) -> None:
    name = f"GD-{uuid4().hex[:8]}"
    fields = ticket(album, name)
    thread = await town.call_hotline(name, fields["诉求内容"], **fields)
    await town.incident_of(thread)
    desk = Desk(running_hub)
    path, why = f"/api/v1/threads/{thread}/unmask", {"who": "D-7", "reason": "回访核实来电人"}
    status, told = await desk.post(path, ROLE_TOKEN, why)
    assert status == 200 and told["said"][0]["phone"] == PHONE and told["said"][0]["name"] == NAME
    assert (await desk.post(path, SYSTEM_TOKEN, why))[0] == 401
    assert (await desk.post(path, ROLE_TOKEN, {"who": "D-7", "reason": "看"}))[0] == 422
    shown = await desk.hub(
        "unmask", thread, "--role", "auditor", "--who", "D-8", "--reason", "抽查派单质量"
    )
    assert json.loads(shown)["said"][0]["phone"] == PHONE
    assert "error: 角色" in await desk.hub(
        "unmask", thread, "--role", "clerk", "--reason", "就是想看看"
    )
    listed = json.loads(await desk.hub("unmask", thread, "--audit"))
    granted = [("D-7", True), ("D-7", False), ("D-8", True)]
    assert [(each["who"], each["granted"]) for each in listed[::-1]][:3] == granted
    assert not listed[0]["granted"] and listed[0]["role"] == "clerk"


class Desk:
    """Another system of the hub, that asks intake over HTTP."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def link(self, incident: str) -> str | None:
        """The link of whoever has an incident, if anybody."""
        status, told = await self.post(f"/api/v1/incidents/{incident}/link", SYSTEM_TOKEN)
        return told["link"] if status == 200 else None

    async def hub(self, *arguments: str) -> str:
        """What the command `hub` says."""
        servers = self._hub.servers
        known = {
            "HUB_KAFKA_BOOTSTRAP": servers.kafka,
            "HUB_POSTGRES_DSN": servers.postgres_dsn,
            **private_settings(servers),
        }
        told = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "services.cli.main", *arguments, "--json"],
            capture_output=True,
            env=os.environ | known,
            timeout=60,
        )
        return (told.stdout or told.stderr).decode()

    async def get(self, path: str, token: str) -> tuple[int, Any]:
        """Status and body."""
        return await asyncio.to_thread(self._ask, "GET", path, token, None)

    async def post(self, path: str, token: str, body: Any = None) -> tuple[int, Any]:
        """Status and body."""
        return await asyncio.to_thread(self._ask, "POST", path, token, body)

    def _ask(self, method: str, path: str, token: str, body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        url = self._hub.url("intake", path)
        request = urllib.request.Request(url, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, None


async def everything(town: Town, hub: Hub) -> AsyncIterator[tuple[str, str]]:
    """All that can be read of a hub, by where it was read: topics, tables, logs, metrics."""
    for topic in FLOW:
        if topic.producer != UPSTREAM:
            for name in topic.names:
                yield f"topic {name}", await _records(hub.servers.kafka, name, topic.partitions)
    for service in Service:
        yield f"log of {service}", hub.log(service).read_text(encoding="utf-8")
        url = hub.url(service, "/metrics")
        yield f"metrics of {service}", (await asyncio.to_thread(_get, url)).decode()
        for table, body in (await town.tables(service)).items():
            yield f"table {service}.{table}", body


async def _records(bootstrap: str, topic: str, partitions: int) -> str:
    """Keys, headers and values of all records of a topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(parts)
        await consumer.seek_to_beginning(*parts)
        ends = await consumer.end_offsets(parts)
        said: list[bytes] = []
        while any([await consumer.position(each) < ends[each] for each in parts]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for each in records:
                    said += [each.key or b"", each.value or b""]
                    said += [b"%s=%s" % (key.encode(), value) for key, value in each.headers]
    finally:
        await consumer.stop()
    return b"\n".join(said).decode()


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        body: bytes = answer.read()
    return body
