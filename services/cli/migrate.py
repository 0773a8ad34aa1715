"""`hub migrate`: bring tables and topics up to date."""

import asyncio
import os

import typer

from schemas.flow import Service
from services.cli.addresses import Addresses, addresses
from services.cli.failures import one_sentence
from services.cli.prepare import applied
from services.cli.printing import AsJson, console, print_json


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(migrate)


def migrate(as_json: AsJson = False) -> None:
    """Make roles, tables and topics that are missing (建库建主题)."""
    with one_sentence():
        done = asyncio.run(_migrate(addresses()))
    if as_json:
        print_json(done)
        return
    for name, what in done.items():
        console().print(f"{name}: {', '.join(what) if what else 'up to date'}")


async def _migrate(known: Addresses) -> dict[str, list[str]]:
    try:
        return await applied(known.kafka, known.postgres, service_dsns())
    except RuntimeError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None


def service_dsns() -> dict[str, str]:
    """The DSN of each service whose own login the environment names."""
    named = {each.value: os.environ.get(f"HUB_{each.upper()}_POSTGRES_DSN") for each in Service}
    return {name: dsn for name, dsn in named.items() if dsn}
