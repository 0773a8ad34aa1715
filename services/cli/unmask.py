"""`hub unmask`: clear text, for a role and a reason; every opening is written down."""

import asyncio
import getpass
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from deploy.embedded.home import Home
from deploy.embedded.settings import settings_from
from schemas.flow import Service
from services.cli.addresses import addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, table
from services.intake.adapters.opening import openings, unmask
from services.intake.adapters.vault import KeyRing, new_key
from services.intake.domain.opening import Asking, Opened
from services.intake.settings import IntakeSettings, names_in
from services.kernel.postgres import Connection, connect_once

Thread = Annotated[
    str, typer.Argument(help="The thread of the report, such as hotline_12345:GD-1.")
]
Role = Annotated[str, typer.Option(help="In which role: one of HUB_INTAKE_UNMASK_ROLES.")]
Reason = Annotated[str, typer.Option(help="What for; it is written down.")]
Who = Annotated[str, typer.Option(help="Staff number. Default: who is logged in here.")]
Audit = Annotated[bool, typer.Option("--audit", help="List who opened what, and what for.")]
NewKey = Annotated[bool, typer.Option("--new-key", help="Print a new key of the vault.")]
Most = Annotated[int, typer.Option(min=1, max=10_000, help="So many rows of the audit.")]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command("unmask")(unmask_thread)


def unmask_thread(
    thread: Thread = "",
    role: Role = "",
    reason: Reason = "",
    who: Who = "",
    audit: Audit = False,
    key: NewKey = False,
    most: Most = 100,
    as_json: AsJson = False,
) -> None:
    """Show clear text (查看原文), or with --audit who has seen it."""
    if key:
        typer.echo(new_key("k1"))
        return
    with one_sentence():
        if audit:
            _tell_openings(asyncio.run(_openings(thread or None, most)), as_json)
            return
        if not thread:
            raise Failure("请写明要查看哪条来件：hub unmask THREAD --role … --reason …")
        asking = Asking(role, who or getpass.getuser(), reason)
        opened = asyncio.run(_opened(thread, asking))
    _tell(opened, as_json)


async def _opened(thread: str, asking: Asking) -> Opened:
    settings = IntakeSettings()
    vault = KeyRing(_keys(settings))
    connection = await of_intake()
    try:
        opened = await unmask(connection, vault, names_in(settings.unmask_roles), thread, asking)
    finally:
        await connection.close()
    if opened is None:
        raise Failure(f"没有 {thread} 的原文：线索名写错了，或它没有留下个人信息。")
    return opened


async def _openings(thread: str | None, most: int) -> list[Mapping[str, Any]]:
    connection = await of_intake()
    try:
        return await openings(connection, thread, most)
    finally:
        await connection.close()


async def of_intake() -> Connection:
    """A connection as intake, where openings are written down."""
    return await connect_once(addresses().postgres, Service.INTAKE)


def _keys(settings: IntakeSettings) -> str:
    """The keys of the vault: from the environment, its file, or the local stack's."""
    if settings.vault_keys:
        return settings.vault_keys.get_secret_value()
    if settings.vault_key_file:
        return settings.vault_key_file.read_text(encoding="utf-8")
    home = Home(settings_from().home)
    if home.holder() is None:
        raise Failure("没有原文密钥：请设置 HUB_INTAKE_VAULT_KEYS 或 HUB_INTAKE_VAULT_KEY_FILE。")
    return home.passwords.of("HUB_INTAKE_VAULT_KEYS")


def _tell(opened: Opened, as_json: bool) -> None:
    if as_json:
        said = [{"at": at, **asdict(clear)} for at, clear in opened.said]
        print_json(
            {
                "thread": opened.thread,
                "pseudonym": opened.pseudonym,
                "earlier_reports": opened.earlier,
                "said": said,
            }
        )
        return
    rows = [
        (clock(at), clear.name, clear.phone or clear.account, clear.address, _words(clear))
        for at, clear in opened.said
    ]
    console().print(table(("时间", "来电人", "电话或账号", "地址", "原文"), rows))
    console().print(f"此人此前另有 {opened.earlier} 条来件。本次查看已记录。")


def _words(clear: Any) -> str:
    return "\n".join(filter(None, (clear.title, clear.text, *clear.pictures)))


def _tell_openings(found: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [
        (
            clock(each["at"]),
            each["role"],
            each["who"],
            each["what"],
            "准许" if each["granted"] else "拒绝",
            each["thread"],
            each["reason"],
        )
        for each in found
    ]
    columns = ("时间", "角色", "经办人", "内容", "结果", "线索", "事由")
    console().print(table(columns, rows) if rows else "还没有人查看过原文。")
