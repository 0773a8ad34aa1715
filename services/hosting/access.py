"""Who comes in over HTTP (身份与权限): a role, a staff number, and a part of the grid tree.

A token is a signed text that says all three; the keys stand in a file (`HUB_ACCESS`), which is
read again when it changes. There are no names in it, and no list of persons to keep: a token
ends by its date, or is revoked by its id. The hub's own token (`HUB_API_TOKEN`) is its systems',
which speak for whoever uses them. A link of one dispatch (intake) opens that incident alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hmac import compare_digest
from pathlib import Path

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from services.hosting.file_watch import FileWatch
from services.reference import signed
from services.reference.rule_files import (
    Fault,
    RuleFileError,
    read_rules,
    rule_text,
    understood,
)

SHORTEST_KEY = 32


class Office(StrEnum):
    """In which capacity somebody comes: the roles of a step, one who only looks, a system."""

    WORKER = "worker"
    PROPERTY = "property"
    DESK = "desk"
    LEADER = "leader"
    VIEWER = "viewer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is: `holder` a staff number, `scope` how the codes of their ground begin."""

    holder: str
    office: Office
    scope: str = ""

    def covers(self, area: str) -> bool:
        """Whether an area of the grid tree lies within the scope."""
        return area.startswith(self.scope)


class Pass(BaseModel):
    """What a token says; `until` in Unix seconds, `id` is by what it is revoked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    holder: str
    office: Office
    scope: str
    until: int

    @property
    def identity(self) -> Identity:
        """Who it makes of its bearer."""
        return Identity(self.holder, self.office, self.scope)


class Ring(BaseModel):
    """The file of keys: by id, the newest first; and the ids of tokens that are void."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: dict[str, str] = Field(min_length=1)
    revoked: frozenset[str] = frozenset()

    def issue(self, given: Pass) -> str:
        """The token of a pass, by the newest key."""
        return signed.sign(given.model_dump(), next(iter(self.keys.values())).encode())

    def read(self, token: str, now: datetime) -> Pass | None:
        """What a token says; None if it is forged, damaged, revoked or over."""
        said = signed.read(token, [key.encode() for key in self.keys.values()])
        try:
            found = Pass.model_validate(said)
        except ValidationError:
            return None
        is_over = now.timestamp() >= found.until
        return None if is_over or found.id in self.revoked else found


def read_ring(path: Path) -> Ring:
    """The keys of a file. Raises RuleFileError with file, line and what to do."""
    try:
        written = read_rules(rule_text(path), path.name)
    except OSError as error:
        missing = Fault(path.name, 1, f"无法读取（{error.strerror}）。", "请检查 HUB_ACCESS。")
        raise RuleFileError([missing]) from error
    ring = understood(Ring, written)
    if short := [name for name, key in ring.keys.items() if len(key) < SHORTEST_KEY]:
        remedy = f"密钥至少 {SHORTEST_KEY} 个字符，可用 hub access key 生成。"
        raise RuleFileError(
            written.fault(("keys", name), f"密钥 {name} 太短。", remedy) for name in short
        )
    return ring


class Access:
    """Knows who somebody is by what they show."""

    def __init__(self, system: SecretStr | None, path: Path | None, service: str) -> None:
        self._system = system.get_secret_value() if system else ""
        reading = lambda: read_ring(path) if path else None
        self.watch = FileWatch("access", service, [path], reading)

    def identify(self, authorization: str) -> Identity:
        """Who shows this header. Raises HTTPException with a sentence."""
        ring = self.watch.value
        if ring is None and not self._system:
            raise HTTPException(403, "没有配置 HUB_ACCESS 或 HUB_API_TOKEN，接口未开放")
        scheme, _, given = authorization.partition(" ")
        token = given.strip() if scheme.lower() == "bearer" else ""
        if self._system and compare_digest(token.encode(), self._system.encode()):
            return Identity("", Office.SYSTEM)
        found = ring.read(token, datetime.now(UTC)) if ring else None
        if found is None:
            headers = {"WWW-Authenticate": "Bearer"}
            raise HTTPException(401, "令牌缺失、不正确、已过期或已作废", headers)
        return found.identity
