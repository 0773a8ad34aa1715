"""`hub dispatch redispatch|takeover|…`: what people order of dispatch."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.embedded.home import Home
from deploy.embedded.settings import settings_from
from schemas.dispatch import Level
from schemas.incident import Alertness
from services.cli.addresses import addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json
from services.dispatch.domain.crew_choice import TITLES
from services.reference.calendar import BEIJING

Incident = Annotated[str, typer.Argument(help="The id of an incident.")]
By = Annotated[str, typer.Option("--by", help="Staff number of who orders it.")]
Why = Annotated[str, typer.Option("--reason", help="Why, in Chinese: it is recorded.")]
Key = Annotated[str, typer.Option("--id", help="The same id twice is one order. Default: new.")]
Until = Annotated[datetime, typer.Option(help="Beijing time; it must be given.")]


class _Token(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore")

    token: SecretStr | None = Field(default=None, validation_alias="HUB_API_TOKEN")


def register(group: typer.Typer) -> None:
    """Add the orders to the group `dispatch`."""
    for command in (redispatch, takeover, dispute, supervise, lift, mode, off):
        group.command(command.__name__)(command)
    for name, what in HOLDING_BACK.items():
        group.command(name, help=what)(hold_back(name))
    group.command("end-mode")(end_mode)
    group.command("on")(back)


def redispatch(
    incident: Incident,
    by: By,
    reason: Why,
    to: Annotated[str, typer.Option(help="Staff number; default: by the rules.")] = "",
    level: Annotated[Level, typer.Option(help="Of the person, or from which rung.")] = (
        Level.MICRO_GRID
    ),
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Send an incident to somebody else (改派)."""
    said = {"incident_id": incident, "by": by, "reason": reason, "worker_id": to, "level": level}
    _order("redispatch", said, key, as_json)


def takeover(
    incident: Incident,
    by: By,
    reason: Why,
    level: Annotated[Level, typer.Option(help="The rung of who takes over.")] = Level.STREET,
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Take an incident over oneself (接管)."""
    said = {"incident_id": incident, "by": by, "reason": reason, "level": level}
    _order("takeover", said, key, as_json)


def dispute(
    incident: Incident,
    by: By,
    reason: Why,
    upheld: Annotated[bool, typer.Option("--upheld/--rejected", help="Was the refusal right?")],
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Decide on a refusal (退单复核): rejected, it goes back to who refused."""
    said = {"incident_id": incident, "by": by, "reason": reason, "upheld": upheld}
    _order("dispute", said, key, as_json)


def supervise(
    incident: Incident,
    by: By,
    note: Annotated[str, typer.Option(help="What is expected.")] = "",
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Watch an incident from now on (督办)."""
    _order("supervise", {"incident_id": incident, "by": by, "note": note}, key, as_json)


HOLDING_BACK = {
    "silence": "Hold back what matches until a moment, danger to life aside (静默).",
    "maintenance": "The same for works that were announced (检修窗口).",
}
Categories = Annotated[list[str] | None, typer.Option("--category", help="Code, or its beginning.")]
Areas = Annotated[list[str] | None, typer.Option("--area", help="Code of the grid tree.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="A source.")]


def hold_back(what: str) -> Callable[..., None]:
    """The command that orders a silence, or a maintenance window."""

    def command(
        until: Until,
        by: By,
        reason: Why,
        category: Categories = None,
        area: Areas = None,
        source: Sources = None,
        key: Key = "",
        as_json: AsJson = False,
    ) -> None:
        key = key or uuid4().hex
        said = {
            "silence_id": f"silence:{key[:40]}",
            "what": what,
            "categories": category or [],
            "areas": area or [],
            "sources": source or [],
            "by": by,
            "reason": reason,
            "until": _beijing(until),
        }
        _order("silence", said, key, as_json)

    return command


def lift(
    silence_id: Annotated[str, typer.Argument(help="silence:…")],
    by: By,
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """End a silence before its time (解除静默): what it held goes out within seconds."""
    _order("lift", {"silence_id": silence_id, "by": by}, key, as_json)


def mode(
    area: Annotated[str, typer.Argument(help="Code of the grid tree.")],
    level: Annotated[Alertness, typer.Option()],
    until: Until,
    by: By,
    reason: Why,
    pauses: Annotated[bool, typer.Option(help="Clocks of routine work stand still.")] = False,
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Declare an emergency mode (平转战); it expires by itself."""
    key = key or uuid4().hex
    said = {
        "mode_id": f"mode:{key[:40]}",
        "area": area,
        "level": level,
        "trigger": reason,
        "pauses_routine": pauses,
        "by": by,
        "expires_at": _beijing(until),
    }
    _order("mode", said, key, as_json)


def end_mode(
    mode_id: Annotated[str, typer.Argument(help="mode:…")],
    by: By,
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """End an emergency mode before its time (战转平)."""
    _order("end-mode", {"mode_id": mode_id, "by": by}, key, as_json)


Worker = Annotated[str, typer.Argument(help="Staff number.")]


def off(worker: Worker, key: Key = "", as_json: AsJson = False) -> None:
    """Off duty at once, until the end of the shift (临时离岗)."""
    _order("off", {"worker_id": worker}, key, as_json)


def back(worker: Worker, key: Key = "", as_json: AsJson = False) -> None:
    """Back on duty (恢复在岗)."""
    _order("on", {"worker_id": worker}, key, as_json)


def _beijing(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).isoformat()


def _order(name: str, said: dict[str, Any], key: str, as_json: bool) -> None:
    with one_sentence():
        told = _followed(name, said, key or uuid4().hex)
    if as_json:
        print_json(told)
        return
    console().print(f"已执行：{told['subject']}", markup=False)
    for event in told["events"]:
        console().print(f"  {_in_words(event)}", soft_wrap=True, markup=False)


def _followed(name: str, said: dict[str, Any], key: str) -> dict[str, Any]:
    url = f"{addresses().services['dispatch']}/api/v1/orders/{name}"
    headers = {"Authorization": f"Bearer {_token()}", "Idempotency-Key": key}
    try:
        answer = httpx.post(url, json=said, headers=headers, timeout=15)
    except httpx.HTTPError as error:
        raise Failure(f"调度服务没有应答（{error}）：请运行 hub status。") from None
    body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if answer.is_error:
        raise Failure(str(body.get("detail") or body.get("error") or f"HTTP {answer.status_code}"))
    return dict(body)


def _token() -> str:
    """The service's token: from the environment, or the local stack's."""
    given = _Token().token
    if given:
        return given.get_secret_value()
    home = Home(settings_from().home)
    if home.holder() is None:
        raise Failure("没有令牌：请设置 HUB_API_TOKEN，与调度服务的相同。")
    return home.passwords.of("HUB_API_TOKEN")


def _in_words(event: dict[str, Any]) -> str:
    kind: str = event["type"].removeprefix("hub.").removesuffix(".v1")
    whom = event.get("assignee")
    if whom:
        why = "；".join(event["reasons"])
        return f"派给 {whom['worker_id']}（{TITLES[whom['level']]}）：{why}"
    if kind == "pushdown.refused":
        return f"不予下派：属{event['department']}职责，不得派往{TITLES[event['to_level']]}"
    return kind
