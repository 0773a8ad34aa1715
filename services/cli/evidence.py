"""`hub evidence`: the chain verified, evidence shown, held, released, and deleted in time."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from deploy.embedded.home import Home
from deploy.embedded.settings import settings_from
from schemas.flow import Service
from services.cli.addresses import addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, table
from services.cli.progress import bar_of
from services.feedback.adapters import evidence_chain
from services.feedback.adapters.evidence_desk import EvidenceDesk
from services.feedback.adapters.evidence_orphans import GRACE
from services.feedback.adapters.evidence_store import desk_of, orphans_of
from services.feedback.domain.evidence import CHINESE
from services.feedback.settings import FeedbackSettings
from services.kernel.postgres import connect

T = TypeVar("T")
Incident = Annotated[str, typer.Argument(help="The incident whose evidence it is.")]
Reason = Annotated[str, typer.Option(help="What for; it is written down.")]
Who = Annotated[str, typer.Option(help="Staff number. Default: who is logged in here.")]
Anchor = Annotated[
    str, typer.Option(help="NUMBER:HASH as an earlier run told: the chain still holds it.")
]
Contents = Annotated[bool, typer.Option("--contents", help="Read each picture and clip as well.")]
Apply = Annotated[bool, typer.Option("--apply", help="Delete; without this it is only listed.")]
GraceDays = Annotated[int, typer.Option(min=1, help="Younger files may still be on their way.")]
Digest = Annotated[str, typer.Option(help="Write this content (SHA-256) to --out.")]
Out = Annotated[Path | None, typer.Option(help="The file to write.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(help="Evidence (证据): pictures and clips.", no_args_is_help=True)
    for command in (verify, show, hold, release, retain, orphans):
        group.command()(command)
    app.add_typer(group, name="evidence")


def verify(anchor: Anchor = "", contents: Contents = False, as_json: AsJson = False) -> None:
    """Whether the chain is unbroken (校验证据链); exit code 1 if it is not."""
    with one_sentence():
        told = asyncio.run(
            _at_desk(lambda desk: _verified(desk, _anchor(anchor), contents, as_json))
        )
    if as_json:
        print_json(told)
    else:
        for fault in told["faults"]:
            console().print(f"[red]{fault}[/]", soft_wrap=True)
        state = "有问题" if told["faults"] else "完好"
        console().print(f"证据链{state}：{told['links']} 条。请把链头另存备查：{told['anchor']}")
    raise typer.Exit(1 if told["faults"] else 0)


def show(incident: Incident, digest: Digest = "", out: Out = None, as_json: AsJson = False) -> None:
    """Who did what to the evidence of an incident (证据经手记录), or one content into a file."""
    with one_sentence():
        if digest or out:
            _written(asyncio.run(_at_desk(lambda desk: desk.show(incident, digest))), out)
            return
        story = asyncio.run(_at_desk(lambda desk: desk.story(incident)))
        if not story:
            raise Failure(f"事件 {incident} 没有证据：编号写错了，或没有人上传过。")
    if as_json:
        print_json(story)
    else:
        console().print(table(("时间", "事项", "经办人", "内容", "摘要", "理由"), map(_row, story)))


def hold(incident: Incident, reason: Reason, who: Who = "", as_json: AsJson = False) -> None:
    """Nothing of the incident may be deleted from now on (证据保全)."""
    _turned(lambda desk: desk.hold(incident, who or getpass.getuser(), reason), "已保全", as_json)


def release(incident: Incident, reason: Reason, who: Who = "", as_json: AsJson = False) -> None:
    """It may be deleted again when its time comes (解除保全)."""
    _turned(
        lambda desk: desk.release(incident, who or getpass.getuser(), reason), "已解除保全", as_json
    )


def retain(apply: Apply = False, who: Who = "", as_json: AsJson = False) -> None:
    """List, or delete, what has been kept long enough (到期证据); what is held stays."""
    with one_sentence():
        told = asyncio.run(_at_desk(lambda desk: _retained(desk, apply, who or getpass.getuser())))
    if as_json:
        print_json(told)
        return
    rows = [(each["incident_id"], each["digest"][:12], each["reason"]) for each in told["due"]]
    if rows:
        console().print(table(("事件", "摘要", "理由"), rows))
    console().print(f"到期 {len(rows)} 件，已删除 {told['deleted']} 件。")


def orphans(
    apply: Apply = False, days: GraceDays = GRACE.days, who: Who = "", as_json: AsJson = False
) -> None:
    """List, or delete, files that no case owns (无主文件), once they have lain long enough."""
    with one_sentence():
        told = asyncio.run(_ownerless(timedelta(days=days), who or getpass.getuser(), apply))
    if as_json:
        print_json(told)
        return
    for each in told["orphans"]:
        console().print(each)
    console().print(f"无主文件 {len(told['orphans'])} 个，已删除 {told['deleted']} 个。")


async def _ownerless(grace: timedelta, who: str, apply: bool) -> dict[str, Any]:
    now = datetime.now(UTC)
    async with await connect(addresses().postgres, Service.FEEDBACK, size=2) as pool:
        found = orphans_of(_settings(), pool)
        if found is None:
            raise Failure("没有配置 HUB_OBJECTS，没有证据文件可查。")
        kept = replace(found, grace=grace)
        listed = await kept.found(now)
        return {"orphans": listed, "deleted": await kept.sweep(now, who) if apply else 0}


async def _at_desk(work: Callable[[EvidenceDesk], Awaitable[T]]) -> T:
    async with await connect(addresses().postgres, Service.FEEDBACK, size=2) as pool:
        return await work(desk_of(_settings(), pool))


def _settings() -> FeedbackSettings:
    """Of the environment; the store of the stack that runs here, where none is named."""
    settings = FeedbackSettings()
    home = Home(settings_from(os.environ).home)
    if not settings.objects and home.holder():
        return settings.model_copy(update={"objects": str(home.path / "objects")})
    return settings


async def _verified(
    desk: EvidenceDesk, anchor: tuple[int, str] | None, contents: bool, as_json: bool
) -> dict[str, Any]:
    async with desk.pool.acquire() as connection:
        told = await evidence_chain.verify(connection, anchor)
    if contents:
        digests = await desk.contents()
        with bar_of(console(as_json), "读取证据", len(digests)) as tell:
            for done, digest in enumerate(digests, 1):
                fault = await desk.fault_of(digest)
                told["faults"] += [fault] if fault else []
                tell(done)
    return told | {"anchor": f"{told['links']}:{told['head']}"}


async def _retained(desk: EvidenceDesk, apply: bool, who: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    due = await desk.due(now)
    return {"due": due, "deleted": await desk.retain(now, who) if apply else 0}


def _anchor(told: str) -> tuple[int, str] | None:
    number, _, digest = told.partition(":")
    if told and not (number.isdecimal() and len(digest) == 64):
        raise Failure("链头应写作 条数:摘要，即上次 hub evidence verify 显示的那一串")
    return (int(number), digest) if told else None


def _turned(turn: Callable[[EvidenceDesk], Awaitable[None]], done: str, as_json: bool) -> None:
    with one_sentence():
        asyncio.run(_at_desk(turn))
    if as_json:
        print_json({"done": True})
    else:
        console().print(f"{done}，已记入证据链。")


def _written(found: tuple[bytes, str] | None, out: Path | None) -> None:
    if out is None:
        raise Failure("请用 --out 写明存到哪个文件。")
    if found is None:
        raise Failure("没有这份证据：摘要写错了，或它已按期删除。")
    out.write_bytes(found[0])
    console().print(f"已写入 {out}（{found[1]}，{len(found[0])} 字节）。")


def _row(link: Mapping[str, Any]) -> Sequence[object]:
    media_type = link["about"].get("media_type", "")
    digest = link["digest"][:12]
    return clock(link["at"]), CHINESE[link["what"]], link["who"], media_type, digest, link["reason"]
