"""`hub household`: the encrypted register of households, for evacuation and care visits."""

import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.embedded.settings import settings_from
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json, table
from services.reference.ground.households import (
    HouseholdRegister,
    Purpose,
    new_key,
    read_households,
)

KEY = "HUB_HOUSEHOLD_KEY"
Store = Annotated[
    Path | None, typer.Option(help="The directory of the register. Default: .hub/households.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to `hub`."""
    group = typer.Typer(help="住户底册: optional, encrypted; every opening is written down.")
    group.command("key")(make_key)
    group.command("import")(import_households)
    group.command("open")(open_households)
    app.add_typer(group, name="household")


def make_key() -> None:
    """Print a new key for HUB_HOUSEHOLD_KEY. Who loses it loses the register."""
    typer.echo(new_key())


def import_households(
    source: Annotated[
        Path,
        typer.Option("--csv", exists=True, dir_okay=False, help="code,door,size,care,consent."),
    ],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Take the households of whole micro-grids: those known before are replaced."""
    with one_sentence():
        total = _register(store).replace(read_households(source))
    if as_json:
        print_json({"households": total})
    else:
        console().print(f"已加密保存，相关社区现有 {total} 户。")


def open_households(
    code: Annotated[str, typer.Argument(help="A community, grid or micro-grid.")],
    purpose: Annotated[Purpose, typer.Option(help="A visit sees only who agreed and needs care.")],
    who: Annotated[str, typer.Option(help="The staff number of who asks.")],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show households for a purpose (疏散 or 关爱走访); the access is written down."""
    with one_sentence():
        found = _register(store).open(code, purpose, who, datetime.now(UTC))
    if as_json:
        print_json([asdict(each) for each in found])
        return
    rows = [
        (each.code, each.door, each.size, "、".join(each.care) or None, each.consent)
        for each in found
    ]
    console().print(table(("微网格", "门牌", "人数", "照护需要", "同意走访"), rows))
    people = sum(each.size for each in found)
    console().print(f"共 {len(found)} 户 {people} 人。")


def _register(store: Path | None) -> HouseholdRegister:
    key = os.environ.get(KEY)
    if not key:
        raise Failure(
            f"{KEY} is not set: the register is optional and stays closed; "
            "make a key with 'hub household key' and keep it away from the register."
        )
    return HouseholdRegister(store or settings_from().home / "households", key)
