"""`hub incident`: what people put right about incidents that are one, or are not."""

import os
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer

from services.cli.addresses import addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json

Incident = Annotated[str, typer.Argument(help="The incident, as 'hub trace' names it.")]
Threads = Annotated[list[str], typer.Option("--thread", help="A voice; may be repeated.")]
Into = Annotated[str, typer.Option("--into", help="The incident that goes on.")]
By = Annotated[str, typer.Option("--by", help="Staff number.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(help="Incidents that are one, or not (拆分、并入).", no_args_is_help=True)
    group.command("split")(split)
    group.command("absorb")(absorb)
    app.add_typer(group, name="incident")


def split(
    incident: Incident, threads: Threads, by: By, reason: Reason, as_json: AsJson = False
) -> None:
    """Take voices out of an incident (拆分): they become an incident of their own."""
    with one_sentence():
        done = _ordered(incident, "split", {"threads": threads, "by": by, "reason": reason})
    _tell(done, f"已拆出事件 {done['into']}", as_json)


def absorb(incident: Incident, into: Into, by: By, reason: Reason, as_json: AsJson = False) -> None:
    """Let an incident go on as another one (并入): its voices move there, and it is closed."""
    with one_sentence():
        done = _ordered(incident, "absorb", {"into": into, "by": by, "reason": reason})
    _tell(done, f"已并入事件 {done['into']}", as_json)


def _ordered(incident: str, what: str, body: dict[str, Any]) -> dict[str, str]:
    token = os.environ.get("HUB_API_TOKEN")
    if not token:
        raise Failure("HUB_API_TOKEN is not set; commands need the token of the hub.")
    url = f"{addresses().services['classification']}/api/v1/incidents/{incident}/{what}"
    headers = {"authorization": f"Bearer {token}", "idempotency-key": uuid4().hex}
    try:
        answer = httpx.post(url, json=body, headers=headers, timeout=30.0)
    except httpx.HTTPError as error:
        raise Failure(f"classification does not answer at {url} ({error}).") from error
    told: dict[str, Any] = answer.json()
    if answer.is_error:
        raise Failure(str(told.get("error") or told.get("detail") or answer.text))
    return told


def _tell(done: dict[str, str], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(done)
    else:
        console().print(sentence)
