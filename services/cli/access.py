"""`hub access`: tokens for people and pages, bound to a role and a part of the grid tree."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from services.cli.desk import api_token
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, table
from services.hosting.access import Office, Pass, Ring, read_ring

KEY_BYTES = 32
As = Annotated[Office, typer.Option("--role", help="In which capacity they come.")]
Holder = Annotated[str, typer.Option("--holder", help="Staff number; no names.")]
Scope = Annotated[str, typer.Option("--scope", help="Code of their ground; empty: all of it.")]
Days = Annotated[float, typer.Option("--days", min=0.01, max=400, help="How long it is good.")]
Keys = Annotated[Path | None, typer.Option("--keys", help="The file of keys. Default: HUB_ACCESS.")]
Token = Annotated[str, typer.Argument(help="A token.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(help="Tokens of a role and a scope (令牌).", no_args_is_help=True)
    group.command("key")(key)
    group.command("issue")(issue)
    group.command("show")(show)
    group.command("system")(system)
    app.add_typer(group, name="access")


def key(as_json: AsJson = False) -> None:
    """Make a new key for the file of keys (新密钥): to be written as its first one."""
    name, made = datetime.now(UTC).strftime("k%Y%m%d"), secrets.token_urlsafe(KEY_BYTES)
    if as_json:
        print_json({"id": name, "key": made})
    else:
        console().print(f'keys:\n  {name}: "{made}"')


def issue(
    role: As,
    holder: Holder,
    scope: Scope = "",
    days: Days = 90.0,
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Issue a token (发放令牌). It is shown once and kept nowhere."""
    with one_sentence():
        if scope and not (scope.isdigit() and len(scope) <= 18):
            raise Failure(f"范围 {scope} 不是网格代码：应为 6 至 18 位数字")
        if role is Office.SYSTEM or not holder.strip():
            raise Failure("令牌发给有工号的人；系统之间请用 HUB_API_TOKEN")
        until = datetime.now(UTC) + timedelta(days=days)
        given = Pass(
            id=uuid4().hex[:12],
            holder=holder.strip(),
            office=role,
            scope=scope,
            until=int(until.timestamp()),
        )
        token = _ring(keys).issue(given)
    if as_json:
        print_json(given.model_dump() | {"token": token})
    else:
        console().print(f"令牌编号 {given.id}，有效至 {clock(until)}；作废时写入 revoked。")
        typer.echo(token)


def show(token: Token, keys: Keys = None, as_json: AsJson = False) -> None:
    """Say what a token proves (查看令牌), if it still proves anything."""
    with one_sentence():
        found = _ring(keys).read(token, datetime.now(UTC))
        if found is None:
            raise Failure("令牌不正确、已过期或已作废")
    if as_json:
        print_json(found.model_dump())
    else:
        console().print(table(("", ""), found.model_dump().items()))


def system(as_json: AsJson = False) -> None:
    """Print the token of the hub's own systems (系统令牌), to try the page with; it opens all."""
    with one_sentence():
        token = api_token()
        if not token:
            raise Failure("这里没有运行着的枢纽：请先 hub up，或设置 HUB_API_TOKEN")
    if as_json:
        print_json({"token": token})
    else:
        typer.echo(token)


def _ring(path: Path | None) -> Ring:
    given = path or (Path(os.environ["HUB_ACCESS"]) if os.environ.get("HUB_ACCESS") else None)
    if given is None:
        raise Failure("没有密钥文件：请设置 HUB_ACCESS 或 --keys，可先用 hub access key 生成密钥")
    return read_ring(given)
