"""`hub source`: how the sources do, when they may be silent, and that one is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.flow import Service
from services.cli.addresses import addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, span, table
from services.intake.adapters.register import load_register
from services.intake.adapters.source_book import SourceBook
from services.intake.domain.hearing import Maintenance
from services.intake.settings import IntakeSettings
from services.kernel.postgres import connect_once

Name = Annotated[str, typer.Argument(help="As the list names it.")]
Scope = Annotated[
    str, typer.Argument(help="A source with all below it, or the code of a unit of the ground.")
]
Author = Annotated[str, typer.Option(help="Who is responsible for it.")]
Reason = Annotated[str, typer.Option(help="Why it may be silent.")]
Hours = Annotated[float, typer.Option(min=0.1, max=744, help="How long, from now.")]
End = Annotated[bool, typer.Option("--end", help="End its windows now.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(help="Sources of reports (来源).", no_args_is_help=True)
    group.command("list")(list_sources)
    group.command("check")(check)
    group.command("maintain")(maintain)
    group.command("heartbeat")(heartbeat)
    app.add_typer(group, name="source")


def list_sources(as_json: AsJson = False) -> None:
    """List every source and watched camera: ok, slow, expired, maintenance or unwatched."""
    with one_sentence():
        listed, windows = asyncio.run(_listed())
    if as_json:
        print_json({"sources": listed, "maintenance": windows})
        return
    columns = ("来源", "名称", "种类", "状态", "最近听到", "沉默期限", "检修至")
    console().print(table(columns, map(_row, listed)))
    for each in windows:
        until = clock(each["ends_at"])
        console().print(
            f"检修 {each['source_id']} 至 {until}：{each['reason']}（{each['author']}）"
        )


def check(register_file: Path, as_json: AsJson = False) -> None:
    """Check a register (来源登记册) before it is put in place; each fault with its line."""
    with one_sentence():
        found = load_register(register_file)
    if as_json:
        print_json({"version": found.version, "sources": [each.id for each in found.sources]})
    else:
        console().print(f"可以使用：{len(found.sources)} 个来源，版本 {found.version}。")


def maintain(
    source: Scope,
    author: Author = "",
    reason: Reason = "",
    hours: Hours = 4.0,
    end: End = False,
    as_json: AsJson = False,
) -> None:
    """Let a source be silent for some hours (检修窗口), or end that before its time."""
    with one_sentence():
        if end:
            asyncio.run(_end(source))
        else:
            asyncio.run(_maintain(source, author, reason, timedelta(hours=hours)))
    if as_json:
        print_json({"source_id": source, "ended": end})
    else:
        console().print(f"{source} 的检修已结束。" if end else f"{source} 检修中，到时自动结束。")


def heartbeat(source: Name, as_json: AsJson = False) -> None:
    """Say in the name of a source that it is there (心跳)."""
    with one_sentence():
        asyncio.run(_heartbeat(source))
    if as_json:
        print_json({"source_id": source})
    else:
        console().print(f"已记下 {source} 的心跳。")


def _row(each: dict[str, Any]) -> tuple[object, ...]:
    return (
        each["source_id"],
        each["name"],
        each["kind"],
        each["condition"],
        clock(each["heard_at"]),
        span(each["patience"]) if each["patience"] else None,
        clock(each["maintained_until"]) if each["condition"] == "maintenance" else None,
    )


@asynccontextmanager
async def _book() -> AsyncIterator[SourceBook]:
    connection = await connect_once(addresses().postgres, Service.INTAKE)
    try:
        yield SourceBook(connection)
    finally:
        await connection.close()


async def _listed() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    async with _book() as book:
        return await book.listed(), await book.windows()


async def _maintain(source: str, author: str, reason: str, length: timedelta) -> None:
    now = datetime.now(UTC)
    window = Maintenance(source, author, reason, now, now + length)
    longest = timedelta(days=IntakeSettings().maintenance_days)
    if fault := window.fault(longest):
        raise Failure(f"{fault}；用 --author、--reason、--hours 写明。")
    async with _book() as book:
        if not await book.is_known(source):
            raise Failure(f"没有来源或网格 {source}；用 hub source list 查看。")
        await book.maintain(window)


async def _end(source: str) -> None:
    async with _book() as book:
        await book.end_maintenance(source)


async def _heartbeat(source: str) -> None:
    async with _book() as book:
        if not any(each["source_id"] == source for each in await book.listed()):
            raise Failure(f"没有来源 {source}；用 hub source list 查看。")
        await book.hear({source: datetime.now(UTC)}, [])
