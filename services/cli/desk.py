"""Commands of people to a service, over its HTTP: with the token, and an id of their own."""

import os
from typing import Any
from uuid import uuid4

import httpx

from deploy.embedded.home import Home
from deploy.embedded.settings import settings_from
from services.cli.addresses import addresses
from services.cli.failures import Failure

PATIENCE = 15.0
"""Seconds."""


def ask(service: str, path: str, **query: Any) -> Any:
    """What a service tells; raises Failure with its own sentence if it refuses."""
    asked = {name: each for name, each in query.items() if each is not None}
    return _answer(service, "GET", path, params=asked)


def order(service: str, path: str, body: dict[str, Any]) -> Any:
    """What followed from a command; raises Failure with the sentence that refuses it."""
    headers = {"Idempotency-Key": uuid4().hex}
    return _answer(service, "POST", path, json=body, headers=headers)


def _answer(service: str, method: str, path: str, **more: Any) -> Any:
    known = addresses().services[service]
    headers = {"Authorization": f"Bearer {api_token()}"} | more.pop("headers", {})
    try:
        reply = httpx.request(
            method, f"{known}{path}", headers=headers, timeout=PATIENCE, trust_env=False, **more
        )
    except httpx.HTTPError as error:
        raise Failure(f"{known} 没有应答（{error}）；请用 hub status 查看服务是否在运行") from error
    if reply.is_success:
        return reply.json()
    raise Failure(_sentence(reply))


def _sentence(reply: httpx.Response) -> str:
    try:
        body = reply.json()
    except ValueError:
        return f"服务答复 {reply.status_code}"
    told = body.get("error") or body.get("detail") or reply.status_code
    return told if isinstance(told, str) else f"请求不合要求：{told}"


def api_token() -> str:
    """The token of the environment, or of the stack that runs here; empty: none is known."""
    given = os.environ.get("HUB_API_TOKEN")
    home = Home(settings_from(os.environ).home)
    return given or (home.passwords.of("HUB_API_TOKEN") if home.holder() else "")
