"""The command `hub`: thin, made of one module a command."""

from importlib import import_module

import typer

from services.cli import secret_files
from services.cli.failures import one_sentence

MODULES = (
    "stack_commands",
    "live",
    "replay",
    "tickets",
    "trace",
    "risk",
    "metrics",
    "access",
    "ledger",
    "export",
    "reconcile",
    "deadletters",
    "topics",
    "sources",
    "classify",
    "merge_check",
    "incident",
    "dispatch",
    "roster",
    "recommend_unit",
    "model",
    "reviews",
    "households",
    "unmask",
    "evidence",
    "doctor",
    "ground",
    "route",
    "migrate",
    "backup",
)


def make_app() -> typer.Typer:
    """All commands in one application."""
    app = typer.Typer(
        help="事件枢纽 Event Hub: run it, feed it, follow an incident, mend what went wrong.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        callback=_before_any_command,
    )
    for name in MODULES:
        import_module(f"services.cli.{name}").register(app)
    return app


def _before_any_command() -> None:
    with one_sentence():
        secret_files.take_in()


app = make_app()

if __name__ == "__main__":
    app()
