"""Whatever is sent, intake answers with a reason and never with a fault of its own (5xx)."""

import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CheckContext, CheckFunction, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import content_type_conformance

from services.intake.adapters.wecom import signature
from tests.unit.intake.fronts import KEYS, TOKEN, Counter, signed_headers

EXAMPLES = 60
"""Of each route: all of them together take about half a minute."""

PROBES = {"/livez", "/readyz", "/metrics"}

Scope = dict[str, Any]


class Insider:
    """Around the application: whatever comes is signed, keyed and sealed as if by its source."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass one request on, in the name of a source that is registered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _whole(receive)
        path = scope["path"]
        parts = path.split("/")
        if path.startswith("/api/v1/sources/") and len(parts) > 5:
            chosen = ("workers", "report-tables", "xishu", "cameras")[len(body) % 4]
            path = f"/api/v1/sources/{chosen}/{parts[-1]}"
            key = dict(line.split("=") for line in KEYS.split())[chosen.upper().replace("-", "_")]
            _head(scope, signed_headers(chosen, body, key) | {"hub-key": key})
        elif path.startswith("/api/v1/wecom/"):
            path = "/api/v1/wecom/building-heads"
            _seal(scope)
        elif path.startswith("/open311/"):
            query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
            scope["query_string"] = urlencode(query | {"api_key": "a-key-for-the-public"}).encode()
        else:
            _head(scope, TOKEN)
        scope["path"], scope["raw_path"] = path, path.encode()
        await self.app(scope, _again(body), send)


async def _whole(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes) -> Any:
    async def receive() -> Scope:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _head(scope: Scope, headers: dict[str, str]) -> None:
    named = {name.encode() for name in headers}
    kept = [each for each in scope["headers"] if each[0].lower() not in named]
    scope["headers"] = [*kept, *((n.encode(), v.encode()) for n, v in headers.items())]


def _seal(scope: Scope) -> None:
    """Sign the echo, so that what is sealed in it is looked at."""
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    part, now = query.get("echostr", ""), str(time.time())
    signed = {
        "timestamp": now,
        "nonce": "n",
        "msg_signature": signature("token-of-tests", now, "n", part),
    }
    scope["query_string"] = urlencode(query | signed).encode()


@pytest.fixture(scope="module")
def intake() -> BaseSchema:
    """The description that intake gives of itself, and the application behind it."""
    secrets = Path(tempfile.mkdtemp()) / "secrets"
    secrets.write_text(KEYS, encoding="utf-8")
    counter = Counter(secrets)
    for each in counter.registers.register.sources:
        counter.change(each.id, rate=each.rate.model_copy(update={"burst": 1_000_000}))
    return schemathesis.openapi.from_asgi("/openapi.json", Insider(counter.app))


def refusals_are_problems(
    context: CheckContext, response: Any, case: schemathesis.Case[Any]
) -> None:
    """What is refused says which field and why."""
    if 400 <= response.status_code < 500 and response.status_code != 405:
        problem = response.json()
        assert problem["detail"] and problem["field"], problem


CHECKS: list[CheckFunction] = [
    not_a_server_error,
    content_type_conformance,
    refusals_are_problems,
]


@pytest.mark.slow
def test_no_input_makes_a_fault_of_intakes_own(intake: BaseSchema) -> None:
    tried = set()
    for found in intake.get_all_operations():
        operation = found.ok() if isinstance(found, Ok) else None
        if operation and operation.path not in PROBES:
            tried.add(operation.label)
            _storm(operation)
    assert len(tried) >= 14, tried


def _storm(operation: APIOperation[Any, Any, Any, Any]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def strike(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    strike()
