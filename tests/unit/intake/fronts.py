"""The HTTP of intake without servers: what it takes is remembered, what it reads is given."""

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from schemas.event import Event
from services.hosting.http import Health, make_app
from services.intake.adapters.ears import Ears
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import Reception
from services.intake.adapters.register_watch import RegisterWatch
from services.intake.adapters.wecom import WecomSeal
from services.intake.domain.hearing import Maintenance
from services.intake.domain.registered import Register, register_of
from services.intake.domain.signatures import sign
from services.intake.domain.submission import Submission
from services.intake.http import make_routers
from services.intake.http.admission import Gate
from services.intake.http.front import Front
from services.intake.ports import ServiceRequest, Wanted
from services.kernel.processor import Processor
from services.reference.catalogue import load_catalogue
from tests.unit.intake.records import GROUND, VAULT

TOKEN = {"authorization": "Bearer let-me-in"}
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
KEYS = """
WORKERS=a-key-for-workers
WORKERS_OLD=the-key-before
CAMERAS=a-key-for-cameras
WECOM=token-of-tests:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG
REPORT_TABLES=a-key-for-tables
GROUP_ROBOT=a-key-for-robots
OPEN311=a-key-for-the-public
XISHU=a-key-for-xishu
"""
REGISTER = Path(__file__).parents[3] / "services" / "intake" / "data" / "sources.yaml"


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

    @property
    def submissions(self) -> list[Submission]:
        """What was handed in."""
        return [event for event, _, _ in self.taken if isinstance(event, Submission)]


class Shelf:
    """What the tables of sources and requests would hold."""

    def __init__(self) -> None:
        self.used: set[bytes] = set()
        self.opened: list[Maintenance] = []
        self.requests: list[ServiceRequest] = []

    async def use_signature(self, digest: bytes) -> bool:
        """Take a signature; False if it was used before."""
        is_new = digest not in self.used
        self.used.add(digest)
        return is_new

    async def listed(self) -> list[dict[str, Any]]:
        """No source has been heard yet."""
        return []

    async def is_known(self, source_id: str) -> bool:
        """The cameras are known."""
        return source_id == "cameras"

    async def windows(self) -> list[dict[str, Any]]:
        """No window is open."""
        return []

    async def maintain(self, window: Maintenance) -> int:
        """Remember a window."""
        self.opened.append(window)
        return len(self.opened)

    async def end_maintenance(self, source_id: str) -> None:
        """Forget the windows."""
        self.opened.clear()

    async def find(self, origin: str, wanted: Wanted) -> Sequence[ServiceRequest]:
        """The requests with these ids."""
        return [each for each in self.requests if not wanted.ids or each.request_id in wanted.ids]


class Registers(RegisterWatch):
    """A register that a test can put in the place of the file's."""

    def put(self, register: Register) -> None:
        """Go by this register from now on."""
        self._files.value = (register, self._files.value[1])


class Counter:
    """One intake, with its HTTP open."""

    def __init__(self, secrets: Path, token: str = "let-me-in", register: Path = REGISTER) -> None:
        self.commands, self.shelf, self.ears = Commands(), Shelf(), Ears()
        self.registers = Registers(register, secrets)
        reception = Reception(
            lambda: GROUND,
            KeyedPseudonyms("a key for tests"),
            VAULT,
            lambda: self.registers.register,
            self.ears,
        )
        self.front = Front(
            processor=cast("Processor", self.commands),
            desk=reception,
            gate=Gate(self.registers, self.shelf),
            sources=self.shelf,
            seal=WecomSeal(),
            requests=cast("Any", self.shelf),
            catalogue=load_catalogue(),
            token=SecretStr(token) if token else None,
            largest=1_000,
            longest_maintenance=timedelta(days=7),
        )

    @property
    def app(self) -> FastAPI:
        """The application."""
        app = make_app(Health("intake"))
        for router in make_routers(self.front):
            app.include_router(router)
        return app

    def change(self, source_id: str, **terms: Any) -> None:
        """Change the terms of one source in the register."""
        known = self.registers.register
        changed = known.by_id[source_id].model_copy(update=terms)
        others = tuple(each for each in known.sources if each.id != source_id)
        self.registers.put(register_of((*others, changed), "changed"))

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)

    async def send(self, source: str, body: bytes, key: str, at: str = "") -> httpx.Response:
        """One signed post of reports."""
        signed = signed_headers(source, body, key, at)
        return await self.ask(
            "POST", f"/api/v1/sources/{source}/reports", content=body, headers=signed
        )


def signed_headers(source: str, body: bytes, key: str, at: str = "") -> dict[str, str]:
    """The headers of a signed message."""
    timestamp = at or f"{time.time():.3f}"
    return {"hub-timestamp": timestamp, "hub-signature": sign(key, source, timestamp, body)}
