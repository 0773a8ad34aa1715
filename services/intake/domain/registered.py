"""Registered sources (来源): who may report, in which format, how proven, how patiently heard."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.report import Source

SOURCE_ID = r"^[a-z0-9][a-z0-9_-]*$"
KEY_NAME = r"^[A-Z][A-Z0-9_]*$"
LARGEST_BODY = 8_388_608
LONGEST_ID = 128


class Channel(StrEnum):
    """The format in which a source speaks."""

    HOTLINE = "hotline"
    CAMERA = "camera"
    REPORT = "report"
    ROWS = "rows"
    WECOM = "wecom"
    ROBOT = "robot"
    OPEN311 = "open311"


class Proof(StrEnum):
    """How a source proves over HTTP that it is the one: `topic` never speaks over HTTP."""

    SIGNATURE = "signature"
    KEY = "key"
    WECOM = "wecom"
    DESK = "desk"
    TOPIC = "topic"


class Row(BaseModel):
    """A part of the register."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rate(Row):
    """How much a source may send over HTTP: on the average, and at once."""

    per_minute: float = Field(default=600, gt=0, le=600_000)
    burst: int = Field(default=100, ge=1, le=100_000)


class Patience(Row):
    """Seconds after which a source that says nothing is slow, and after which it is silent."""

    slow: float = Field(gt=0)
    expired: float = Field(gt=0, le=timedelta(days=31).total_seconds())

    @model_validator(mode="after")
    def _in_order(self) -> "Patience":
        if self.slow > self.expired:
            raise ValueError("slow 不能大于 expired")
        return self


class RegisteredSource(Row):
    """One source. `keys` are names of secrets, the newest first; two while they rotate.

    `fields` says in which of its own fields a source of rows keeps each of ours, `rows` in
    which field the list of rows is; both may be paths with dots. `groups` names the chats of
    a robot by their ids, `receiver` is the one to whom WeCom addresses its callbacks.
    """

    id: str = Field(pattern=SOURCE_ID, max_length=64)
    name: str = Field(min_length=1, max_length=64)
    kind: Source
    channel: Channel = Channel.REPORT
    proof: Proof = Proof.SIGNATURE
    keys: tuple[str, ...] = Field(default=(), max_length=2)
    topic: str = ""
    vendor: str = ""
    bytes: int = Field(default=262_144, ge=1, le=LARGEST_BODY)
    rate: Rate = Rate()
    heartbeat: Patience | None = None
    cameras: Patience | None = None
    receiver: str = Field(default="", max_length=128)
    rows: str = ""
    fields: Mapping[str, str] = Field(default_factory=dict)
    groups: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> "RegisteredSource":
        is_keyed = self.proof in (Proof.SIGNATURE, Proof.KEY, Proof.WECOM)
        if is_keyed and not self.keys:
            raise ValueError("缺少 keys：写上密钥的名字，或把 proof 改为 topic")
        if (self.channel is Channel.WECOM) != (self.proof is Proof.WECOM):
            raise ValueError("channel 为 wecom 时 proof 也应为 wecom，反之亦然")
        if self.cameras and self.channel is not Channel.CAMERA:
            raise ValueError("只有 channel 为 camera 的来源才能写 cameras")
        if (self.fields or self.rows) and self.channel is not Channel.ROWS:
            raise ValueError("只有 channel 为 rows 的来源才能写 fields 和 rows")
        if self.fields and "text" not in self.fields:
            raise ValueError("fields 中缺少 text：报告的文字在哪个字段")
        return self


class Register(Row):
    """One version of the register; `version` is the hash of its content."""

    version: str = ""
    sources: tuple[RegisteredSource, ...] = ()
    by_id: Mapping[str, RegisteredSource] = Field(default_factory=dict)
    by_topic: Mapping[tuple[str, Source], RegisteredSource] = Field(default_factory=dict)

    def named(self, source_id: str) -> RegisteredSource | None:
        """The source of that id."""
        return self.by_id.get(source_id)

    @property
    def desk(self) -> RegisteredSource | None:
        """The duty desk (值班台), whose people hold the token."""
        return next((each for each in self.sources if each.proof is Proof.DESK), None)

    def usual(self, topic: str, kind: Source) -> RegisteredSource | None:
        """Who is meant by a record of this topic that names no source."""
        return self.by_topic.get((topic, kind))


def register_of(sources: tuple[RegisteredSource, ...], version: str) -> Register:
    """A register that finds its sources; of several on one topic, the first is the usual one."""
    return Register(
        version=version,
        sources=sources,
        by_id={each.id: each for each in sources},
        by_topic={(each.topic, each.kind): each for each in reversed(sources)},
    )


def camera_id(gateway: str, device: str, channel: str) -> str:
    """The id of one camera behind a gateway; a colon, as in a hardware address, is a dash."""
    name = "/".join(filter(None, (gateway, device, channel)))
    return name.replace(":", "-")[:LONGEST_ID]
