"""Who is let in over HTTP: a duty desk by its token, a source by its signature or its key.

In this order: is it registered, is the time right, is the body small enough, is it signed, is it
not too much, was it not sent before. Nothing is parsed until all of it is so. The rate is kept
by each process for itself.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from math import ceil
from uuid import uuid4

from fastapi import Request
from pydantic import SecretStr

from services.intake.domain.rate import Bucket
from services.intake.domain.registered import Channel, Proof, RegisteredSource
from services.intake.domain.signatures import is_signed, is_timely
from services.intake.http.problems import Refusal
from services.intake.ports import Post, Registry, Signatures

TIMESTAMP, SIGNATURE, KEY = "hub-timestamp", "hub-signature", "hub-key"
LONGEST_KEY = 128


@dataclass
class Gate:
    """Lets sources in; remembers how much each has sent."""

    registry: Registry
    signatures: Signatures
    buckets: dict[str, Bucket] = field(default_factory=dict)

    async def admit(self, request: Request, source_id: str) -> tuple[RegisteredSource, Post]:
        """The source and what it sent, by its signature or its key. Raises Refusal."""
        source = self.registered(request, source_id, Proof.SIGNATURE, Proof.KEY)
        keys = self.keys(source)
        if source.proof is Proof.KEY:
            check_key(request.headers.get(KEY) or request.query_params.get("key", ""), keys)
        else:
            check_timestamp(request.headers.get(TIMESTAMP, ""), TIMESTAMP)
        body = await read_body(request, source.bytes)
        if source.proof is Proof.SIGNATURE:
            await self._check_signature(request, source, keys, body)
        else:
            self.take_token(source)
        return source, post_of(request, body)

    def registered(self, request: Request, source_id: str, *proofs: Proof) -> RegisteredSource:
        """The source of that id that proves itself in one of these ways. Raises Refusal."""
        source = self.registry.register.named(source_id)
        if source is None or source.proof not in proofs:
            why = "没有登记这个来源，或它不以这种方式上报；请核对来源登记册"
            raise Refusal(401, "source", "source_id", why)
        request.state.source = source.id
        return source

    def keys(self, source: RegisteredSource) -> Iterable[str]:
        """The keys of a source; raises Refusal if none is known here."""
        keys = self.registry.keys(source)
        if not keys:
            names = "、".join(source.keys)
            raise Refusal(403, "closed", "source_id", f"这个来源的密钥（{names}）没有配置，未开放")
        return keys

    def by_api_key(self, request: Request, given: str) -> RegisteredSource:
        """The Open311 source that has this key. Raises Refusal."""
        listed = [
            each for each in self.registry.register.sources if each.channel is Channel.OPEN311
        ]
        for source in listed:
            if _is_one_of(given, self.registry.keys(source)):
                request.state.source = source.id
                return source
        if not any(self.registry.keys(each) for each in listed):
            raise Refusal(403, "closed", "api_key", "没有为 Open311 登记来源和密钥，未开放")
        raise Refusal(401, "key", "api_key", "api_key 缺失或不正确")

    def take_token(self, source: RegisteredSource) -> None:
        """Count one message against the rate of its source. Raises Refusal."""
        now = time.monotonic()
        bucket = self.buckets.setdefault(source.id, Bucket(source.rate.burst, now))
        wait = bucket.take(source.rate, now)
        if wait:
            why = f"每分钟最多 {source.rate.per_minute:g} 条，请 {ceil(wait)} 秒后再发"
            raise Refusal(429, "rate", "source_id", why, {"Retry-After": str(ceil(wait))})

    async def _check_signature(
        self, request: Request, source: RegisteredSource, keys: Iterable[str], body: bytes
    ) -> None:
        given = request.headers.get(SIGNATURE, "")
        if not is_signed(keys, source.id, request.headers.get(TIMESTAMP, ""), body, given):
            why = "应为 HMAC-SHA256(密钥, 来源id.时间戳.正文) 的十六进制"
            raise Refusal(401, "signature", SIGNATURE, why)
        self.take_token(source)
        if not await self.signatures.use_signature(bytes.fromhex(given)):
            raise Refusal(409, "replay", SIGNATURE, "这个签名已经用过：每次发送都要重新签名")


def check_timestamp(timestamp: str, name: str) -> None:
    """Let only what was signed just now in. Raises Refusal."""
    if not is_timely(timestamp, datetime.now(UTC)):
        raise Refusal(401, "signature", name, "时间戳（1970 年以来的秒数）与现在相差超过 5 分钟")


def check_key(given: str, keys: Iterable[str]) -> None:
    """Let only those in who know a key. Raises Refusal."""
    if not _is_one_of(given, keys):
        raise Refusal(401, "key", "key", "密钥缺失或不正确")


def check_token(request: Request, token: SecretStr | None) -> None:
    """Let only those in who know the token of the duty desk. Raises Refusal."""
    request.state.source = "desk"
    if token is None or not token.get_secret_value():
        raise Refusal(403, "closed", "authorization", "没有配置 HUB_API_TOKEN，未开放")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _is_one_of(given.strip(), [token.get_secret_value()]):
        headers = {"WWW-Authenticate": "Bearer"}
        raise Refusal(401, "key", "authorization", "令牌不正确", headers)


async def read_body(request: Request, largest: int) -> bytes:
    """The body, refused as soon as it is larger than allowed, whatever its header says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise Refusal(413, "size", "body", f"报文过大，最多 {largest} 字节")
    return bytes(body)


def post_of(request: Request, body: bytes) -> Post:
    """What was posted, under the id that the sender gave it, or a new one."""
    name = request.headers.get("idempotency-key", "").replace("\x00", "")[:LONGEST_KEY]
    return Post(name or uuid4().hex, request.headers.get("content-type", ""), body)


def _is_one_of(given: str, keys: Iterable[str]) -> bool:
    matches = [compare_digest(given.encode(), key.encode()) for key in keys]
    return any(matches)
