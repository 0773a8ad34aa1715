"""Contents by their SHA-256 (按内容寻址): on disk, or in a store that speaks S3.

What is kept is never changed: the same content twice is one object, and what comes back is
checked against its name.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from services.kernel.errors import Unavailable, Unprocessable

DIGEST = re.compile("[0-9a-f]{64}")
PORTION = 500


class Objects:
    """A store of contents. Raises Unavailable when the store does not answer."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, content: bytes) -> str:
        """Keep a content, whole or not at all; returns its SHA-256 in hexadecimal."""
        digest = sha256(content).hexdigest()
        try:
            await asyncio.to_thread(self._store.put, _path(digest), content, mode="create")
        except AlreadyExistsError:
            return digest
        except (BaseError, OSError) as error:
            raise Unavailable(f"对象存储不可用：{type(error).__name__}") from error
        return digest

    async def get(self, digest: str) -> bytes | None:
        """The content of this SHA-256; None if it is not kept. Raises Unprocessable if damaged."""
        if not DIGEST.fullmatch(digest):
            return None
        try:
            content = await asyncio.to_thread(self._read, digest)
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise Unavailable(f"对象存储不可用：{type(error).__name__}") from error
        if sha256(content).hexdigest() != digest:
            raise Unprocessable(f"对象 {digest[:12]} 与其摘要不符：存储已损坏，请从备份恢复")
        return content

    async def has(self, digest: str) -> bool:
        """Whether the content of this SHA-256 is kept."""
        try:
            await asyncio.to_thread(self._store.head, _path(digest))
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise Unavailable(f"对象存储不可用：{type(error).__name__}") from error
        return True

    async def delete(self, digest: str) -> None:
        """Forget a content; what is not there is no error."""
        try:
            await asyncio.to_thread(self._store.delete, _path(digest))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise Unavailable(f"对象存储不可用：{type(error).__name__}") from error

    async def older_than(self, moment: datetime) -> AsyncIterator[list[str]]:
        """The digests of what was kept before a moment, in portions."""
        try:
            listing = await asyncio.to_thread(self._store.list, chunk_size=PORTION)
            while found := await asyncio.to_thread(next, listing, None):
                names = [each["path"].rpartition("/")[2] for each in found if _before(each, moment)]
                yield [each for each in names if DIGEST.fullmatch(each)]
        except (BaseError, OSError) as error:
            raise Unavailable(f"对象存储不可用：{type(error).__name__}") from error

    def _read(self, digest: str) -> bytes:
        return bytes(self._store.get(_path(digest)).bytes())


def objects_at(place: str) -> Objects:
    """The store at a directory or a URL such as s3://bucket/prefix (keys as AWS_* in the
    environment, `AWS_ENDPOINT_URL` for one of your own).
    """
    if "://" in place and not place.startswith("file://"):
        return Objects(from_url(place))
    folder = Path(place.removeprefix("file://"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Objects(LocalStore(folder))


def _before(found: Mapping[str, object], moment: datetime) -> bool:
    kept_at = found["last_modified"]
    return isinstance(kept_at, datetime) and kept_at < moment


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"
