from datetime import UTC, datetime, timedelta

import pytest

from deploy.simulator.times import all_moved, moved, read_time, times_in, until_now

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("written", "an_hour_later"),
    [
        ("2019/2/28 11:25:05", "2019/02/28 12:25:05"),
        ("2019-12-31 23:30", "2020-01-01 00:30"),
        ("2017-07-19T10:06:41+08:00", "2017-07-19T11:06:41+08:00"),
        ("2017-07-19T10:06:41Z", "2017-07-19T11:06:41Z"),
        ("2020-05-17T 15:53:47.000+08:00", "2020-05-17T 16:53:47.000+08:00"),
        ("20200517155347", "20200517165347"),
        ("2019-02-28", "2019-02-28"),
        ("1560346229", "1560349829"),
        (1560346229, 1560349829),
        (1560346229000, 1560349829000),
        (1560346229.5, 1560349829.5),
    ],
)
def test_a_time_moves_and_keeps_its_form(written: object, an_hour_later: object) -> None:
    assert moved(written, HOUR) == an_hour_later


@pytest.mark.parametrize(
    "value", ["花盆", "2019/13/45 11:00:00", "", None, True, 7, [], "13800000000"]
)
def test_what_is_no_time_stays_as_it_is(value: object) -> None:
    assert read_time(value) is None
    assert moved(value, HOUR) == value


def test_a_time_without_a_zone_is_beijing_time() -> None:
    assert read_time("2019/2/28 8:00:00") == datetime(2019, 2, 28, tzinfo=UTC)


def test_only_time_fields_move_in_json_however_deep() -> None:
    body = {"events": [{"happenTime": "2020-05-17T 15:53:47+08:00", "eventId": "1560346229"}]}
    assert all_moved(body, HOUR) == {
        "events": [{"happenTime": "2020-05-17T 16:53:47+08:00", "eventId": "1560346229"}]
    }


def test_times_move_in_xml() -> None:
    body = "<Notify><SN>7</SN><AlarmTime>2023-10-20T09:19:12</AlarmTime></Notify>"
    assert all_moved(body, HOUR) == body.replace("09:19:12", "10:19:12")


def test_the_newest_time_becomes_now_and_a_promise_does_not_count() -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    bodies = [
        {"留言时间": "2019/2/28 8:00:00", "承诺完成时间": "2029-01-01 00:00:00"},
        {"留言时间": "2019/2/27 8:00:00"},
    ]
    by = until_now(bodies, now)
    newest = max(when for body in bodies for when in times_in(all_moved(body, by)))
    assert newest == now


def test_without_any_time_nothing_moves() -> None:
    assert until_now([{"text": "花盆"}], datetime.now(UTC)) == timedelta()
