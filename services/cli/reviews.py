"""`hub review`, `hub dismissed`, `hub recategorise`: where people decide what a report is."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.flow import Service
from services.cli.desk import ask, order
from services.cli.failures import one_sentence
from services.cli.printing import AsJson, console, print_json, table

CLASSIFICATION = Service.CLASSIFICATION.value
LEARNED_AS = "patrol"
"""The channel of labels that have none: corrected incidents are told in plain words."""
Thread = Annotated[str, typer.Argument(help="诉求编号，如 wechat_group:ab12")]
Incident = Annotated[str, typer.Argument(help="事件编号")]
Code = Annotated[str | None, typer.Option(help="五位类别代码；不给：无需处置")]
MaybeCode = Annotated[str | None, typer.Option(help="五位类别代码；不给：按最可能的类别")]
Needed = Annotated[str, typer.Option(help="五位类别代码")]
By = Annotated[str, typer.Option(help="工号")]
Note = Annotated[str, typer.Option(help="说明")]
Limit = Annotated[int, typer.Option(min=1, max=1_000, help="最多几条")]
Day = Annotated[str | None, typer.Option(help="日期 YYYY-MM-DD（北京时间）；不给：今天")]
Out = Annotated[
    Path, typer.Option(dir_okay=False, help="训练用 CSV，可给 hub model train --reviews")
]


def register(app: typer.Typer) -> None:
    """Add the commands to `hub`."""
    review = typer.Typer(help="Reports that wait for a person (复核).", no_args_is_help=True)
    review.command("list")(list_reviews)
    review.command("answer")(answer)
    review.command("export")(export)
    app.add_typer(review, name="review")
    dismissed = typer.Typer(help="Chat that was dismissed (不予受理).", no_args_is_help=True)
    dismissed.command("sample")(sample)
    dismissed.command("restore")(restore)
    app.add_typer(dismissed, name="dismissed")
    app.command()(recategorise)


def list_reviews(limit: Limit = 50, as_json: AsJson = False) -> None:
    """List what waits, the oldest first (待复核)."""
    with one_sentence():
        found = ask(CLASSIFICATION, "/api/v1/reviews", limit=limit)
    rows = [(e["thread"], e["expires_at"][:19], _likely(e), e["text"][:60]) for e in found]
    _show(found, rows, ("诉求", "到期（UTC）", "可能是", "内容"), "没有待复核的诉求", as_json)


def answer(
    thread: Thread, by: By, code: Code = None, note: Note = "", as_json: AsJson = False
) -> None:
    """Say what a report is: it goes on at once (复核)."""
    body = {"thread": thread, "code": code, "reviewer": by, "note": note}
    with one_sentence():
        _told(order(CLASSIFICATION, "/api/v1/reviews/answers", body), as_json)


def sample(day: Day = None, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Look at some of what was dismissed on a day, the same at every look (抽查)."""
    with one_sentence():
        found = ask(CLASSIFICATION, "/api/v1/dismissed", day=day, limit=limit)
    rows = [(e["thread"], e["text"][:80], e["reasons"][-1]) for e in found]
    _show(found, rows, ("诉求", "内容", "理由"), "这一天没有不予受理的消息", as_json)


def restore(thread: Thread, by: By, code: MaybeCode = None, as_json: AsJson = False) -> None:
    """This was a report after all: it goes on as an incident (恢复)."""
    body = {"thread": thread, "code": code, "reviewer": by}
    with one_sentence():
        _told(order(CLASSIFICATION, "/api/v1/dismissed/restorations", body), as_json)


def recategorise(
    incident: Incident, code: Needed, by: By, reason: Note = "", as_json: AsJson = False
) -> None:
    """Put the category of an open incident right (改类)."""
    body = {"code": code, "by": by, "reason": reason}
    with one_sentence():
        _told(order(CLASSIFICATION, f"/api/v1/incidents/{incident}/category", body), as_json)


def export(out: Out, as_json: AsJson = False) -> None:
    """Write what people have said, masked, as rows to train with (导出)."""
    with one_sentence(), out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "channel", "code", "danger_to_life", "is_hazard"))
        rows = 0
        for label in _labels():
            writer.writerow(_row(label))
            rows += 1
    if as_json:
        print_json({"rows": rows, "out": str(out)})
    else:
        console().print(f"{rows} 条：{out}")


def _labels() -> Iterator[dict[str, Any]]:
    after = 0
    while portion := ask(CLASSIFICATION, "/api/v1/reviews/labels", after=after):
        yield from portion
        after = portion[-1]["id"]


def _row(label: dict[str, Any]) -> tuple[str, str, str, int, int]:
    """As `hub model train --reviews` reads it."""
    is_hazard = int(bool(label["code"]))
    text = " ".join(label["text"].split())
    return text, label["channel"] or LEARNED_AS, label["code"], int(label["danger"]), is_hazard


def _likely(review: dict[str, Any]) -> str:
    return "、".join(f"{e['code']} {e['name']} {e['confidence']:.0%}" for e in review["candidates"])


def _show(
    found: Any, rows: Sequence[Sequence[object]], columns: tuple[str, ...], none: str, as_json: bool
) -> None:
    if as_json:
        print_json(found)
    else:
        console().print(table(columns, rows) if rows else none)


def _told(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
    elif found["events"]:
        console().print(f"已办理：{'、'.join(found['events'])} {found['incident_id'] or ''}")
    else:
        console().print("没有变化：已经是这样")
