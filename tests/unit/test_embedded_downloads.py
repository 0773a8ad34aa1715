"""Kafka's jars: only the pinned bytes are ever used, and a failure leaves nothing half-done."""

import errno
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.embedded import downloads
from deploy.embedded.downloads import Cancelled, Downloads
from deploy.embedded.errors import DiskFull, DownloadFailed
from deploy.embedded.jars import Jar, read_lock

GOOD = b"the pinned bytes"
JAR = Jar("org/example/thing/1.0/thing-1.0.jar", hashlib.sha256(GOOD).hexdigest(), len(GOOD))

Resolve = Callable[[Jar, Path, str | None, Callable[[int], None]], Path]


def serving(content: bytes) -> Resolve:
    """A resolver that 'downloads' the content."""

    def resolve(jar: Jar, folder: Path, mirror: str | None, count: Callable[[int], None]) -> Path:
        folder.mkdir()
        count(len(content))
        path = folder / jar.name
        path.write_bytes(content)
        return path

    return resolve


def failing(error: Exception) -> Resolve:
    """A resolver that fails."""

    def resolve(jar: Jar, folder: Path, mirror: str | None, count: Callable[[int], None]) -> Path:
        raise error

    return resolve


@pytest.fixture(autouse=True)
def _no_local_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))


def fetch(cache: Path, monkeypatch: pytest.MonkeyPatch, resolve: Resolve) -> list[Path]:
    monkeypatch.setattr(downloads, "resolve", resolve)
    return Downloads(cache).fetch([JAR])


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_lock_pins_every_jar_by_hash_and_size() -> None:
    jars = read_lock()
    assert len(jars) == len({jar.path for jar in jars}) == 46
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)


def test_a_path_in_a_repository_gives_its_coordinates() -> None:
    assert JAR.coordinates == ("org.example", "thing", "1.0")


def test_a_good_download_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert fetch(tmp_path / "cache", monkeypatch, serving(GOOD))[0].read_bytes() == GOOD
    assert len(files_below(tmp_path / "cache")) == 1


def test_a_kept_jar_is_not_downloaded_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetch(tmp_path, monkeypatch, serving(GOOD))
    assert fetch(tmp_path, monkeypatch, failing(AssertionError())) == [tmp_path / JAR.path]


@pytest.mark.parametrize("content", [b"other bytes here", b"the pinned", b""])
def test_wrong_bytes_are_refused_and_not_kept(
    content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(DownloadFailed, match=r"thing-1\.0\.jar .*not the pinned file.*MIRROR"):
        fetch(tmp_path, monkeypatch, serving(content))
    assert files_below(tmp_path) == []


def test_a_jar_that_rotted_in_the_cache_is_fetched_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    [path] = fetch(tmp_path, monkeypatch, serving(GOOD))
    path.write_bytes(b"x" * len(GOOD))
    assert fetch(tmp_path, monkeypatch, serving(GOOD))[0].read_bytes() == GOOD


def test_a_jar_of_the_local_maven_repository_serves_when_it_is_the_pinned_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    local = tmp_path / "m2" / JAR.path
    local.parent.mkdir(parents=True)
    local.write_bytes(GOOD)
    assert fetch(tmp_path / "cache", monkeypatch, failing(AssertionError()))[0].exists()


def test_no_network_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="check the network, or set HUB_MAVEN_MIRROR"):
        fetch(tmp_path, monkeypatch, failing(ConnectionError("down")))


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="no space is left .* XDG_CACHE_HOME"):
        fetch(tmp_path, monkeypatch, failing(OSError(errno.ENOSPC, "full")))
    assert files_below(tmp_path) == []


def test_progress_counts_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    heard: list[tuple[int, int, str]] = []
    monkeypatch.setattr(downloads, "resolve", serving(GOOD))
    Downloads(tmp_path, progress=lambda *of: heard.append(of)).fetch([JAR])
    assert heard[-1] == (len(GOOD), len(GOOD), JAR.name)


def test_a_cancelled_fetch_ends_and_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(downloads, "resolve", serving(GOOD))
    fetching = Downloads(tmp_path)
    fetching.cancel()
    with pytest.raises(Cancelled):
        fetching.fetch([JAR])
    assert files_below(tmp_path) == []
