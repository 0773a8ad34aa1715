"""Whatever is sent, feedback answers with a reason and never with a fault of its own (5xx)."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CheckContext, CheckFunction, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from services.cli.prepare import folders_of
from services.hosting.migrations import migrate
from tests.harness import fresh_database
from tests.integration.test_case_api import HERE, SYSTEM, replica, served
from tests.unit.hosting.tokens import ring_file

pytestmark = pytest.mark.integration

EXAMPLES = 40
"""Of each route: all of them together take some seconds."""
SPARED = {"/livez", "/readyz", "/metrics", "/api/v1/live"}


@pytest.fixture(scope="module")
def address(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where feedback is served, in a thread of its own, with one case in it."""
    started, stop = threading.Event(), threading.Event()
    found: list[str] = []

    async def serve() -> None:
        dsn = await fresh_database(postgres_dsn, "fuzzed_api")
        await migrate(dsn, "feedback", folders_of("feedback"), None)
        async with replica(dsn, ring_file(tmp_path_factory.mktemp("keys"))) as api:
            await api.begin("i1", HERE)
            async with served(api) as url:
                found.append(url.removesuffix("/api/v1/live"))
                started.set()
                await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    started.wait(30)
    yield found[0]
    stop.set()
    thread.join(30)


def refusals_are_problems(
    context: CheckContext, response: Any, case: schemathesis.Case[Any]
) -> None:
    """What is refused says which field and why."""
    if 400 <= response.status_code < 500 and response.status_code != 405:
        problem = response.json()
        assert problem.get("detail") and problem.get("field"), (response.status_code, problem)


CHECKS: list[CheckFunction] = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    refusals_are_problems,
]


@pytest.mark.slow
def test_no_input_makes_a_fault_of_feedbacks_own(address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    tried = set()
    for each in schema.get_all_operations():
        operation = each.ok() if isinstance(each, Ok) else None
        if operation and operation.path not in SPARED:
            tried.add(operation.label)
            _storm(operation)
    assert len(tried) == 11, tried


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
        if case.path_parameters and len(str(case.path_parameters)) % 2:
            case.path_parameters["incident_id"] = "i1"
        case.call_and_validate(checks=CHECKS, headers=SYSTEM)

    strike()
