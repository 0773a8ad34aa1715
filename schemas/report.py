"""What intake says: a report came, was amended, was withdrawn. Subject: the report's thread."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.event import Event, Part
from schemas.place import Place


class Source(StrEnum):
    """Where a report comes from (信息来源)."""

    HOTLINE = "hotline_12345"
    CAMERA = "camera"
    WECHAT = "wechat_group"
    MINI_PROGRAM = "mini_program"
    WORKER = "collector"
    VISIT = "visit"
    DUTY_DESK = "register"
    TRANSFER = "transfer"
    PUBLIC = "public"
    HUB = "hub"


class TicketType(StrEnum):
    """The kinds of a hotline ticket (工单类型)."""

    CONSULTATION = "咨询"
    HELP = "求助"
    COMPLAINT = "投诉"
    WHISTLEBLOWING = "举报"
    SUGGESTION = "建议"
    PRAISE = "表扬"


class Ticket(Part):
    """What belongs to a hotline ticket alone (工单)."""

    number: str = Field(max_length=64)
    type: TicketType | None = None
    promised_at: AwareDatetime | None = None
    confidential: bool = False
    supervised: bool = Field(default=False, description="a leader watches it (督办)")
    urgent: bool = Field(default=False, description="the hotline calls it urgent (紧急件)")


class Camera(Part):
    """What belongs to a camera alarm alone."""

    device: str = Field(max_length=64)
    channel: str = Field(default="", max_length=64)
    vendor: str = Field(max_length=32)
    code: str = Field(description="the vendor's code of the alarm", max_length=64)
    alarm: str = Field(description="the vendor's id of the alarm", max_length=128)


class Reporter(Part):
    """Who reported, so that no one who reads a topic learns who it is.

    `pseudonym` is a keyed hash: the same caller has the same one. `name` is masked (王**).
    """

    pseudonym: str = ""
    name: str = ""


class Picture(Part):
    """A picture that is kept: by the SHA-256 of its content, without what its file told of itself.

    `taken_at`, `longitude` and `latitude` (WGS-84 degrees) are what the file said (EXIF),
    as evidence; absent: it said nothing.
    """

    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str = Field(max_length=64)
    width: int = Field(ge=1, description="pixels")
    height: int = Field(ge=1, description="pixels")
    taken_at: AwareDatetime | None = None
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)


class ReportReceived(Event):
    """Somebody, or a camera, says that something is so. Personal data is masked."""

    ce_type: ClassVar[str] = "hub.report.received.v1"
    about: ClassVar[str] = "thread"

    report_id: str
    thread: str = Field(description="source and ticket or alarm id, fixed for its life")
    source: Source
    origin: str = Field(default="", description="the registered source (来源)", max_length=64)
    title: str = ""
    text: str = Field(description="masked", max_length=20_000)
    reported_at: AwareDatetime
    received_at: AwareDatetime
    place: Place = Place()
    express: bool = Field(default=False, description="danger to life: takes the express lane")
    hint: str | None = Field(default=None, description="a category code that the source is sure of")
    ticket: Ticket | None = None
    camera: Camera | None = None
    reporter: Reporter = Reporter()
    pictures: tuple[Picture, ...] = ()


class ReportUpdated(Event):
    """The same report came again: amended, urged (催单), still there, with pictures, or over."""

    ce_type: ClassVar[str] = "hub.report.updated.v1"
    about: ClassVar[str] = "thread"

    report_id: str
    thread: str
    change: Literal["amended", "urged", "repeated", "pictured", "ended"]
    text: str = Field(default="", max_length=20_000)
    count: int = Field(description="how often it has come, this time included", ge=1)
    pictures: tuple[Picture, ...] = Field(default=(), description="what came with it")
    updated_at: AwareDatetime


class ReportWithdrawn(Event):
    """Who reported it has taken it back (撤单)."""

    ce_type: ClassVar[str] = "hub.report.withdrawn.v1"
    about: ClassVar[str] = "thread"

    report_id: str
    thread: str
    reason: str = ""
    withdrawn_at: AwareDatetime
