"""Times as sources write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.report import Source
from services.intake.domain.clocks import believable
from services.reference.calendar import BEIJING
from services.reference.written import read_time
from tests.unit.intake.records import NOON


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2019/2/28 11:25:05", datetime(2019, 2, 28, 11, 25, 5, tzinfo=BEIJING)),
        ("2020-05-17T 15:53:47.000+08:00", datetime(2020, 5, 17, 15, 53, 47, tzinfo=BEIJING)),
        ("2023-10-20T09:19:12", datetime(2023, 10, 20, 9, 19, 12, tzinfo=BEIJING)),
        ("2023-10-20T01:19:12Z", datetime(2023, 10, 20, 1, 19, 12, tzinfo=UTC)),
        ("20231020091912", datetime(2023, 10, 20, 9, 19, 12, tzinfo=BEIJING)),
        ("2023年10月20日 9:19", datetime(2023, 10, 20, 9, 19, tzinfo=BEIJING)),
        ("2023-10-20", datetime(2023, 10, 20, tzinfo=BEIJING)),
        (1560346229, datetime(2019, 6, 12, 13, 30, 29, tzinfo=UTC)),
        ("1560346229000", datetime(2019, 6, 12, 13, 30, 29, tzinfo=UTC)),
        ("2023-02-30 10:00", None),
        ("昨天下午", None),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_a_time_is_read_in_any_of_the_forms_that_sources_use(
    written: object, read: datetime | None
) -> None:
    assert read_time(written) == read


@given(st.text(max_size=40) | st.integers() | st.floats())
def test_nonsense_is_no_time_and_never_an_error(written: object) -> None:
    assert read_time(written) is None or isinstance(read_time(written), datetime)


@pytest.mark.parametrize("off", [timedelta(hours=-5), timedelta(hours=5)])
def test_a_camera_whose_clock_is_hours_off_gets_the_time_of_arrival(off: timedelta) -> None:
    assert believable(Source.CAMERA, NOON + off, NOON) == NOON


def test_a_person_may_report_the_past_but_not_the_future() -> None:
    yesterday = NOON - timedelta(days=1)
    assert believable(Source.HOTLINE, yesterday, NOON) == yesterday
    assert believable(Source.HOTLINE, NOON + timedelta(days=1), NOON) == NOON
    assert believable(Source.HOTLINE, None, NOON) == NOON
