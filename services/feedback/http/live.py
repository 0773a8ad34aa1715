"""What is live (实时动态), as server-sent events: each event of the cases that somebody may see.

`id` is the place in the archive: whoever comes back with it as `Last-Event-ID` misses nothing,
or is told by `reset` that too much was missed. A client that does not keep up is dropped, and
told why. A comment now and then keeps proxies from hanging up.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse
from starlette.types import Message, Send

from services.feedback.http.front import Area, Front, narrowed, router_of, sees
from services.feedback.ports import News
from services.hosting.access import Identity

HEARTBEAT = 15.0
"""Seconds of silence before a comment is sent."""
SEND_LIMIT = 10.0
"""Seconds that a client may take to receive one event."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
LastEvent = Annotated[str, Header(alias="Last-Event-ID", pattern=r"^\d{0,18}$")]


class Live(StreamingResponse):
    """A stream whose client must keep up."""

    media_type = "text/event-stream"

    async def stream_response(self, send: Send) -> None:
        """Send until the stream ends or the client takes too long."""

        async def in_time(message: Message) -> None:
            await asyncio.wait_for(send(message), SEND_LIMIT)

        try:
            await super().stream_response(in_time)
        except TimeoutError:
            return


def routes(front: Front) -> APIRouter:
    """The one route of what is live."""
    router = router_of("live")

    @router.get(
        "/live",
        response_class=Live,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def live(
        who: Annotated[Identity, Depends(front.who)], area: Area = "", last: LastEvent = ""
    ) -> Live:
        """Each event of the cases within the scope, as it happens."""
        seen = _filter(who, narrowed(who, area))
        subscription = await front.news.subscribe(int(last) if last else None)
        return Live(_stream(subscription, seen), headers=HEADERS)

    return router


def _filter(who: Identity, area: str) -> Callable[[dict[str, Any]], bool]:
    def wanted(case: dict[str, Any]) -> bool:
        return sees(who, case) and (case["area"] or "").startswith(area)

    return wanted


async def _stream(
    subscription: AsyncIterator[News | None], wanted: Callable[[dict[str, Any]], bool]
) -> AsyncIterator[bytes]:
    """The text of the events; None from the subscription stands for silence."""
    yield b"retry: 3000\n\n"
    async for news in subscription:
        if news is None:
            yield ": 在线\n\n".encode()
        elif news.case is None or wanted(news.case):
            yield _told(news)


def _told(news: News) -> bytes:
    mark = f"id: {news.id}\n" if news.id else ""
    return f"{mark}event: {news.name}\ndata: ".encode() + orjson.dumps(news.data) + b"\n\n"
