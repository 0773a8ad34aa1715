"""Who says that they are there shows it: place and time of the phone, and of its pictures."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from schemas.case import CaseArrived, StepRefused
from schemas.place import Place
from schemas.worker import Action, Evidence
from services.feedback.domain.case import State
from services.feedback.domain.effects import step
from services.feedback.domain.proof import Nearness, Witness
from services.feedback.domain.refusals import Limits
from tests.unit.feedback.cases import NOON, case_in, did, minutes

HERE: dict[str, Any] = {"longitude": 104.08, "latitude": 30.66}
FAR: dict[str, Any] = {"longitude": 104.08, "latitude": 30.687}
DIGEST = "a" * 64
STRICT = Limits(Nearness(is_needed=True))


def picture(shows: str = "other", taken_at: datetime | None = None, **where: Any) -> Evidence:
    """A picture and what its file says."""
    told: dict[str, Any] = {"digest": DIGEST, "media_type": "image/jpeg", "width": 1, "height": 1}
    return Evidence.model_validate({**told, "shows": shows, "taken_at": taken_at, **where})


def answer(action: Action = Action.ARRIVE, witness: Witness | None = None, **more: Any) -> Any:
    """What comes of a step at a place that is known."""
    state = State.HANDLING if action is Action.ARRIVE else State.ON_SITE
    case = replace(case_in(state), place=Place(**HERE))
    (event,) = step(case, did(action, **more), NOON, STRICT, witness or Witness())
    return event


def refusal(*arguments: Any, **more: Any) -> str:
    event = answer(*arguments, **more)
    return event.reason if isinstance(event, StepRefused) else ""


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (minutes(5), ""),
        (minutes(24 * 60), "手机时钟快了 24 小时，请校准时间后重新签到"),
        (minutes(30), "手机时钟快了 30 分钟，请校准时间后重新签到"),
        (minutes(-6 * 60), ""),
        (minutes(-24 * 60), "签到记录在 24 小时之前：手机时钟不准或积压太久，请到现场重新签到"),
        (minutes(-9 * 24 * 60), "签到记录在 9 天之前：手机时钟不准或积压太久，请到现场重新签到"),
    ],
)
def test_a_clock_that_is_wrong_by_a_day_proves_nothing(at: datetime, said: str) -> None:
    assert refusal(at=at, **HERE) == said


def test_a_step_that_the_hub_was_too_busy_to_read_is_judged_by_when_it_came() -> None:
    late = minutes(-24 * 60)
    assert refusal(witness=Witness(heard_at=late), at=late, **HERE) == ""
    assert refusal(witness=Witness(heard_at=minutes(24 * 60)), at=minutes(24 * 60), **HERE)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (picture(taken_at=minutes(-30), **HERE), ""),
        (picture(), "到场签到须带位置：请打开手机定位，或拍一张带定位的现场照片"),
        (picture(**FAR), "照片拍摄于离事件地点 3.0 公里 处，请到现场拍摄"),
        (
            picture(taken_at=minutes(-26 * 60), **HERE),
            "照片拍摄于 03月01日 10:00，已过去 26 小时，请在现场重新拍摄",
        ),
        (
            picture(taken_at=minutes(60), **HERE),
            "照片拍摄于 03月02日 13:00，晚于现在：请校准相机时间后重新拍摄",
        ),
    ],
)
def test_a_picture_that_knows_where_and_when_it_was_taken_proves_the_arrival_or_refutes_it(
    shown: Evidence, said: str
) -> None:
    assert refusal(evidence=(shown,)) == said


def test_a_picture_from_elsewhere_is_refused_though_the_phone_is_there() -> None:
    assert "3.0 公里" in refusal(evidence=(picture(**FAR),), **HERE)
    assert isinstance(answer(evidence=(picture(),), **HERE), CaseArrived)


def test_a_picture_of_afterwards_was_not_taken_before_anybody_came() -> None:
    early = picture("after", minutes(-60))
    assert refusal(Action.DISPOSE, evidence=(early,)) == (
        "处置后照片拍摄于 03月02日 11:00，早于到场时间，不能说明处置后的情况，请重新拍摄"
    )
    assert refusal(Action.DISPOSE, evidence=(picture("after", minutes(0)),)) == ""
    assert refusal(Action.DISPOSE, evidence=(picture("before", minutes(-60)),)) == ""


@pytest.mark.parametrize("action", [Action.ARRIVE, Action.DISPOSE])
@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("0001-01-01T00:00:00+14:00", "照片拍摄于 公元 1 年，不会有这样早的照片"),
        ("9999-12-31T23:59:59-12:00", "照片拍摄于 公元 9999 年，晚于现在"),
    ],
)
def test_a_picture_of_a_time_that_no_calendar_has_is_refused_with_a_sentence(
    action: Action, taken: str, said: str
) -> None:
    shown = (picture(taken_at=datetime.fromisoformat(taken)),)
    assert refusal(action, evidence=shown, **HERE).startswith(said)


def test_what_the_hub_keeps_counts_and_not_what_the_phone_adds() -> None:
    kept = {DIGEST: picture("after", minutes(-60))}
    claimed = (picture("after", minutes(0)),)
    assert "早于到场时间" in refusal(Action.DISPOSE, Witness(kept=kept), evidence=claimed)
    as_before = (picture("before"),)
    assert refusal(Action.DISPOSE, Witness(kept=kept), evidence=as_before) == (
        "照片 aaaaaaaaaaaa 上传时是处置后照片，不能当作处置前照片"
    )
    assert refusal(Action.DISPOSE, Witness(kept={}), evidence=claimed) == (
        "照片 aaaaaaaaaaaa 没有交到本案，请先上传，再报这一步"
    )
