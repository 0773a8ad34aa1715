import pytest

from services.cli.checks import Verdict, measured
from services.cli.service_checks import backlog_checks, compare_migrations, wanted_migrations

WELL = {
    "outbox": 3,
    "outbox_age": 0.5,
    "parked": 0,
    "parked_age": 0,
    "dead_letters": 0,
    "timers_due": 0,
    "timer_lateness": 0,
}


@pytest.mark.parametrize(
    ("value", "verdict"), [(1, Verdict.OK), (2, Verdict.ATTENTION), (5, Verdict.WRONG)]
)
def test_a_number_is_judged_by_two_bounds(value: float, verdict: Verdict) -> None:
    assert measured("x", value, attention=2, wrong_at=5, found="", advice="").verdict is verdict


@pytest.mark.parametrize(
    ("what", "verdicts"),
    [
        ({}, {}),
        ({"outbox_age": 40}, {"intake outbox": Verdict.WRONG}),
        ({"parked_age": 1_000}, {"intake parked": Verdict.WRONG}),
        ({"timer_lateness": 10}, {"intake timers": Verdict.ATTENTION}),
        ({"dead_letters": 7}, {"intake dead letters": Verdict.ATTENTION}),
    ],
)
def test_what_lies_in_the_tables_is_judged(
    what: dict[str, int], verdicts: dict[str, Verdict]
) -> None:
    checks = backlog_checks("intake", WELL | what)
    assert {c.name: c.verdict for c in checks if c.verdict is not Verdict.OK} == verdicts


@pytest.mark.parametrize(
    ("done", "verdict", "found"),
    [
        ({"0001": "a", "0002": "b"}, Verdict.OK, "2 migrations applied"),
        ({"0001": "a"}, Verdict.WRONG, "0002 not applied"),
        ({"0001": "a", "0002": "x"}, Verdict.WRONG, "0002 changed after it was applied"),
    ],
)
def test_migrations_are_compared_by_their_content(
    done: dict[str, str], verdict: Verdict, found: str
) -> None:
    check = compare_migrations("tables", {"0001": "a", "0002": "b"}, done)
    assert (check.verdict, check.found) == (verdict, found)


def test_every_service_has_the_tables_of_the_kernel() -> None:
    assert "0001_expand_kernel.sql" in wanted_migrations("intake")
