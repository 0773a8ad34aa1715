"""`hub metrics`: every rate with its numerator and denominator, as the API tells them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer

from services.cli.desk import ask
from services.cli.failures import one_sentence
from services.cli.printing import AsJson, console, print_json, span, table
from services.feedback.domain.measures import Axis

By = Annotated[Axis, typer.Option("--by", help="What to tell apart.")]
Area = Annotated[str, typer.Option("--area", help="A code of the grid tree, or how it begins.")]
Since = Annotated[datetime | None, typer.Option(help="Beijing time. Default: 30 days before.")]
Until = Annotated[datetime | None, typer.Option(help="Beijing time. Default: now.")]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(metrics)


def metrics(
    by: By = Axis.ALL,
    area: Area = "",
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Show every rate (指标) with its numerator and denominator."""
    with one_sentence():
        period = _period(since=since, until=until)
        found = ask("feedback", "/api/v1/metrics", by=by.value, area=area, **period)
    if as_json:
        print_json(found)
    else:
        console().print(table(("", "指标", "比率", "分子", "分母"), _rows(found)))


def _period(**moments: datetime | None) -> dict[str, str]:
    return {name: f"{when.isoformat()}+08:00" for name, when in moments.items() if when}


def _rows(found: list[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    for row in found:
        for each in row["rates"].values():
            rate = None if each["rate"] is None else f"{each['rate']:.1%}"
            yield row["key"], each["chinese"], rate, each["numerator"], each["denominator"]
        for each in row["seconds"].values():
            if each["p50"] is not None:
                shown = f"p50 {span(each['p50'])}，p90 {span(each['p90'])}"
                yield row["key"], each["chinese"], shown, None, None
