"""`hub dispatch replay`: what other rules would have done with incidents of the past."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import orjson
import typer

from schemas.dispatch import IncidentDispatched, ModeDeclared, ModeEnded
from schemas.incident import IncidentClassified
from services.cli.addresses import addresses
from services.cli.failures import one_sentence
from services.cli.printing import AsJson, console, print_json, table
from services.cli.progress import bar_of
from services.cli.replay_picture import TITLES, picture
from services.dispatch.adapters.rule_folder import load_book
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.replaying import Comparison, Outcome, PastMode, past_mode
from services.reference.calendar import BEIJING, load_calendar
from services.reference.catalogue import load_catalogue
from services.reference.ground import load_ground
from services.reference.ground.codes import Level

COUNT = """
SELECT count(*) FROM feedback.archive
WHERE ce_type = 'hub.incident.classified.v1' AND recorded_at >= $1 AND recorded_at < $2"""
PAIRS = """
SELECT c.payload::text AS classified, d.payload AS dispatched FROM feedback.archive c
JOIN LATERAL (SELECT a.payload::text AS payload FROM feedback.archive a
              WHERE a.subject = c.subject AND a.ce_type = 'hub.incident.dispatched.v1'
              ORDER BY a.id LIMIT 1) d ON true
WHERE c.ce_type = 'hub.incident.classified.v1' AND c.recorded_at >= $1 AND c.recorded_at < $2
ORDER BY c.id"""


MODES = """
SELECT d.payload::text AS declared, e.payload AS ended FROM feedback.archive d
LEFT JOIN LATERAL (SELECT a.payload::text AS payload FROM feedback.archive a
                   WHERE a.subject = d.subject AND a.ce_type = 'hub.mode.ended.v1'
                   ORDER BY a.id LIMIT 1) e ON true
WHERE d.ce_type = 'hub.mode.declared.v1' AND d.recorded_at < $1"""


def replay(
    rules: Annotated[Path, typer.Option("--rules", exists=True, help="A folder of rules.")],
    since: Annotated[datetime | None, typer.Option("--from", help="Default: 30 days ago.")] = None,
    until: Annotated[datetime | None, typer.Option("--until", help="Default: now.")] = None,
    calendar: Annotated[Path | None, typer.Option(help="A working calendar.")] = None,
    ground: Annotated[Path | None, typer.Option(help="For the types of communities.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Differing incidents shown.")] = 20,
    svg: Annotated[Path | None, typer.Option(help="Draw the difference as a picture.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play recorded incidents through other rules, side by side (规则回放); nothing is changed."""
    with one_sentence():
        now = datetime.now(UTC)
        folder = rules if rules.is_dir() else rules.parent
        book, _ = load_book(folder, load_catalogue(), load_calendar(calendar), now)
        units = load_ground(ground).tree.at(Level.COMMUNITY)
        types = {unit.code: unit.community_type for unit in units}
        span = (_moment(since) or now - timedelta(days=30), _moment(until) or now)
        found = asyncio.run(_compared(book, types, span, as_json))
        if svg:
            svg.write_text(picture(found), encoding="utf-8")
    if as_json:
        print_json(_told(found, book, limit))
        return
    _show(found, book, limit)


def _moment(given: datetime | None) -> datetime | None:
    return given.replace(tzinfo=BEIJING) if given else None


async def _compared(
    book: RuleBook, types: Mapping[str, str], span: tuple[datetime, datetime], as_json: bool
) -> Comparison:
    found = Comparison()
    connection = await asyncpg.connect(addresses().postgres)
    try:
        total = await connection.fetchval(COUNT, *span)
        modes = [_past_mode(row) for row in await connection.fetch(MODES, span[1])]
        async with connection.transaction(readonly=True):
            with bar_of(console(as_json), "replay", total) as moved:
                async for row in connection.cursor(PAIRS, *span, prefetch=500):
                    event = IncidentClassified.model_validate(orjson.loads(row["classified"]))
                    sent = IncidentDispatched.model_validate(orjson.loads(row["dispatched"]))
                    found.add(event, sent, book, types, modes)
                    moved(found.total)
    finally:
        await connection.close()
    return found


def _past_mode(row: Mapping[str, str | None]) -> PastMode:
    ended = row["ended"]
    return past_mode(
        ModeDeclared.model_validate_json(row["declared"] or ""),
        ModeEnded.model_validate_json(ended) if ended else None,
    )


def _told(found: Comparison, book: RuleBook, limit: int) -> dict[str, Any]:
    counted = sorted({*found.before, *found.after})
    return {
        "rules_version": book.version,
        "incidents": found.total,
        "differing": len(found.differences),
        "counts": [
            {"what": what, "value": value, "before": found.before[key], "after": found.after[key]}
            for key in counted
            for what, value in [key]
        ],
        "differences": [asdict(each) for each in found.differences[:limit]],
    }


def _show(found: Comparison, book: RuleBook, limit: int) -> None:
    rows = (
        (TITLES[what], value or "（无）", found.before[what, value], found.after[what, value])
        for what, value in sorted({*found.before, *found.after})
    )
    console().print(table(("项目", "值", "原来", "这些规则"), rows))
    for each in found.differences[:limit]:
        line = f"{each.incident_id} {each.category}：{_changes(each.before, each.after)}"
        console().print(line, soft_wrap=True, markup=False)
    share = len(found.differences) / found.total if found.total else 0
    console().print(
        f"{found.total} 个事件，{len(found.differences)} 个不同（{share:.1%}），"
        f"规则版本 {book.version}",
        markup=False,
    )


def _changes(before: Outcome, after: Outcome) -> str:
    names = [field.name for field in fields(Outcome)]
    return "，".join(
        f"{TITLES[name]} {getattr(before, name) or '（无）'} → {getattr(after, name) or '（无）'}"
        for name in names
        if getattr(before, name) != getattr(after, name)
    )
