"""`hub dispatch`: why an incident goes where it goes, and whether the rules can be used."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import orjson
import typer
from pydantic import ValidationError

from schemas.dispatch import IncidentDispatched
from schemas.incident import Alertness, Category, IncidentClassified, Kind, Severity, Voice
from schemas.place import Place
from schemas.report import Source, TicketType
from services.cli import orders
from services.cli.addresses import addresses
from services.cli.decisions import BY_TYPE, decided
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, table
from services.cli.rule_replay import replay
from services.cli.unit_history import history
from services.dispatch.adapters.inhibition_file import load_inhibitions
from services.dispatch.adapters.roster_file import load_roster
from services.dispatch.adapters.rule_folder import load_book
from services.dispatch.adapters.surge_file import load_surge
from services.dispatch.domain.book import FILES, unknown_places
from services.dispatch.domain.crew_choice import TITLES
from services.dispatch.domain.decide import dispatch
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.inhibition import FILE as INHIBITIONS
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.domain.reasons import LEVELS
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.routing.explanation import sentence, tried
from services.dispatch.domain.situation import Situation, facts_of
from services.dispatch.domain.standing import EmergencyMode
from services.dispatch.domain.surge_file import FILE as SURGE
from services.reference.calendar import BEIJING, load_calendar
from services.reference.catalogue import load_catalogue
from services.reference.ground import load_ground
from services.reference.ground.codes import Level, at_level, canonical
from services.reference.rule_files import Fault

AN_HOUR = timedelta(hours=1)
OF_INCIDENT = """
SELECT payload::text AS payload FROM feedback.archive
WHERE ce_type = 'hub.incident.classified.v1' AND starts_with(subject, $1) LIMIT 2"""
SENT = """
SELECT ce_type, payload::text AS payload FROM feedback.archive
WHERE subject = $1 AND ce_type = ANY($2::text[]) ORDER BY id"""
PUSHDOWNS = """
SELECT payload::text AS payload FROM feedback.archive
WHERE ce_type = 'hub.pushdown.refused.v1' ORDER BY id DESC LIMIT $1"""

Rules = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules. Default: the shipped ones.")
]
Calendar = Annotated[Path | None, typer.Option("--calendar", help="A working calendar.")]
Folder = Annotated[
    Path, typer.Argument(exists=True, help="A folder of rules, or one of its files.")
]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(no_args_is_help=True, help="Rules of dispatch, and orders of people.")
    group.command("explain")(explain)
    group.command("check")(check)
    group.command("pushdowns")(pushdowns)
    group.command("replay")(replay)
    group.command("history")(history)
    orders.register(group)
    app.add_typer(group, name="dispatch")


def check(
    where: Folder,
    calendar: Calendar = None,
    ground: Annotated[Path | None, typer.Option(help="Areas are checked against it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check rules as the service does at its start, examples included (检查规则)."""
    with one_sentence():
        names = (*FILES, SURGE, INHIBITIONS)
        if where.is_file() and where.name not in names and where.suffix != ".csv":
            raise Failure(f"{where.name} 不是规则文件：应为 {'、'.join(names)}，放在同一文件夹中。")
        folder = where.parent if where.is_file() else where
        book, notes = _book(folder, calendar)
        load_surge(folder)
        load_inhibitions(folder, book.catalogue)
        if ground:
            notes += unknown_places(book, load_ground(ground))
    if as_json:
        print_json({"version": book.version, "notes": [_noted(note) for note in notes]})
        return
    for note in notes:
        console().print(f"注意 {note}", soft_wrap=True, markup=False)
    rules = len(book.table.rules)
    console().print(f"可以使用：{rules} 条规则，版本 {book.version}，示例全部通过", markup=False)


def _noted(note: Fault) -> dict[str, Any]:
    return {
        "file": note.file,
        "line": note.line,
        "problem": note.problem,
        "remedy": note.remedy,
    }


def _book(folder: Path | None, calendar: Path | None) -> tuple[RuleBook, list[Fault]]:
    return load_book(folder, load_catalogue(), load_calendar(calendar), datetime.now(UTC))


def explain(
    category: Annotated[str, typer.Option(help="Code of five digits.")] = "",
    severity: Annotated[Severity | None, typer.Option(help="Default: the category's.")] = None,
    area: Annotated[str, typer.Option(help="Code of a community, grid or micro-grid.")] = "",
    source: Annotated[Source, typer.Option()] = Source.PUBLIC,
    ticket: Annotated[TicketType | None, typer.Option(help="咨询, 求助, 投诉 …")] = None,
    kind: Annotated[Kind, typer.Option()] = Kind.HAZARD,
    at: Annotated[datetime | None, typer.Option(help="Beijing time; default: now.")] = None,
    alert: Annotated[
        Alertness | None, typer.Option(help="As if an emergency mode of this level held.")
    ] = None,
    incident: Annotated[str, typer.Option(help="An incident of the hub, by its id.")] = "",
    classified: Annotated[
        bool, typer.Option("--stdin", help="An IncidentClassified as JSON on stdin.")
    ] = False,
    rules: Rules = None,
    calendar: Calendar = None,
    ground: Annotated[Path | None, typer.Option(help="For the types of communities.")] = None,
    roster: Annotated[
        Path | None, typer.Option(help="roster.yaml: who is there. Default: by codes.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which rules were tried, which decided, who would get it and by when (为何这样派)."""
    with one_sentence():
        book, _ = _book(rules, calendar)
        now = _moment(at)
        if incident:
            event = asyncio.run(_known(incident))
        elif classified:
            event = _given(sys.stdin.buffer.read())
        else:
            event = _invented(book, category, severity, area, source, ticket, kind, now)
        there, _ = load_roster(roster, None, now)
        told = _explained(book, event, now, ground, alert, there)
        if incident:
            told["history"] = asyncio.run(_history(event.incident_id))
    if as_json:
        print_json(told)
        return
    for line in _lines(told):
        console().print(line, soft_wrap=True, markup=False)


def _given(said: bytes) -> IncidentClassified:
    try:
        return IncidentClassified.model_validate_json(said)
    except ValidationError as error:
        wrong = "、".join(".".join(map(str, each["loc"])) or "JSON" for each in error.errors())
        problem = f"标准输入不是一个 IncidentClassified（有误：{wrong}）"
        raise Failure(f"{problem}：请给出一条完整的 hub.incident.classified.v1。") from None


def _moment(at: datetime | None) -> datetime:
    return at.replace(tzinfo=BEIJING) if at else datetime.now(BEIJING)


async def _known(incident: str) -> IncidentClassified:
    rows = await _rows(OF_INCIDENT, incident)
    if len(rows) != 1:
        raise Failure(f"“{incident}”不是一个事件的编号，或不止一个：请写全编号。")
    return IncidentClassified.model_validate(orjson.loads(rows[0]["payload"]))


async def _history(incident: str) -> list[dict[str, Any]]:
    """What was really decided, by the people, the load and the surge of that moment."""
    rows = await _rows(SENT, incident, list(BY_TYPE))
    return [{"type": row["ce_type"]} | orjson.loads(row["payload"]) for row in rows]


async def _rows(query: str, *arguments: object) -> Sequence[Any]:
    connection = await asyncpg.connect(addresses().postgres)
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()


def _invented(
    book: RuleBook,
    code: str,
    severity: Severity | None,
    area: str,
    source: Source,
    ticket: TicketType | None,
    kind: Kind,
    now: datetime,
) -> IncidentClassified:
    entry = book.catalogue.entries.get(code)
    if entry is None:
        raise Failure(
            f"目录中没有类别 {code!r}：请用 --category 给出五位代码，或用 --incident、--stdin。"
        )
    where = canonical(area) if area else ""
    return IncidentClassified(
        incident_id="explain",
        voice=Voice(
            report_id="explain",
            thread="explain",
            source=source,
            reported_at=now,
            ticket_type=ticket,
        ),
        kind=kind,
        category=Category(code=code, name=entry.name, scene=entry.scene, standard=entry.standard),
        severity=severity or Severity(entry.severity),
        confidence=1,
        title=entry.name,
        summary="",
        place=Place(
            community=at_level(where, Level.COMMUNITY) or None,
            grid=at_level(where, Level.GRID) or None,
            micro_grid=at_level(where, Level.MICRO_GRID) or None,
        ),
        reasons=(),
        catalogue_version=book.catalogue.version,
        classified_at=now,
    )


def _explained(
    book: RuleBook,
    event: IncidentClassified,
    now: datetime,
    ground: Path | None,
    alert: Alertness | None,
    roster: Roster | None,
) -> dict[str, Any]:
    plan = evolve(None, event)
    if not isinstance(plan, Plan):
        raise Failure("这不是一个新立案的事件。")
    units = load_ground(ground).tree.at(Level.COMMUNITY)
    types = {unit.code: unit.community_type for unit in units}
    mode = EmergencyMode("explain", now + AN_HOUR, level=alert, trigger="假设") if alert else None
    seen = Situation(book, "", {}, types, modes=[mode] if mode else [], roster=roster)
    *refused, sent = dispatch(event.incident_id, plan, seen, now)
    if not isinstance(sent, IncidentDispatched):
        raise Failure("规则没有给出派单结果。")
    facts = facts_of(plan, seen, now)
    return {
        "rules_version": book.version,
        "category": f"{event.category.code} {event.category.name}",
        "severity": event.severity,
        "at_work": facts.at_work,
        "tried": [
            {"line": rule.line, "rule": rule.name, "failing": list(failing), "why": why}
            for rule, failing in tried(book.table, facts)
            if (why := sentence(rule, failing))
        ],
        "refused": [each.model_dump(mode="json") for each in refused],
        "dispatch": sent.model_dump(mode="json"),
    }


STAGES = {
    "accept_by": "接单",
    "arrive_by": "到场",
    "remind_at": "提醒",
    "dispose_by": "处置",
    "check_by": "核查",
}


def _lines(told: dict[str, Any]) -> Iterator[str]:
    sent = told["dispatch"]
    when = "工作时间" if told["at_work"] else "非工作时间"
    yield f"{told['category']}，{LEVELS[told['severity']]}，{when}"
    yield from (f"  {each['why']}" for each in told["tried"])
    if not sent["rule"]:
        yield "  没有规则作出决定"
    whom = sent["assignee"]
    yield f"派给：{whom['worker_id']}（{TITLES[whom['level']]}），{sent['mode']}"
    for title, name in (
        ("方案", "scheme"),
        ("牵头单位", "lead_unit"),
        ("责任单位", "responsible_unit"),
    ):
        if sent[name]:
            yield f"{title}：{sent[name]}"
    yield from (f"任务 {task['task_id']}：{task['unit']}，{task['what']}" for task in sent["tasks"])
    due = {name: datetime.fromisoformat(sent["deadlines"][name]) for name in STAGES}
    stages = (f"{STAGES[name]} {clock(moment)}" for name, moment in due.items())
    yield f"时限（{sent['deadlines']['rule']}）：{'，'.join(stages)}"
    yield "理由：" + "；".join(sent["reasons"])
    yield from map(decided, told.get("history", ()))


def pushdowns(
    limit: Annotated[int, typer.Option(min=1, help="The latest so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List the attempts to push a department's matter to the grass roots (下派拦截)."""
    with one_sentence():
        rows = asyncio.run(_rows(PUSHDOWNS, limit))
        found = [orjson.loads(row["payload"]) for row in rows]
    if as_json:
        print_json({"pushdowns": found})
        return
    shown = (
        (
            clock(datetime.fromisoformat(each["refused_at"])),
            each["incident_id"],
            each["department"],
            TITLES[each["to_level"]],
            each.get("by") or f"规则 {each['rule'] or '（无）'}",
        )
        for each in found
    )
    console().print(table(("时间", "事件", "部门", "欲派往", "谁"), shown))
    console().print(f"共 {len(found)} 次，均已拦截并改派部门")
