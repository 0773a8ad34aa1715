"""Contents by their hash, on disk and in any store that speaks S3.

The second runs where `HUB_TEST_S3` names a bucket, such as s3://bucket/prefix; with
AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ALLOW_HTTP as the
store wants them.
"""

import os
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from obstore.store import LocalStore, from_url

from services.hosting.objects import objects_at
from services.kernel.errors import Unavailable, Unprocessable

S3 = os.environ.get("HUB_TEST_S3", "")
NOTHING = "0" * 64


@pytest.fixture(
    params=["disk", pytest.param("s3", marks=pytest.mark.skipif(not S3, reason="no S3"))]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path) if request.param == "disk" else f"{S3}/{uuid4().hex}"


async def test_a_content_is_kept_once_found_by_its_hash_and_forgotten(place: str) -> None:
    objects = objects_at(place)
    for content in (b"one", os.urandom(6_000_000)):
        digest = await objects.put(content)
        assert digest == sha256(content).hexdigest() == await objects.put(content)
        assert await objects.get(digest) == content and await objects.has(digest)
        await objects.delete(digest)
        await objects.delete(digest)
        assert await objects.get(digest) is None and not await objects.has(digest)
    assert await objects.get(NOTHING) is None and await objects.get("../secret") is None


async def test_a_content_that_was_changed_is_not_given_out(place: str) -> None:
    digest = await objects_at(place).put(b"as it was")
    raw = from_url(place) if "://" in place else LocalStore(place)
    raw.put(f"{digest[:2]}/{digest[2:4]}/{digest}", b"as it is now")
    with pytest.raises(Unprocessable, match="与其摘要不符"):
        await objects_at(place).get(digest)


async def test_a_store_that_is_away_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_SECRET_ACCESS_KEY": "invented",
        "AWS_REGION": "nowhere",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unavailable, match="对象存储不可用"):
        await objects_at("s3://bucket").has(NOTHING)
