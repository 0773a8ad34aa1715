"""`hub roster`: whether a roster can be used, and where nobody is."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, table
from services.dispatch.adapters.roster_file import load_roster
from services.dispatch.domain.crew_choice import TITLES
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.roster.gaps import AHEAD, gaps
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground
from services.reference.rule_files import Fault

File = Annotated[Path, typer.Argument(exists=True, help="roster.yaml, or its folder.")]
OnGround = Annotated[
    Path | None, typer.Option("--ground", help="Codes are checked against it. Default: not.")
]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(no_args_is_help=True, help="The roster: check it, find gaps.")
    group.command("check")(check)
    group.command("gaps")(find_gaps)
    app.add_typer(group, name="roster")


def check(where: File, ground: OnGround = None, as_json: AsJson = False) -> None:
    """Check a roster as the service does (检查班表)."""
    with one_sentence():
        roster, notes = _read(where, ground)
    said = [str(note) for note in notes]
    told = {"version": roster.version, "people": len(roster.people), "notes": said}
    if as_json:
        print_json(told)
        return
    for note in said:
        console().print(f"注意 {note}", soft_wrap=True, markup=False)
    console().print(
        f"可以使用：{told['people']} 人，版本 {roster.version}",
        markup=False,
    )


def find_gaps(
    where: File,
    days: Annotated[int, typer.Option(min=1, max=366)] = AHEAD,
    first: Annotated[datetime | None, typer.Option("--from", help="A day. Default: today.")] = None,
    ground: OnGround = None,
    as_json: AsJson = False,
) -> None:
    """List when nobody is there, for each area, in the next days (空岗)."""
    with one_sentence():
        roster, _ = _read(where, ground)
        begin: date = first.date() if first else datetime.now(BEIJING).date()
        found = list(gaps(roster, begin, days))
    if as_json:
        print_json({"version": roster.version, "gaps": [gap.told() for gap in found]})
        return
    rows = ((gap.area, TITLES[gap.level], clock(gap.begins), clock(gap.ends)) for gap in found)
    if found:
        console().print(table(("区域", "层级", "自", "至"), rows))
    console().print(f"{begin} 起 {days} 天：{len(found)} 处空岗")


def _read(where: Path, ground: Path | None) -> tuple[Roster, list[Fault]]:
    on = load_ground(ground) if ground else None
    roster, notes = load_roster(where, on, datetime.now(UTC))
    if roster is None:
        raise Failure(f"{where} 中没有 roster.yaml。")
    return roster, notes
