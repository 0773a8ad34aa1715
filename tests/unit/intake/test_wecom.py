"""WeCom's callbacks: opened if signed and meant for us, refused in every other case."""

import os
import time
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from services.intake.adapters.wecom import WecomSeal, signature
from services.intake.ports import BadSeal
from tests.unit.intake.fronts import AES_KEY, Counter

PATH = "/api/v1/wecom/building-heads"
TOKEN, RECEIVER = "token-of-tests", "ww-demonstration"
MESSAGE = (
    "<xml><FromUserName>u1</FromUserName><MsgType>text</MsgType>"
    "<Content>3栋着火了，电话13800138000</Content><MsgId>w1</MsgId></xml>"
)


def sealed(message: str, receiver: str = RECEIVER, aes_key: str = AES_KEY) -> str:
    """A message as WeCom seals it."""
    key, content = b64decode(aes_key + "="), message.encode()
    clear = os.urandom(16) + len(content).to_bytes(4, "big") + content + receiver.encode()
    padding = 32 - len(clear) % 32
    cipher = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(cipher.update(clear + bytes([padding]) * padding) + cipher.finalize()).decode()


def query(part: str, at: float | None = None) -> dict[str, str]:
    """The parameters with which WeCom posts."""
    timestamp = str(int(at or time.time()))
    signed = signature(TOKEN, timestamp, "n1", part)
    return {"msg_signature": signed, "timestamp": timestamp, "nonce": "n1"}


def xml(part: str) -> bytes:
    """The body with which WeCom posts."""
    return f"<xml><ToUserName>{RECEIVER}</ToUserName><Encrypt>{part}</Encrypt></xml>".encode()


async def test_the_address_is_verified_by_what_is_sealed_in_it(counter: Counter) -> None:
    part = sealed("1616140317555161061")
    answer = await counter.ask("GET", PATH, params={**query(part), "echostr": part})
    assert (answer.status_code, answer.text) == (200, "1616140317555161061")


@pytest.mark.parametrize("as_json", [False, True])
async def test_a_message_is_opened_and_taken_once(counter: Counter, as_json: bool) -> None:
    for _ in range(2):
        part = sealed(MESSAGE)
        body = f'{{"encrypt": "{part}"}}'.encode() if as_json else xml(part)
        answer = await counter.ask("POST", PATH, params=query(part), content=body)
        assert (answer.status_code, answer.content) == (200, b"")
    first = counter.commands.submissions[0]
    assert (first.thread, first.origin) == ("wechat_group:building-heads:w1", "building-heads")
    assert "13800138000" not in first.model_dump_json() and first.express
    assert len({name for _, name, _ in counter.commands.taken}) == 1


@pytest.mark.parametrize(
    "part",
    [
        sealed(MESSAGE, receiver="another-company"),
        sealed(MESSAGE, aes_key=AES_KEY[::-1]),
        b64encode(b"x" * 32).decode(),
        b64encode(b"x" * 31).decode(),
        "no base64",
    ],
)
async def test_what_is_not_for_us_is_refused(counter: Counter, part: str) -> None:
    answer = await counter.ask("POST", PATH, params=query(part), content=xml(part))
    assert (answer.status_code, answer.json()["field"]) == (401, "msg_signature")
    assert not counter.commands.taken


async def test_a_wrong_signature_or_an_old_one_is_refused(counter: Counter) -> None:
    part = sealed(MESSAGE)
    wrong = {**query(part), "nonce": "n2"}
    assert (await counter.ask("POST", PATH, params=wrong, content=xml(part))).status_code == 401
    old = query(part, time.time() - 301)
    assert (await counter.ask("POST", PATH, params=old, content=xml(part))).status_code == 401
    assert (await counter.ask("POST", PATH, content=xml(part))).status_code == 401


async def test_entities_and_documents_types_are_refused(counter: Counter) -> None:
    part = sealed(MESSAGE)
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml(part)
    answer = await counter.ask("POST", PATH, params=query(part), content=bomb)
    assert answer.status_code == 422 and "实体" in answer.json()["detail"]


def test_the_published_example_of_the_scheme_is_opened() -> None:
    """Source: the example that WeCom ships with its 加解密库."""
    part = (
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    )
    given = {
        "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
        "timestamp": "1409659589",
        "nonce": "263014780",
    }
    key = "QDG6eK:jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    assert WecomSeal().open(given, part, [key], "wx5823bf96d3bd56c7") == b"1616140317555161061"


def test_either_key_opens_while_they_rotate() -> None:
    part = sealed("hello")
    keys = [f"another:{AES_KEY[::-1]}", f"{TOKEN}:{AES_KEY}"]
    assert WecomSeal().open(query(part), part, keys, RECEIVER) == b"hello"
    with pytest.raises(BadSeal):
        WecomSeal().open(query(part), part, keys[:1], RECEIVER)


def test_the_signature_is_sha1_of_the_four_sorted_and_joined() -> None:
    assert signature("b", "d", "a", "c") == "81fe8bfe87576c3ecb22426f8e57847382917acf"
