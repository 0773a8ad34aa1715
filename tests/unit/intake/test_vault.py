"""The vault: what is sealed opens for its own thread and key only, and shows nothing."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.report import Source, Ticket
from services.intake.adapters.vault import NONCES_AT_ONCE, KeyRing, VaultError, new_key
from services.intake.domain.clear import Clear, unpacked
from services.intake.domain.submission import Caller, Statement, Whereabouts
from tests.unit.intake.records import VAULT, admitted

OLD, NEW = new_key("2026a"), new_key("2026b")
CALLER = Caller(name="钱样本", phone="13951738264")


def said(text: str = "3栋2203室漏水") -> Statement:
    """A ticket with all that is personal."""
    return Statement(
        thread="hotline_12345:T1",
        source=Source.HOTLINE,
        text=text,
        ticket=Ticket(number="T1", confidential=True),
        caller=CALLER,
        where=Whereabouts(address="云栖一期2栋2203室"),
        media=("http://pictures.example/door.jpg", b"\xff\xd8picture"),
    )


def test_what_was_sealed_opens_word_for_word() -> None:
    submission = admitted(said())
    clear = unpacked(VAULT.open(submission.thread, submission.sealed))
    assert clear == said().clear
    assert (clear.phone, clear.address) == ("13951738264", "云栖一期2栋2203室")
    assert clear.pictures == ("http://pictures.example/door.jpg",) and clear.confidential


def test_neither_a_dump_nor_a_repr_of_what_is_passed_on_holds_a_word_of_it() -> None:
    submission = admitted(said())
    shown = f"{submission!r}{submission.model_dump_json()}{submission.model_dump()}{said()!r}"
    for original in ("13951738264", "样本", "2203", "door.jpg", "picture\\"):
        assert original not in shown


@given(st.binary(max_size=200), st.text(min_size=1, max_size=30))
def test_another_thread_can_not_open_it(content: bytes, thread: str) -> None:
    sealed = VAULT.seal(thread, content)
    assert VAULT.open(thread, sealed) == content
    with pytest.raises(VaultError, match="打不开"):
        VAULT.open(f"{thread}x", sealed)


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    before = KeyRing(OLD).seal("t", b"said")
    rotated = KeyRing(f"{NEW}\n{OLD}")
    after = rotated.seal("t", b"said")
    assert rotated.open("t", before) == rotated.open("t", after) == b"said"
    with pytest.raises(VaultError, match="2026b"):
        KeyRing(OLD).open("t", after)


def test_another_key_of_the_same_name_does_not_open_it() -> None:
    with pytest.raises(VaultError, match="不对"):
        KeyRing(new_key("k")).open("t", KeyRing(new_key("k")).seal("t", b"said"))


@pytest.mark.parametrize("sealed", [b"", b"\x05", b"\xff" * 40])
def test_what_was_never_sealed_is_refused_with_a_sentence(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        VAULT.open("t", sealed)


@pytest.mark.parametrize("keys", ["", "# none", "k1:short", "a name:" + "x" * 32])
def test_a_key_that_is_none_is_told_without_showing_it(keys: str) -> None:
    with pytest.raises(VaultError, match="密钥") as told:
        KeyRing(keys)
    assert "short" not in str(told.value)


def test_the_same_words_never_look_the_same_when_sealed() -> None:
    assert VAULT.seal("t", b"said") != VAULT.seal("t", b"said")
    assert VAULT.mark("t", b"said") == VAULT.mark("t", b"said") != VAULT.mark("u", b"said")


def test_a_camera_without_pictures_says_nothing_of_persons() -> None:
    assert not Clear(title="摄像机报警：车辆违停").is_worth_keeping


def nonces(count: int) -> set[bytes]:
    """The nonces of so many sealings."""
    return {KeyRing(OLD).seal("t", b"said")[6:18] for _ in range(count)}


def test_no_nonce_comes_twice_not_even_in_a_forked_process() -> None:
    count = NONCES_AT_ONCE + 44
    before = nonces(count)
    with ProcessPoolExecutor(1, get_context("fork")) as forked:
        theirs = forked.submit(nonces, count).result()
    ours = nonces(count)
    assert len(before | theirs | ours) == 3 * count
