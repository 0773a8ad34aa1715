"""What a hotline says of a call-back, in its own words or as an event."""

from datetime import UTC, datetime

import orjson
import pytest

from schemas.worker import CitizenRated
from services.feedback.adapters.callbacks import rating_of, read
from services.kernel.errors import Unprocessable
from services.kernel.record import Record, envelope
from services.reference.calendar import BEIJING

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def record(body: object, headers: dict[str, str] | None = None) -> Record:
    sent = [(name, value.encode()) for name, value in (headers or {}).items()]
    at = int(NOON.timestamp() * 1000)
    return Record("upstream.hotline.ratings", 0, 7, at, None, orjson.dumps(body), sent)


def test_a_call_back_in_the_words_of_the_hotline_is_a_rating() -> None:
    said = {
        "市级编号": "GD-1",
        "是否解决": "部分解决",
        "是否满意": "基本满意",
        "回访意见": "还有味",
        "回访时间": "2026-03-02 15:00:00",
        "回访编号": "HF-9",
    }
    (message,) = read(record(said))
    rating = message.event
    assert isinstance(rating, CitizenRated)
    assert (rating.thread, rating.solved) == ("hotline_12345:GD-1", False)
    assert (rating.satisfied, rating.comment) == ("基本满意", "还有味")
    assert rating.at == datetime(2026, 3, 2, 15, tzinfo=BEIJING)
    assert (message.id, message.source) == ("HF-9", "hotline")


def test_a_rating_without_a_number_of_its_own_is_known_by_where_it_stood() -> None:
    (message,) = read(record({"工单编号": 17, "是否满意": "不满意"}))
    assert message.id == "upstream.hotline.ratings/0/7" and message.subject == "hotline_12345:17"
    assert isinstance(message.event, CitizenRated) and message.event.at == NOON


def test_an_event_of_ours_is_read_as_ever() -> None:
    event = CitizenRated(thread="hotline_12345:GD-1", solved=True, at=NOON)
    headers = envelope(
        event, id="r1", source="s", sequence=None, time="t", correlation="c", causation="c"
    )
    (message,) = read(record(orjson.loads(event.model_dump_json()), headers))
    assert message.event == event


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"是否解决": "解决"}, "没有工单编号"),
        ({"工单编号": "G", "是否解决": "大概"}, "是否解决 应为"),
        ({"工单编号": "G", "是否满意": "还行"}, "是否满意 应为"),
        ({"工单编号": "G"}, "既没有 是否解决"),
    ],
)
def test_what_can_not_be_understood_is_refused_with_a_sentence(
    said: dict[str, str], why: str
) -> None:
    with pytest.raises(Unprocessable, match=why):
        rating_of(said, NOON)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"GD-1"'])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    broken = Record("upstream.hotline.ratings", 0, 7, 0, None, body, [])
    with pytest.raises(Unprocessable):
        read(broken)
