from services.cli.overview import Overview, fetched, gauges, numbers
from services.cli.printing import span

METRICS = """# TYPE hub_kernel_lag_records gauge
hub_kernel_lag_records{service="intake",topic="a"} 3.0
hub_kernel_lag_records{service="intake",topic="b"} 4.0
# TYPE hub_kernel_backlog gauge
hub_kernel_backlog{service="intake",what="dead_letters"} 2.0
hub_kernel_backlog{service="intake",what="outbox"} 9.0
"""


def test_lag_and_dead_letters_are_summed_from_the_metrics() -> None:
    assert numbers(METRICS) == (7, 2)
    assert numbers("") == (0, 0)


def test_a_gauge_is_read_where_it_is_told() -> None:
    assert gauges(METRICS, "hub_kernel_lag_records") == [3.0, 4.0]
    assert gauges(METRICS, "hub_feedback_orphans") == gauges("", "hub_feedback_orphans") == []


def test_what_is_not_known_yet_is_shown_as_such() -> None:
    assert Overview().number("closed") == 0
    assert Overview().rate == "—"
    assert Overview({"rectification_rate": 0.98}).rate == "98.0%"


def test_a_service_that_does_not_answer_says_nothing() -> None:
    assert fetched("http://127.0.0.1:1", "/metrics") == b""


def test_a_duration_is_told_in_the_unit_that_suits_it() -> None:
    assert [span(each) for each in (0.012, 1.5, 300, 7_200)] == ["12 ms", "1.5 s", "5 min", "2.0 h"]
