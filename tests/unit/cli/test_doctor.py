import socket
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.settings import StackSettings
from deploy.secure import passwords
from schemas.flow import FLOW
from services.cli.checks import Check, Verdict, measured
from services.cli.doctor import examine, show
from services.cli.file_checks import folders_check, secrets_check
from services.cli.lag import Standing
from services.cli.machine_checks import docker_checks, memory_check, port_checks
from services.cli.server_checks import FAILURES, unanswered, version_check
from services.cli.service_checks import backlog_checks, compare_migrations, wanted_migrations
from services.cli.setting_checks import settings_check
from services.cli.topic_checks import (
    Copies,
    copies_check,
    fences_check,
    partitions_check,
    restored_check,
)
from services.hosting.topics import TopicSettings

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


STANDING = Standing(FLOW[0], FLOW[0].name, {0: 10, 1: 0}, {0: 50, 1: 20})


@pytest.mark.parametrize(
    ("stored", "verdict", "advice"),
    [
        (30, Verdict.OK, ""),
        (51, Verdict.WRONG, "--topics-lost"),
        (9, Verdict.WRONG, "--accept-gap"),
    ],
)
def test_a_service_must_stand_within_its_topics(stored: int, verdict: Verdict, advice: str) -> None:
    check = fences_check([STANDING], {("intake", FLOW[0].name, 0): stored})
    assert check.verdict is verdict and advice in check.advice


@pytest.mark.parametrize(
    ("brokers", "copies", "verdict"),
    [
        (1, Copies("t/0", 1, 1), Verdict.OK),
        (3, Copies("t/0", 1, 1), Verdict.ATTENTION),
        (3, Copies("t/0", 3, 3), Verdict.OK),
        (3, Copies("t/0", 3, 2), Verdict.WRONG),
    ],
)
def test_copies_are_looked_after(brokers: int, copies: Copies, verdict: Verdict) -> None:
    assert copies_check(brokers, [copies]).verdict is verdict


def test_partitions_are_as_they_were_asked_for() -> None:
    assert partitions_check([STANDING], TopicSettings(partitions=2)).verdict is Verdict.OK
    assert partitions_check([STANDING], TopicSettings()).verdict is Verdict.WRONG
    missing = partitions_check([replace(STANDING, ends={})], TopicSettings(partitions=2))
    assert "hub migrate" in missing.advice


def test_what_a_restore_left_behind_is_named() -> None:
    assert restored_check({"intake": {}}).verdict is Verdict.OK
    check = restored_check({"dispatch": {"hub.mode.declared.v1": 2}})
    assert check.verdict is Verdict.ATTENTION and "hub.mode.declared.v1: 2" in check.found


@pytest.mark.parametrize(
    ("version", "compose", "verdict"),
    [
        ("28.2.2", "2.38.1", Verdict.OK),
        ("28.2.2", "2.20.0", Verdict.ATTENTION),
        ("28.2.2", None, Verdict.ATTENTION),
        (None, "2.38.1", Verdict.ATTENTION),
    ],
)
def test_docker_is_looked_at_but_never_demanded(
    version: str | None, compose: str | None, verdict: Verdict
) -> None:
    assert docker_checks(version, compose)[0].verdict is verdict


def test_a_port_that_another_program_holds_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = StackSettings(Path(), kafka_port=port, postgres_port=0, http_port_base=0)
        check = port_checks(settings)[0]
    assert (
        check.verdict is Verdict.WRONG
        and f"port {port}" in check.found
        and "HUB_KAFKA_PORT" in check.found
    )
    assert port_checks(replace(settings, kafka_port=0))[0].verdict is Verdict.OK


def test_memory_and_versions_are_judged() -> None:
    assert memory_check(8_000_000_000).verdict is Verdict.OK
    assert memory_check(300_000_000).verdict is Verdict.WRONG
    assert version_check(180_006).found == "version 18.6 answers"
    assert version_check(140_001).verdict is Verdict.WRONG


async def test_a_machine_without_a_hub_is_looked_at_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before the first `hub up` is when it is needed most."""
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.delenv("HUB_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.delenv("HUB_POSTGRES_DSN", raising=False)
    names = [each.name for each in await examine()]
    assert names[0] == "hub" and {"disk", "memory", "time zones", "ports", "java"} <= set(names)


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"HUB_TOPIC_PARTITIONS": "many"}, "HUB_TOPIC_PARTITIONS: "),
        ({"HUB_KAFKA_SECURITY": "TLS"}, "HUB_KAFKA_SECURITY: "),
        ({"HUB_KAFKA_SECURITY": "SASL_SSL", "HUB_KAFKA_CA": "/no/such.pem"}, "/no/such.pem"),
        ({"HUB_FEEDBACK_ARRIVAL_METRES": "-5"}, "HUB_FEEDBACK_ARRIVAL_METRES: "),
        ({"HUB_INTAKE_ROLE_TOKENS": '{"auditor": 7}'}, "HUB_INTAKE_ROLE_TOKENS: "),
    ],
)
def test_a_variable_that_can_not_be_used_is_named(
    variables: dict[str, str], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings_check().verdict is Verdict.OK
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    check = settings_check()
    assert check.verdict is Verdict.WRONG and found in check.found


@pytest.mark.parametrize(
    ("dsn", "found"),
    [
        ("nonsense", "no address"),
        ("postgresql://hub:my/secret@db:5432/hub", "no address"),
        ("postgresql://hub:my-secret@127.0.0.1:1/hub", "does not answer"),
    ],
)
async def test_an_address_that_leads_nowhere_is_told_and_not_shown(dsn: str, found: str) -> None:
    with pytest.raises(FAILURES) as raised:
        await asyncpg.connect(dsn, timeout=5)
    check = unanswered(raised.value)
    assert check.verdict is Verdict.WRONG and found in check.found
    assert "HUB_POSTGRES_DSN" in check.found + check.advice
    assert "secret" not in check.found + check.advice


def test_a_login_and_a_database_that_are_not_there_are_told_apart() -> None:
    login = unanswered(asyncpg.InvalidPasswordError("password authentication failed for hub"))
    assert "refuses the login" in login.found and "deploy/secrets" in login.advice
    missing = unanswered(asyncpg.InvalidCatalogNameError('database "hub" does not exist'))
    assert "make the database" in missing.advice


def test_the_table_shows_advice_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    show([Check("java", Verdict.WRONG, "not found", "install event-hub[embedded]")])
    assert "event-hub[embedded]" in capsys.readouterr().out


def test_folders_that_this_user_can_not_use_are_named_with_their_owner(tmp_path: Path) -> None:
    """Root may write anywhere but into what is no folder."""
    (tmp_path / "file").touch()
    assert folders_check({"HUB_HOME": str(tmp_path / "new")}).verdict is Verdict.OK
    assert folders_check({"HUB_OBJECTS": "s3://bucket/pictures"}).verdict is Verdict.OK
    check = folders_check({"HUB_OBJECTS": str(tmp_path / "file")})
    assert check.verdict is Verdict.WRONG and "HUB_OBJECTS" in check.found
    assert "belongs to" in check.found and "chown" in check.advice
    gone = folders_check({"HUB_ACCESS": str(tmp_path / "gone")})
    assert gone.found == f"HUB_ACCESS: {tmp_path / 'gone'} is not there"


def test_secrets_are_all_there_and_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    passwords.make(folder, "postgres:5432")
    assert secrets_check(folder).verdict is Verdict.OK
    folder.chmod(0o755)
    assert secrets_check(folder).verdict is Verdict.ATTENTION
    (folder / "api_token").unlink()
    check = secrets_check(folder)
    assert check.verdict is Verdict.WRONG and "api_token" in check.found
    assert "make secrets" in check.advice
