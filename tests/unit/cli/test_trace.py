from datetime import UTC, datetime, timedelta

import orjson

from services.cli.trace import gist, why, with_durations

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


def row(seconds: float, **payload: object) -> dict[str, object]:
    return {
        "recorded_at": BEGAN + timedelta(seconds=seconds),
        "producer": "dispatch",
        "ce_type": "hub.incident.dispatched.v1",
        "ce_id": "e",
        "subject": "i",
        "sequence": 1,
        "payload": orjson.dumps(payload).decode(),
    }


def test_each_event_says_how_long_after_the_one_before_it_came() -> None:
    events = with_durations([row(0), row(1.5), row(2)])
    assert [each["seconds_since"] for each in events] == [0.0, 1.5, 0.5]


def test_every_sentence_that_says_why_is_told() -> None:
    assert why({"reasons": ["甲", "乙"], "outcome": "rectified", "reason": ""}) == [
        "甲",
        "乙",
        "rectified",
    ]


def test_an_event_is_told_in_a_few_words() -> None:
    category = {"category": {"name": "高空抛物"}, "severity": "high"}
    assert gist(category) == "高空抛物 high 地点不明"
    assert gist({"assignee": {"worker_id": "W1"}, "round": 2}) == "第 2 轮 W1"
    assert gist({"voice": {"thread": "t"}}) == "t"
    assert gist({}) == ""
