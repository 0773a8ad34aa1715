"""The keys of the vault (原文保险库): AES-256-GCM, several keys while they rotate.

A key is written `id:secret`, the secret being 32 characters of chance or more; the first
seals, all of them open. What is sealed names its key, and opens only for the thread that it
was sealed for.
"""

import os
import re
import secrets
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.kernel.errors import HubError

NONCE = 12
NONCES_AT_ONCE = 256
"""A call into the system for each report would cost the reading of it a sixth of its time."""
SHORTEST = 32
FIRST = "1"
IDENTITY = re.compile(r"[A-Za-z0-9_-]{1,32}")

_drawn: list[bytes] = []
os.register_at_fork(after_in_child=_drawn.clear)


class VaultError(HubError):
    """A key is none, or what is sealed does not open; the sentence says what to do."""


def new_key(name: str) -> str:
    """A key, as it is written in the configuration."""
    return f"{name}:{secrets.token_urlsafe(32)}"


class KeyRing:
    """Seals and opens. Raises VaultError for a key that is none."""

    def __init__(self, keys: str) -> None:
        listed = [each.strip() for each in re.split(r"[,\n]", keys)]
        raw = dict(_read(each) for each in listed if each and not each.startswith("#"))
        if not raw:
            raise VaultError("原文密钥为空：用 hub unmask --new-key 生成，写成“编号:密钥”。")
        self._ciphers = {name: AESGCM(key) for name, key in raw.items()}
        self._name, key = next(iter(raw.items()))
        self._prefix = bytes([len(self._name)]) + self._name.encode()
        self._cipher = self._ciphers[self._name]
        self._marking = blake2b(key, digest_size=32, person=b"hub mark").digest()

    def seal(self, thread: str, content: bytes) -> bytes:
        """The content under the newest key, bound to its thread."""
        nonce = _fresh_nonce()
        bound = thread.encode(errors="replace")
        return self._prefix + nonce + self._cipher.encrypt(nonce, content, bound)

    def open(self, thread: str, sealed: bytes) -> bytes:
        """The content again. Raises VaultError if the key is gone, or it is of another thread."""
        end = 1 + sealed[0] if sealed else 0
        name = sealed[1:end].decode(errors="replace")
        if name not in self._ciphers:
            raise VaultError(f"原文用密钥 {name!r} 加密，配置中没有这把密钥：请加回旧密钥。")
        nonce, kept = sealed[end : end + NONCE], sealed[end + NONCE :]
        try:
            return self._ciphers[name].decrypt(nonce, kept, thread.encode(errors="replace"))
        except (InvalidTag, ValueError) as error:
            raise VaultError(f"原文打不开：密钥 {name!r} 不对，或内容被改动、移到别处。") from error

    def mark(self, thread: str, content: bytes) -> str:
        """24 hexadecimal digits by which the same content of a thread is known again."""
        said = thread.encode(errors="replace") + b"\x1f" + content
        return blake2b(said, key=self._marking, digest_size=12).hexdigest()


def _fresh_nonce() -> bytes:
    """Twelve bytes of chance that nobody else has had: not another thread, nor a forked process."""
    try:
        return _drawn.pop()
    except IndexError:
        chance = os.urandom(NONCE * NONCES_AT_ONCE)
        nonce, *rest = (chance[at : at + NONCE] for at in range(0, len(chance), NONCE))
        _drawn.extend(rest)
        return nonce


def _read(line: str) -> tuple[str, bytes]:
    """The id and the 256 bits of a key; a lone secret is the key `1`."""
    name, _, secret = line.rpartition(":")
    name = name or FIRST
    if not IDENTITY.fullmatch(name) or len(secret) < SHORTEST:
        raise VaultError(
            f"原文密钥 {name[:32]!r} 不对：应为“编号:32 位以上随机字符”（hub unmask --new-key）"
        )
    return name, blake2b(secret.encode(), digest_size=32, person=b"hub vault").digest()
