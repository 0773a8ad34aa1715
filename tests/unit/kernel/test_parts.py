"""The small parts: named queries, trace context, the table of handlers, drills."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.domain import Handlers
from services.kernel.drill import CRASH_POINTS
from services.kernel.postgres import queries
from services.kernel.record import new_id, trace_id, traceparent
from services.kernel.store import SQL
from tests.unit.kernel.toy import Added, on_added


def test_queries_are_found_by_name_with_their_sentence(tmp_path: Path) -> None:
    path = tmp_path / "queries.sql"
    path.write_text(
        "-- of the toy\n-- name: one\n-- The first.\nSELECT 1;\n\n-- name: two\nSELECT 2;\n"
    )
    found = queries(path)
    assert list(found) == ["one", "two"]
    assert "SELECT 1;" in found["one"] and "SELECT 2" not in found["one"]


def test_every_query_of_the_kernel_says_in_a_sentence_what_it_is_for() -> None:
    assert len(SQL) > 20
    for name, text in SQL.items():
        first = text.splitlines()[0]
        assert first.startswith("-- ") and first.endswith("."), name


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_traceparent_is_always_well_formed_and_follows_from_the_correlation(
    correlation: str, span: str
) -> None:
    version, trace, parent, flags = traceparent(correlation, span).split("-")
    assert (version, flags) == ("00", "01")
    assert len(trace) == 32 and len(parent) == 16
    assert int(trace, 16) >= 0 and int(parent, 16) >= 0
    assert trace == trace_id(correlation)


def test_a_uuid_is_its_own_trace() -> None:
    assert trace_id("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b") == "0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"


@given(st.text(max_size=20), st.text(max_size=20), st.integers(0, 5), st.integers(0, 5))
def test_ids_follow_from_their_cause(cause: str, kind: str, index: int, other: int) -> None:
    assert new_id(cause, kind, index) == new_id(cause, kind, index)
    assert (new_id(cause, kind, index) == new_id(cause, kind, other)) == (index == other)


def test_an_event_has_one_handler() -> None:
    handlers = Handlers()
    handlers.on(Added)(on_added)
    with pytest.raises(ValueError, match="Added has a handler already"):
        handlers.on(Added)(on_added)


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_drill_ends_the_process_at_the_named_pass_of_its_point_alone(point: str) -> None:
    program = (
        "from services.kernel.drill import CRASH_POINTS, checkpoint\n"
        "for number in range(1, 6):\n"
        "    for point in CRASH_POINTS:\n"
        "        checkpoint(point); print(point, number, flush=True)"
    )
    env = os.environ | {"HUB_DRILL_CRASH": f"{point}:3"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 137
    passed = [line for line in done.stdout.splitlines() if line.startswith(point)]
    assert passed == [f"{point} 1", f"{point} 2"]
