"""What proves that somebody was there (到场证明): place and time of the phone and of pictures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, hypot, radians, sin, sqrt

from schemas.place import Place
from schemas.worker import Action, Evidence, StepReported
from services.feedback.domain.case import Case
from services.reference.calendar import BEIJING

EARTH_RADIUS = 6_371_008.8
OLDEST = 2000
"""The first year that is believed of a picture."""
SHOWN = {"before": "处置前照片", "after": "处置后照片", "other": "照片"}

Kept = Mapping[str, Evidence]
"""The pictures that were handed in for a case, by digest, with what their files said."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How far from the hazard somebody may stand and still be there (metres), and how late.

    `positions` is how unsure of itself a phone may be: more of it is not believed. `ahead` is
    how wrong a clock may be, `offline` how long a step may have waited for a network, `fresh`
    how old a picture of the arrival may be. If `is_needed`, who arrives shows where they are.
    """

    arrival: float = 300.0
    positions: float = 200.0
    ahead: timedelta = timedelta(minutes=10)
    offline: timedelta = timedelta(hours=12)
    fresh: timedelta = timedelta(hours=2)
    is_needed: bool = False


NEAR = Nearness()
"""What holds where nothing is configured."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What the hub itself knows of a step: when it came, and the pictures of its case.

    `kept` None: nobody keeps pictures here, and those of another system are taken at their word.
    """

    heard_at: datetime | None = None
    kept: Kept | None = None


NOBODY = Witness()


def unproved(case: Case, said: StepReported, now: datetime, near: Nearness) -> str | None:
    """Why an arrival is not believed; None if it is."""
    return (
        _wrong_clock(said, now, near)
        or _too_far(case, said, near)
        or unfit(case, said, now, near)
        or _unplaced(case, said, near)
    )


def unfit(case: Case, said: StepReported, now: datetime, near: Nearness) -> str | None:
    """Why a picture can not show what it is to show; None if all can, or say nothing."""
    return next(filter(None, _unfit(case, said, now, near)), None)


def as_kept(said: StepReported, witness: Witness) -> StepReported:
    """The step with its pictures as the hub has them: what a phone adds to them counts nothing."""
    if not witness.kept or not said.evidence:
        return said
    known = (
        witness.kept.get(each.digest, each).model_copy(update={"shows": each.shows})
        for each in said.evidence
    )
    return said.model_copy(update={"evidence": tuple(known)})


def not_kept(said: StepReported, kept: Kept | None) -> str | None:
    """Why a picture that is named does not count: never handed in, or as something else."""
    for each in said.evidence if kept is not None else ():
        known = kept.get(each.digest) if kept else None
        if known is None:
            return f"照片 {each.digest[:12]} 没有交到本案，请先上传，再报这一步"
        if known.shows not in {"other", each.shows}:
            return (
                f"照片 {each.digest[:12]} 上传时是{SHOWN[known.shows]}，不能当作{SHOWN[each.shows]}"
            )
    return None


def distance(case: Case, said: StepReported) -> float | None:
    """Metres between the hazard and whoever took the step; None where one of them is unknown."""
    return metres(case.place, said.longitude, said.latitude)


def metres(place: Place, longitude: float | None, latitude: float | None) -> float | None:
    """Great-circle distance (haversine) of WGS-84 degrees; None where one is unknown."""
    here = (place.longitude, place.latitude)
    there = (longitude, latitude)
    if None in here or None in there:
        return None
    (x0, y0), (x1, y1) = ((radians(x or 0.0), radians(y or 0.0)) for x, y in (here, there))
    half = hypot(sin((y1 - y0) / 2), sqrt(cos(y0) * cos(y1)) * sin((x1 - x0) / 2))
    return 2 * EARTH_RADIUS * asin(min(1.0, half))


def _wrong_clock(said: StepReported, now: datetime, near: Nearness) -> str | None:
    off = said.at - now
    if off > near.ahead:
        return f"手机时钟快了{_long(off)}，请校准时间后重新签到"
    if -off > near.offline:
        return f"签到记录在{_long(-off)}之前：手机时钟不准或积压太久，请到现场重新签到"
    return None


def _too_far(case: Case, said: StepReported, near: Nearness) -> str | None:
    far = distance(case, said)
    slack = min(said.accuracy or 0.0, near.positions)
    if far is None or far - slack <= near.arrival:
        return None
    return f"您离事件地点 {_far(far)}，请到现场（{near.arrival:.0f} 米内）后再到场签到"


def _unplaced(case: Case, said: StepReported, near: Nearness) -> str | None:
    if not near.is_needed or None in (case.place.longitude, case.place.latitude):
        return None
    positions: Iterable[StepReported | Evidence] = (said, *said.evidence)
    if any(None not in (each.longitude, each.latitude) for each in positions):
        return None
    return "到场签到须带位置：请打开手机定位，或拍一张带定位的现场照片"


def _unfit(case: Case, said: StepReported, now: datetime, near: Nearness) -> Iterator[str | None]:
    for each in said.evidence:
        what = SHOWN[each.shows]
        far = metres(case.place, each.longitude, each.latitude)
        if far is not None and far > near.arrival:
            yield f"{what}拍摄于离事件地点 {_far(far)} 处，请到现场拍摄"
        if each.taken_at is not None:
            yield _untimely(case, said.action, each.shows, each.taken_at, now, near)


def _untimely(
    case: Case, action: Action, shows: str, taken: datetime, now: datetime, near: Nearness
) -> str | None:
    """Not of the future; of an arrival fresh; of the time after, taken after the arrival."""
    when = f"{SHOWN[shows]}拍摄于 {_told(taken)}"
    if taken.year < OLDEST:
        return f"{when}，不会有这样早的照片：请校准相机时间后重新拍摄"
    if taken - now > near.ahead:
        return f"{when}，晚于现在：请校准相机时间后重新拍摄"
    if action is Action.ARRIVE and now - taken > near.fresh:
        return f"{when}，已过去{_long(now - taken)}，请在现场重新拍摄"
    if shows == "after" and case.arrived_at and case.arrived_at - taken > near.ahead:
        return f"{when}，早于到场时间，不能说明处置后的情况，请重新拍摄"
    return None


def _told(moment: datetime) -> str:
    """In Beijing; the first and the last day there are may have no time there."""
    try:
        return f"{moment.astimezone(BEIJING):%m月%d日 %H:%M}"
    except OverflowError:
        return f"公元 {moment.year} 年"


def _far(distance: float) -> str:
    return f"{distance / 1000:.1f} 公里" if distance >= 1000 else f"{distance:.0f} 米"


def _long(time: timedelta) -> str:
    hours = time / timedelta(hours=1)
    if hours < 1:
        return f" {time / timedelta(minutes=1):.0f} 分钟"
    return f" {hours:.0f} 小时" if hours < 48 else f" {hours / 24:.0f} 天"
