"""Tokens: what they prove, for how long, and how they end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import HTTPException
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.hosting.access import Access, Identity, Office, Ring, read_ring
from services.reference import signed
from services.reference.rule_files import RuleFileError
from tests.unit.hosting.tokens import bearer, pass_of, ring_file

DESK = Identity("D-1", Office.DESK, "510108004")
KEY = "a key of the tests that is long enough"
RING = Ring(keys={"k": KEY})


def access(path: Path | None, token: str = "the token of systems") -> Access:
    return Access(SecretStr(token) if token else None, path, "feedback")


def refused(one: Access, authorization: str) -> HTTPException:
    with pytest.raises(HTTPException) as told:
        one.identify(authorization)
    return told.value


def test_a_token_makes_its_bearer_who_it_says(tmp_path: Path) -> None:
    path = ring_file(tmp_path)
    assert access(path).identify(bearer(path, DESK)["authorization"]) == DESK


def test_the_token_of_the_hub_is_its_systems_and_sees_everything(tmp_path: Path) -> None:
    who = access(ring_file(tmp_path)).identify("bearer the token of systems")
    assert who.office is Office.SYSTEM and who.covers("") and who.covers("510107")


def test_a_token_of_an_older_key_is_good_until_that_key_is_gone(tmp_path: Path) -> None:
    path = ring_file(tmp_path)
    older = Ring(keys={"k1": read_ring(path).keys["k1"]}).issue(pass_of(DESK))
    assert access(path).identify(f"Bearer {older}") == DESK
    newest = read_ring(path).keys["k2"]
    path.write_text(f"keys:\n  k2: {newest}\n", encoding="utf-8")
    assert refused(access(path), f"Bearer {older}").status_code == 401


def test_a_token_ends_by_its_date_and_by_being_revoked() -> None:
    now = datetime.now(UTC)
    assert RING.read(RING.issue(pass_of(DESK)), now) is not None
    assert RING.read(RING.issue(pass_of(DESK)), now + timedelta(hours=2)) is None
    void = RING.model_copy(update={"revoked": frozenset({"p1"})})
    assert void.read(RING.issue(pass_of(DESK)), now) is None


@given(st.text(max_size=60))
def test_what_is_no_token_opens_nothing(text: str) -> None:
    assert RING.read(text, datetime.now(UTC)) is None


@pytest.mark.parametrize("office", ["king", ""])
def test_a_signed_text_that_is_no_token_of_ours_opens_nothing(office: str) -> None:
    link = {"worker": "W-1", "incident": "i", "round": 1, "until": 9_999_999_999}
    assert RING.read(signed.sign(link, KEY.encode()), datetime.now(UTC)) is None, (
        "the link of a worker is none"
    )
    strange = {"id": "x", "holder": "D", "office": office, "scope": "", "until": 9_999_999_999}
    assert RING.read(signed.sign(strange, KEY.encode()), datetime.now(UTC)) is None


def test_where_nothing_is_configured_nobody_comes_in() -> None:
    closed = refused(access(None, ""), "Bearer ")
    assert closed.status_code == 403 and "HUB_ACCESS" in closed.detail
    assert refused(access(None), "Bearer").status_code == 401
    assert refused(access(None), "Basic the token of systems").status_code == 401


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keys:\n  k1: short\n", "access.yaml:2: 密钥 k1 太短"),
        ("keys: {}\n", "access.yaml:1: keys"),
        ("key: {}\n", "access.yaml:1"),
        ("keys:\n  - [\n", "access.yaml:"),
    ],
)
def test_a_fault_in_the_file_is_told_by_line_and_never_shows_a_key(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as error:
        read_ring(path)
    assert told in str(error.value) and "short" not in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="HUB_ACCESS"):
        read_ring(tmp_path / "none.yaml")
