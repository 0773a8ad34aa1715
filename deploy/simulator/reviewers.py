"""Reviewers who answer: whatever the hub is unsure of is what it thought likeliest."""

from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from deploy.simulator.follower import Seen
from schemas.incident import ReviewRequested

REVIEWER = "R-1"
PATIENCE = 5.0


@dataclass
class Reviewers:
    """Told of events by `observe`; `answer` says what has been asked since, over HTTP.

    `url` is that of classification, `token` the one it knows.
    """

    url: str
    token: str
    _asked: dict[str, str | None] = field(default_factory=dict)

    def observe(self, seen: Seen) -> None:
        """Note what is asked."""
        if seen.type == ReviewRequested.ce_type:
            likely = seen.body.get("candidates") or [{}]
            self._asked[seen.subject] = likely[0].get("code")

    async def answer(self) -> None:
        """Answer everything; what was not heard is said again at the next call."""
        if not self._asked:
            return
        async with httpx.AsyncClient(
            base_url=self.url, timeout=PATIENCE, trust_env=False
        ) as client:
            for thread, code in list(self._asked.items()):
                with suppress(httpx.HTTPError):
                    await self._say(client, thread, code)

    async def _say(self, client: httpx.AsyncClient, thread: str, code: str | None) -> None:
        """An answer that is refused was given before, or came too late: that is an end, too."""
        body = {"thread": thread, "code": code, "reviewer": REVIEWER}
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": f"replay/{thread}"[:128],
        }
        reply = await client.post("/api/v1/reviews/answers", json=body, headers=headers)
        if reply.is_success or reply.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            self._asked.pop(thread, None)
