"""An alarm of a camera as a statement, whatever its vendor."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from schemas.report import Camera, Source
from services.intake.domain.submission import Life, Media, Statement, Whereabouts, thread_of
from services.kernel.errors import Unprocessable

FIRE_LANE, THROWN, FIRE, E_BIKE = "09012", "91001", "91010", "91002"
LITTER, STALL, HANGING = "06010", "09006", "06007"
BADLY_PARKED, BADLY_PARKED_BIKE = "09009", "09010"


class Meaning(NamedTuple):
    """What a vendor's code means: in Chinese, and as a category if that is sure."""

    name: str
    hint: str | None = None


class Alarm(NamedTuple):
    """One alarm in the words of its vendor; `id` is the same for all posts about it.

    A picture is its address (text) or its content (bytes).
    `score` (0 to 1) is set where a detector says how sure it is and nobody has judged yet.
    """

    vendor: str
    device: str
    channel: str
    code: str
    id: str
    life: Life
    at: datetime | None
    words: str = ""
    pictures: tuple[Media, ...] = ()
    longitude: float | None = None
    latitude: float | None = None
    score: float | None = None


def state(alarm: Alarm, meanings: Mapping[str, Meaning]) -> Statement:
    """The statement; an unknown code is still a report, and names the code.

    Raises Unprocessable if it names neither a device nor a code: that is no alarm of anything.
    """
    if not (alarm.device or alarm.code):
        raise Unprocessable(f"{alarm.vendor} 报警既没有设备号，也没有报警类型")
    meaning = meanings.get(alarm.code) or Meaning(f"未登记的报警类型 {alarm.code or '（无代码）'}")
    said = f"摄像机报警：{meaning.name}"
    device = alarm.device or "unknown"
    return Statement(
        thread=thread_of(Source.CAMERA, alarm.vendor, device, alarm.channel, alarm.id),
        source=Source.CAMERA,
        life=alarm.life,
        title=said,
        text=f"{said}（{alarm.words}）" if alarm.words else said,
        reported_at=alarm.at,
        where=Whereabouts(longitude=alarm.longitude, latitude=alarm.latitude, words=alarm.words),
        hint=meaning.hint,
        camera=Camera(
            device=device[:64],
            channel=alarm.channel[:64],
            vendor=alarm.vendor,
            code=alarm.code[:64],
            alarm=alarm.id[:128],
        ),
        media=alarm.pictures,
        score=alarm.score,
    )
