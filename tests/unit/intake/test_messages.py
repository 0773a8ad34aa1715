"""Messages of residents and reports of workers."""

from typing import Any

import pytest

from schemas.report import Source
from services.intake.adapters.messages import statements, worker_statements
from services.intake.domain.submission import Life, Statement
from services.kernel.errors import Unprocessable
from tests.unit.intake.records import ESTATE, GROUND, admitted, letter

MESSAGE: dict[str, Any] = {
    "source": "wechat_group",
    "message_id": "m1",
    "sender": "wx-77",
    "group": f"{ESTATE.name}业主群",
    "text": "楼道堆了好多纸箱，联系13800138000",
    "sent_at": "2026-03-02 11:58:00",
}


def said(**changes: Any) -> Statement:
    """The one thing that a message says."""
    (only,) = statements(letter(MESSAGE | changes))
    return only


def test_a_message_of_a_group_is_placed_by_the_name_of_the_group() -> None:
    kept = admitted(said())
    assert (kept.thread, kept.source) == ("wechat_group:m1", Source.WECHAT)
    assert kept.place.estate == ESTATE.name and "13800138000" not in kept.text
    assert kept.reporter.pseudonym and "wx-77" not in kept.model_dump_json()


def test_danger_in_a_message_is_express() -> None:
    assert admitted(said(text="着火了快来人")).express and not admitted(said()).express


def test_a_point_places_a_message_and_swapped_coordinates_are_put_right() -> None:
    there = {
        "group": "",
        "crs": "WGS-84",
        "longitude": ESTATE.latitude,
        "latitude": str(ESTATE.longitude),
    }
    assert admitted(said(**there)).place.micro_grid == ESTATE.micro_grid


@pytest.mark.parametrize(("x", "y"), [(0, 0), (999, 10), (None, 30.6), ("东经", 30.6)])
def test_a_point_that_can_not_be_is_no_place(x: object, y: object) -> None:
    assert admitted(said(group="", longitude=x, latitude=y)).place.longitude is None


def test_words_win_over_the_point_but_less_surely() -> None:
    other = GROUND.estates[5]
    kept = admitted(
        said(
            text=f"{other.name}漏水",
            group="",
            crs="WGS-84",
            longitude=ESTATE.longitude,
            latitude=ESTATE.latitude,
        )
    )
    assert kept.place.estate == other.name and kept.place.confidence < 0.7


def test_an_address_off_the_ground_is_kept_without_its_room() -> None:
    kept = admitted(said(group="", address="跳蹬河南路9号3栋2单元1201"))
    assert kept.place.address == "跳蹬河南路9号3栋***" and kept.place.estate is None


def test_a_message_with_pictures_only_is_still_a_report() -> None:
    only = said(text="", pictures=["http://x/1.jpg", "http://x/1.jpg"])
    assert only.media == ("http://x/1.jpg",) and only.text


def test_a_worker_reports_under_a_pseudonym() -> None:
    body = {
        "report_id": "r1",
        "worker_id": "W007",
        "text": "路面积水",
        "sent_at": "2026-03-02 11:00",
    }
    (only,) = worker_statements(letter(body))
    assert only.thread == "collector:r1" and only.source is Source.WORKER
    assert "W007" not in admitted(only).model_dump_json()


def test_a_message_can_be_withdrawn_without_words() -> None:
    assert said(text="", action="withdraw").life is Life.WITHDRAW


@pytest.mark.parametrize(
    "changes", [{"source": "fax"}, {"source": None}, {"action": "explode"}, {"text": " "}]
)
def test_what_is_no_message_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unprocessable):
        said(**changes)


def test_a_thread_is_never_too_long_and_stays_unique() -> None:
    first, second = said(message_id="甲" * 128 + "1"), said(message_id="乙" * 128)
    assert first.thread != second.thread and max(len(first.thread), len(second.thread)) <= 200
