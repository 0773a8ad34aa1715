"""`hub deadletters`: what could not be processed, why, and its way back."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

import asyncpg
import typer
from aiokafka import AIOKafkaProducer
from rich.progress import track

from schemas.flow import Service
from services.cli.addresses import Addresses, addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, table
from services.cli.record_view import shown
from services.cli.unmask import Reason, Role, Who, of_intake
from services.hosting.deadletters import Letter, letters, originals, redrive
from services.hosting.kafka import client_login
from services.intake.adapters.opening import note_letter
from services.intake.domain.opening import Asking
from services.intake.settings import IntakeSettings, names_in
from services.kernel.errors import Unprocessable

ServiceName = Annotated[Service | None, typer.Option("--service", help="Only of this service.")]
Name = Annotated[str, typer.Argument(help="As the list names it, such as intake:12.")]
Clear = Annotated[bool, typer.Option("--clear", help="Show personal data in clear.")]
Redriven = Annotated[bool, typer.Option("--redriven", help="Those that were redriven, too.")]
Apply = Annotated[bool, typer.Option("--apply", help="Do it; without this nothing is changed.")]
Every = Annotated[bool, typer.Option("--all", help="All that wait.")]
Names = Annotated[list[str] | None, typer.Option("--id", help="This one; may be repeated.")]
Rate = Annotated[float, typer.Option(min=0.1, help="Records a second.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(help="Dead letters (死信).", no_args_is_help=True)
    group.command("list")(list_letters)
    group.command("show")(show_letter)
    group.command("redrive")(redrive_letters)
    app.add_typer(group, name="deadletters")


def list_letters(
    service: ServiceName = None, redriven: Redriven = False, as_json: AsJson = False
) -> None:
    """List what could not be processed, of all services."""
    with one_sentence():
        found = asyncio.run(_listed(addresses(), service, redriven))
    if as_json:
        print_json([{"name": each.name, **asdict(each)} for each in found])
    else:
        rows = [
            (e.name, clock(e.died_at), clock(e.redriven_at), e.position, e.error, e.reason[:120])
            for e in found
        ]
        columns = ("id", "died", "redriven", "record", "error", "reason")
        console().print(table(columns, rows) if rows else "No dead letters.")


def show_letter(
    name: Name,
    clear: Clear = False,
    role: Role = "",
    reason: Reason = "",
    who: Who = "",
    as_json: AsJson = False,
) -> None:
    """Show one: why it died, its headers and the beginning of its body, masked.

    With --clear as it came; it takes a role and a reason, and is written down.
    """
    asking = Asking(role, who or getpass.getuser(), reason) if clear else None
    with one_sentence():
        found = asyncio.run(_shown(addresses(), name, asking))
    if as_json:
        print_json(found)
    else:
        console().print(table(("", ""), found.items()))


def redrive_letters(
    service: ServiceName = None,
    names: Names = None,
    every: Every = False,
    apply: Apply = False,
    rate: Rate = 10.0,
    as_json: AsJson = False,
) -> None:
    """Put records on their topic again (重投). Without --apply it only says what it would do."""
    with one_sentence():
        if not names and not every:
            raise Failure("say which: --id intake:12 (may be repeated), or --all.")
        found = asyncio.run(_redriven(addresses(), service, names or [], apply, rate))
    if as_json:
        print_json({"applied": apply, "records": found})
    else:
        _tell(found, apply)
    raise typer.Exit(0 if all(each["ok"] for each in found) else 1)


def _tell(found: Sequence[dict[str, Any]], apply: bool) -> None:
    rows = [(each["name"], each["record"], each["result"]) for each in found]
    console().print(table(("id", "record", "result"), rows) if rows else "No dead letters.")
    if not apply and rows:
        console().print("Nothing was changed; add --apply to do it.")


@asynccontextmanager
async def _connected(known: Addresses) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(known.postgres)
    try:
        yield connection
    finally:
        await connection.close()


async def _listed(known: Addresses, service: Service | None, redriven: bool) -> list[Letter]:
    async with _connected(known) as connection:
        return [
            letter
            for each in ([service] if service else Service)
            for letter in await letters(connection, each, redriven=redriven)
        ]


async def _named(connection: Any, name: str) -> Letter:
    service, _, number = name.partition(":")
    if service not in set(Service) or not number.isdecimal():
        raise Failure(f"'{name}' names no dead letter; names look like intake:12.")
    found = await letters(connection, service, number=int(number), redriven=True)
    if not found:
        raise Failure(f"there is no dead letter {name}; 'hub deadletters list' shows them.")
    return found[0]


async def _shown(known: Addresses, name: str, asking: Asking | None) -> dict[str, Any]:
    async with _connected(known) as connection:
        letter = await _named(connection, name)
    if asking:
        await _written_down(letter.name, asking)
    found: dict[str, Any] = {"name": letter.name, **asdict(letter)}
    async with originals(known.kafka) as reader:
        try:
            return found | shown(await reader.read(letter), clear=asking is not None)
        except Unprocessable as missing:
            return found | {"original": str(missing)}


async def _written_down(letter: str, asking: Asking) -> None:
    connection = await of_intake()
    try:
        await note_letter(connection, names_in(IntakeSettings().unmask_roles), letter, asking)
    finally:
        await connection.close()


async def _redriven(
    known: Addresses, service: Service | None, names: list[str], apply: bool, rate: float
) -> list[dict[str, Any]]:
    if names:
        async with _connected(known) as connection:
            chosen = [await _named(connection, name) for name in names]
    else:
        chosen = await _listed(known, service, redriven=False)
    if not apply:
        return [_result(each, "would be redriven") for each in chosen]
    return await _applied(known, chosen, 1 / rate)


async def _applied(known: Addresses, chosen: list[Letter], pause: float) -> list[dict[str, Any]]:
    done = []
    producer = AIOKafkaProducer(
        bootstrap_servers=known.kafka,
        enable_idempotence=True,
        max_request_size=4_194_304,
        **client_login(),
    )
    async with producer, originals(known.kafka) as reader, _connected(known) as connection:
        bars = console(as_json=True)
        for letter in track(chosen, "redriving", console=bars, disable=not bars.is_terminal):
            try:
                await redrive(connection, producer, letter, await reader.read(letter))
                done.append(_result(letter, "redriven"))
            except Unprocessable as refusal:
                done.append(_result(letter, str(refusal), ok=False))
            await asyncio.sleep(pause)
    return done


def _result(letter: Letter, result: str, *, ok: bool = True) -> dict[str, Any]:
    return {"name": letter.name, "record": letter.position, "result": result, "ok": ok}
