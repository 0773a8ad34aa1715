"""Steps over HTTP (办理操作): what workers, property staff, the duty desk and leaders do.

Who acts, and as what, is in the token; only the hub's own systems say it for others. The id of
a command (`Idempotency-Key`) makes a repeated click one, and both get the same answer.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from schemas.case import StepRefused
from schemas.worker import Action, Evidence, Role, StepReported
from services.feedback.domain.case import State
from services.feedback.domain.versions import STALE
from services.feedback.http.front import Front, router_of
from services.hosting.access import Identity, Office
from services.hosting.problems import Refusal

SOURCE = "http"
Text = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
CommandId = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=8, max_length=64, pattern=r"^[\x21-\x7e]*$"),
]


class Doing(BaseModel):
    """A step. `seen` is the version of the case on the page; `worker_id` and `role` are for
    systems of the hub alone.
    """

    model_config = ConfigDict(extra="forbid")

    action: Action
    seen: Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")] = ""
    round: int = Field(default=0, ge=0, le=1_000_000)
    note: Text = ""
    task_id: Text = ""
    passed: bool | None = None
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    accuracy: float | None = Field(default=None, ge=0)
    until: AwareDatetime | None = None
    at: AwareDatetime | None = Field(default=None, description="by the clock of the phone")
    evidence: tuple[Evidence, ...] = Field(default=(), max_length=20)
    confirmed_by: Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")] = ""
    worker_id: Name | None = None
    role: Role | None = None


class Done(BaseModel):
    """What came of a step: the types of the events, and how the case is now."""

    incident_id: str
    command_id: str
    events: list[str]
    state: State
    version: str


def routes(front: Front) -> APIRouter:
    """The one route of all steps."""
    router = router_of("steps")

    @router.post("/cases/{incident_id}/steps")
    async def step(
        incident_id: str,
        doing: Doing,
        who: Annotated[Identity, Depends(front.who)],
        command_id: CommandId,
    ) -> Done:
        """Take a step in a case, or be told in a sentence why not."""
        actor, role = _actor(who, doing)
        found = await front.case(incident_id, who)
        name = f"{who.office}:{actor}/{command_id}"
        said = _said(found["incident_id"], name, actor, role, doing)
        await front.commands.command(said, f"{incident_id}/{name}", SOURCE)
        recorded = await front.cases.outcome(incident_id, f"{incident_id}/{name}")
        _check(said, recorded)
        now = await front.case(incident_id, who)
        told = [ce_type for ce_type, _ in recorded if ce_type != StepReported.ce_type]
        return Done.model_validate(
            {"incident_id": incident_id, "command_id": command_id, "events": told, **now}
        )

    return router


def _actor(who: Identity, doing: Doing) -> tuple[str, Role]:
    """Who acts and as what. Raises Refusal."""
    if who.office is Office.SYSTEM:
        if not doing.worker_id:
            raise Refusal(422, "field", "worker_id", "系统代为操作时必须写明人员工号")
        return doing.worker_id, doing.role or Role.WORKER
    if who.office is Office.VIEWER:
        raise Refusal(403, "role", "authorization", "您的角色只能查看，不能办理")
    if doing.worker_id not in {None, who.holder} or doing.role not in {None, who.office.value}:
        raise Refusal(403, "role", "worker_id", "不能以他人的工号或角色操作")
    return who.holder, Role(who.office.value)


def _said(incident_id: str, name: str, actor: str, role: Role, doing: Doing) -> StepReported:
    given = doing.model_dump(exclude={"worker_id", "role", "at"})
    return StepReported.model_validate(
        {
            **given,
            "step_id": name,
            "incident_id": incident_id,
            "worker_id": actor,
            "role": role,
            "at": doing.at or datetime.now(UTC),
        }
    )


def _check(said: StepReported, recorded: list[tuple[str, dict[str, Any]]]) -> None:
    """What was recorded under this command is this step, and it was allowed. Raises Refusal."""
    for ce_type, body in recorded:
        if ce_type == StepReported.ce_type and body["action"] != said.action:
            why = f"这个命令编号已用于另一操作（{body['action']}）"
            raise Refusal(409, "reused", "Idempotency-Key", why)
        if ce_type == StepRefused.ce_type:
            kind = "stale" if body["reason"] == STALE else "refused"
            raise Refusal(409, kind, "seen" if kind == "stale" else "action", body["reason"])
