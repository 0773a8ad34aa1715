"""The seal of WeCom's callbacks (企业微信回调): SHA-1 signature, AES-256-CBC, PKCS#7 to 32 bytes.

Source: WeCom's published scheme of 加解密方案. A key is `token:EncodingAESKey`, so that both are
changed together while two are valid.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from hashlib import sha1
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from services.intake.adapters.documents import read_document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import mapping
from services.intake.ports import BadField, BadSeal, Post
from services.reference.written import text

BLOCK = 32
RANDOM = 16
LENGTH = 4


class WecomSeal:
    """Opens what WeCom has sealed."""

    def open(
        self, query: Mapping[str, str], sealed: str, keys: Sequence[str], receiver: str
    ) -> bytes:
        """The message in clear. Raises BadSeal."""
        parts = (query.get("timestamp", ""), query.get("nonce", ""), sealed)
        given = query.get("msg_signature", "").lower().encode()
        for key in keys:
            token, _, aes_key = key.partition(":")
            if compare_digest(signature(token, *parts).encode(), given):
                return _opened(sealed, aes_key, receiver)
        raise BadSeal("签名不正确")

    def sealed_in(self, post: Post) -> str:
        """The sealed part of a body, XML or JSON. Raises Unprocessable."""
        fields = read_document(Letter(post.id, "", "", post.body)).fields
        sealed = text(mapping(fields, "xml") or fields, "Encrypt", "encrypt")
        if not sealed:
            raise BadField("Encrypt", "正文中没有密文")
        return sealed


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    """`msg_signature`: SHA-1 of the four, sorted and put together."""
    joined = "".join(sorted((token, timestamp, nonce, sealed)))
    return sha1(joined.encode(), usedforsecurity=False).hexdigest()


def _opened(sealed: str, aes_key: str, receiver: str) -> bytes:
    """16 random bytes, the length, the message, the receiver; padded."""
    clear = _unpadded(_decrypted(sealed, aes_key))
    start = RANDOM + LENGTH
    end = start + int.from_bytes(clear[RANDOM:start], "big")
    if len(clear) < start or end > len(clear):
        raise BadSeal("密文的长度不对")
    if not compare_digest(clear[end:], receiver.encode()):
        raise BadSeal("密文不是给这个企业的（receiveid 不符）")
    return clear[start:end]


def _decrypted(sealed: str, aes_key: str) -> bytes:
    try:
        key = b64decode(aes_key + "=")
        cipher = Cipher(AES(key), CBC(key[:16])).decryptor()
        return cipher.update(b64decode(sealed, validate=True)) + cipher.finalize()
    except (ValueError, NotBase64):
        raise BadSeal("密文不能解开") from None


def _unpadded(clear: bytes) -> bytes:
    padding = clear[-1] if clear else 0
    if not 1 <= padding <= BLOCK or clear[-padding:] != bytes([padding]) * padding:
        raise BadSeal("密文的填充不对")
    return clear[:-padding]
