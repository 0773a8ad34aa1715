"""`hub replay`: real input put upstream at a rate, and followed to its end."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.simulator.album import Album
from deploy.simulator.fates import Wait
from deploy.simulator.latency import by_stage
from deploy.simulator.outcome import outcome
from deploy.simulator.records import Edition, Upstream, interleaved, read_alarms, read_tickets
from deploy.simulator.replay import STALL_LIMIT, Plan, Replay
from deploy.simulator.reviewers import Reviewers
from schemas.flow import Service
from services.cli.addresses import Addresses, addresses
from services.cli.desk import api_token
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, console, print_json, table
from services.cli.progress import bars_on

Hotline = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="CSV of hotline tickets (工单 or 留言)."),
]
Cameras = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="One camera alarm a line: JSON, or XML."),
]
Rate = Annotated[float, typer.Option(min=0, help="Records a second; 0: as fast as possible.")]
WaitFor = Annotated[
    Wait | None,
    typer.Option(help="How far to follow incidents. Default: closed; dispatched without people."),
]
NoPeople = Annotated[bool, typer.Option("--no-people", help="Nobody accepts, disposes or checks.")]
KeepTime = Annotated[bool, typer.Option("--keep-time", help="Do not move the newest time to now.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Give all ids a suffix: everything is new.")]
Limit = Annotated[int, typer.Option(min=0, help="Only the first N records; 0: all.")]
Stall = Annotated[float, typer.Option(min=1, help="Seconds without progress until rest is lost.")]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(replay)


def replay(
    hotline: Hotline = None,
    cameras: Cameras = None,
    rate: Rate = 0.0,
    wait: WaitFor = None,
    no_people: NoPeople = False,
    keep_time: KeepTime = False,
    fresh: Fresh = False,
    limit: Limit = 0,
    stall: Stall = STALL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """Send real input upstream and follow every report to its end (回放).

    The same ticket sent again is the same report; --fresh makes it another. The exit code
    is 1 if anything was lost.
    """
    with one_sentence():
        records = _read(hotline, cameras, Edition(keep_time, fresh))
        until = wait or (Wait.DISPATCHED if no_people else Wait.CLOSED)
        plan = Plan(records[: limit or None], rate, until, not no_people, stall)
        found = asyncio.run(_run(addresses(), plan, console(as_json)))
    if as_json:
        print_json(found)
    else:
        _show(found, console())
    raise typer.Exit(1 if found["lost"] else 0)


def _read(hotline: Path | None, cameras: Path | None, edition: Edition) -> list[Upstream]:
    tickets = read_tickets(hotline, edition) if hotline else []
    alarms = read_alarms(cameras, edition) if cameras else []
    if not tickets and not alarms:
        raise Failure("there is nothing to replay: give --hotline or --cameras with some records.")
    return interleaved(tickets, alarms)


async def _run(known: Addresses, plan: Plan, screen: Console) -> dict[str, object]:
    with bars_on(screen) as bars:
        sending = bars.add_task("发送 sent", total=len(plan.records))
        ending = bars.add_task("有结果 ended", total=len(plan.records))

        def show(sent: int, ended: int) -> None:
            bars.update(sending, completed=sent)
            bars.update(ending, completed=ended)

        token, desk = api_token(), known.services[Service.CLASSIFICATION.value]
        reviewers = Reviewers(desk, token) if token else None
        album = Album(known.services[Service.FEEDBACK.value], token) if token else None
        async with Replay(known.kafka, known.postgres, plan, show, reviewers, album) as running:
            await running.run()
    stages = by_stage(running.ledger, running.people.answers)
    return outcome(running, plan.wait) | {"latency_ms": stages}


LABELS = {
    "sent": "发送 sent",
    "received": "已上报 received",
    "updated": "更新 updated",
    "silent": "无需立案 silent (heartbeat, still there)",
    "incidents": "立案 incidents",
    "merged": "并案 merged",
    "dismissed": "不予受理 dismissed (chat)",
    "in_review": "待复核 waiting for a reviewer",
    "dispatched": "派单 dispatched",
    "closed": "结案 closed",
    "withdrawn": "撤单 withdrawn",
    "dead_letters": "死信 dead letters",
    "refused_steps": "被拒步骤 refused steps",
    "lost": "丢失 lost",
    "rectification_rate": "整改率 rectification rate",
    "seconds": "用时 seconds",
}


def _show(found: dict[str, object], screen: Console) -> None:
    screen.print(table(("", ""), ((label, found[name]) for name, label in LABELS.items())))
    stages = found["latency_ms"]
    if isinstance(stages, dict):
        rows = [
            (stage, each["p50"], each["p99"], each["count"])
            for stage, each in stages.items()
            if each
        ]
        screen.print(table(("latency ms", "p50", "p99", "count"), rows))
    lost = found["lost_records"]
    if isinstance(lost, list) and lost:
        screen.print(f"[red]lost[/]: {', '.join(lost)}", soft_wrap=True)
