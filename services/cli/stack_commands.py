"""`hub up`, `hub down`, `hub status`: the whole hub on this machine with one command."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated

import psutil
import typer
from rich.console import Console

from deploy.embedded.application import Application
from deploy.embedded.errors import StackError, sentence
from deploy.embedded.home import Home
from deploy.embedded.settings import StackSettings, settings_from
from deploy.embedded.stack import Stack
from services.cli.interrupts import stop_on_signals
from services.cli.prepare import prepare
from services.cli.stack_detached import start_detached
from services.cli.stack_display import StartDisplay, address_table, death_line, without_password
from services.cli.stack_status import look, status_table

DOWN_LIMIT = 25.0
"""Seconds that `hub down` waits; a stack stops within 20."""

Detach = Annotated[bool, typer.Option("--detach", "-d", help="Return once everything is ready.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def register(app: typer.Typer) -> None:
    """Add the stack's commands to `hub`."""
    app.command()(up)
    app.command()(down)
    app.command()(status)


@asynccontextmanager
async def running_stack(
    console: Console, settings: StackSettings | None = None
) -> AsyncIterator[Application]:
    """The whole hub, ready; its start is shown on the console, it is stopped at the end."""
    display = StartDisplay(console)
    stack = Stack(settings, display.show)
    died = lambda death: console.print(death_line(death), style="yellow", markup=False)
    application = Application(stack, prepare, died=died)
    with display:
        await application.start()
    try:
        yield application
    finally:
        await application.stop()


def up(detach: Detach = False, as_json: AsJson = False) -> None:
    """Start Kafka, PostgreSQL and the four services."""
    console = Console(stderr=as_json, quiet=as_json)
    with one_sentence():
        if detach:
            _up_detached(console, as_json)
        else:
            asyncio.run(_up_here(console, as_json))


def down(as_json: AsJson = False) -> None:
    """Stop what `hub up` started, and wait for it."""
    console = Console(quiet=as_json)
    with one_sentence():
        home = Home(settings_from().home)
        if pid := home.holder():
            with console.status(f"stopping the stack (pid {pid}) …"):
                _stop(pid)
            console.print("Stopped.")
        else:
            console.print(f"Nothing runs on {home.path}.")
    if as_json:
        typer.echo(json.dumps({"home": str(home.path), "stopped": pid}))


def status(as_json: AsJson = False) -> None:
    """Show what runs; the exit code is 0 when everything is ready."""
    console = Console()
    with one_sentence():
        found = asyncio.run(look(Home(settings_from().home)))
    if as_json:
        print(json.dumps(found.as_json(), indent=1))
    elif found.pid is None:
        console.print(f"Nothing runs on {found.home}; start it with 'hub up'.")
    else:
        console.print(f"The stack (pid {found.pid}) runs on {found.home}.", highlight=False)
        console.print(status_table(found))
    raise typer.Exit(0 if found.all_ready else 1)


async def _up_here(console: Console, as_json: bool) -> None:
    def told() -> None:
        console.print("stopping; once more to stop at once …", style="dim")

    with stop_on_signals(told):
        async with running_stack(console) as application:
            _show(console, application.addresses, as_json)
            console.print("Ctrl-C stops everything.", style="dim")
            await _until_cancelled()


async def _until_cancelled() -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


def _up_detached(console: Console, as_json: bool) -> None:
    display = StartDisplay(console)
    with display:
        addresses = start_detached(Home(settings_from().home), display.show)
    _show(console, addresses, as_json)
    console.print("'hub status' shows it, 'hub down' stops it.", style="dim")


def _show(console: Console, addresses: dict[str, str], as_json: bool) -> None:
    if as_json:
        shown = {name: without_password(address) for name, address in addresses.items()}
        print(json.dumps({"ready": True, "addresses": shown}), flush=True)
    console.print(address_table(addresses))


def _stop(pid: int) -> None:
    try:
        stack = psutil.Process(pid)
        stack.terminate()
        stack.wait(DOWN_LIMIT)
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied:
        raise StackError(f"the stack (pid {pid}) belongs to another user; ask them.") from None
    except psutil.TimeoutExpired:
        raise StackError(
            f"the stack (pid {pid}) did not stop within {DOWN_LIMIT:.0f} s; "
            f"'kill -9 {pid}' ends it and its processes, and no data is lost."
        ) from None


@contextmanager
def one_sentence() -> Iterator[None]:
    """Failures as one sentence and exit code 1, an interruption as 130; no traceback."""
    try:
        yield
    except (StackError, OSError) as error:
        typer.echo(f"error: {sentence(error)}", err=True)
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(130) from None
