"""`hub doctor`: whether all is well, and what to do where it is not."""

import asyncio

import typer
from rich.markup import escape

from services.cli.addresses import addresses
from services.cli.checks import Check, Verdict
from services.cli.failures import Failure, one_sentence
from services.cli.machine_checks import machine_checks
from services.cli.printing import AsJson, console, print_json, table
from services.cli.server_checks import server_checks
from services.cli.service_checks import service_checks
from services.cli.setting_checks import settings_check

COLOURS = {Verdict.OK: "green", Verdict.ATTENTION: "yellow", Verdict.WRONG: "red"}


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Check servers, tables, topics, services and this machine (体检); exit code 1 if wrong."""
    with one_sentence():
        found = asyncio.run(examine())
    is_wrong = any(each.verdict is Verdict.WRONG for each in found)
    if as_json:
        print_json({"ok": not is_wrong, "checks": [each.as_dict() for each in found]})
    else:
        show(found)
    raise typer.Exit(1 if is_wrong else 0)


async def examine() -> list[Check]:
    """All checks; those that need a server are left out where it does not answer."""
    settings = settings_check()
    if settings.verdict is Verdict.WRONG:
        return [settings, *machine_checks()]
    try:
        known = addresses()
    except Failure as unknown:
        return [
            Check("hub", Verdict.ATTENTION, "none runs here", str(unknown)),
            settings,
            *machine_checks(),
        ]
    servers = await server_checks(known)
    answering = all(each.verdict is not Verdict.WRONG for each in servers)
    services = await service_checks(known, servers_answer=answering)
    return [settings, *servers, *services, *machine_checks()]


def show(found: list[Check]) -> None:
    """A row for each check, as text: what stands in brackets is no markup."""
    rows = [
        (
            each.name,
            f"[{COLOURS[each.verdict]}]{each.verdict}[/]",
            escape(each.found),
            escape(each.advice),
        )
        for each in found
    ]
    console().print(table(("check", "verdict", "found", "what to do"), rows))
