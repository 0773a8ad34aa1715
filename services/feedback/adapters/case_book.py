"""Cases as they are read over HTTP: from the ledger, the state of the case, and its facts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from services.feedback.domain.case import Case
from services.feedback.domain.searching import Wanted, query
from services.feedback.domain.versions import version_of
from services.feedback.domain.workflow import WORKFLOW, step_of
from services.kernel.postgres import Pool, queries

SQL = queries(Path(__file__).parents[1] / "sql" / "cases.sql")
CASES = TypeAdapter(Case)
FACTS = {
    "heard": "voices_of",
    "dispatches": "dispatches_of",
    "steps": "steps_of",
    "tasks": "tasks_of",
    "evidence": "evidence_of",
}
STAGES = ("dispatched_at", "accepted_at", "arrived_at", "disposed_at", "checked_at", "closed_at")
VERSIONS = ("rules_version", "ground_version")


class PostgresCaseBook:
    """The cases in feedback's own schema. They show no names and no clear text."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def search(self, wanted: Wanted) -> Sequence[dict[str, Any]]:
        """The cases that are wanted, newest first; one more than the limit if there are more."""
        text, given = query(wanted)
        return [dict(row) for row in await self._pool.fetch(text, *given)]

    async def find(self, incident_id: str) -> dict[str, Any] | None:
        """One case as it is now, with its version and what may be done; None if unknown."""
        row = await self._pool.fetchrow(SQL["case"], incident_id)
        if row is None:
            return None
        found = dict(row)
        case = CASES.validate_json(found.pop("case_state"))
        return found | _now(case) | _history(found)

    async def course(self, incident_id: str) -> dict[str, Any]:
        """What it came of, and its voices, dispatches, steps, tasks and evidence."""
        opening = orjson.loads(await self._pool.fetchval(SQL["opening"], incident_id) or b"{}")
        facts = {
            name: [_decoded(row) for row in await self._pool.fetch(SQL[text], incident_id)]
            for name, text in FACTS.items()
        }
        return {
            "title": opening.get("title", ""),
            "summary": opening.get("summary", ""),
            **facts,
        }

    async def outcome(self, incident_id: str, command_id: str) -> list[tuple[str, dict[str, Any]]]:
        """What was recorded of a case under a command: types and bodies, the command first."""
        rows = await self._pool.fetch(SQL["outcome"], incident_id, command_id)
        return [(row["ce_type"], orjson.loads(row["payload"])) for row in rows]


def _now(case: Case) -> dict[str, Any]:
    return {
        "version": version_of(case),
        "place": case.place.model_dump(exclude_none=True, exclude={"confidence"}),
        "deadlines": case.deadlines.model_dump(mode="json") if case.deadlines else None,
        "request": case.request and {"asked": case.request.asked, "by": case.request.by},
        "helpers": list(case.helpers),
        "actions": [
            {"action": action, "name": step_of(action, case.kind).name}
            for action in WORKFLOW
            if case.state in step_of(action, case.kind).states
        ],
    }


def _history(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "stages": {name: row[name] for name in STAGES},
        "versions": {name: row[name] for name in VERSIONS},
    }


def _decoded(row: Any) -> dict[str, Any]:
    """Reasons are a list, as they were given."""
    shown = dict(row)
    if isinstance(shown.get("reasons"), str):
        shown["reasons"] = orjson.loads(shown["reasons"])
    return shown
