"""Fetches the pinned Kafka jars into a cache outside the tree: all of them verified, or an error.

A jar is taken from the cache, else from the local Maven repository, else from the network through
jgo's resolver, which knows the public repository; HUB_MAVEN_MIRROR names another one.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.errors import DiskFull, DownloadFailed, NotInstalled, StackError, is_full
from deploy.embedded.jars import Jar

ATTEMPTS = 3
PARALLEL = 6
SILENCE = 15
"""Seconds without a byte after which an attempt is given up."""

ByteProgress = Callable[[int, int, str], None]
"""Called with (bytes done, bytes in all, name of the jar), from several threads."""


class Cancelled(Exception):
    """Someone asked the download to end."""


def cache_folder() -> Path:
    """Where jars are kept between runs and projects."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "event-hub", "jars")


def maven_repository() -> Path:
    """The local Maven repository, whose jars serve when they are the pinned ones."""
    return Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")


def silent(done: int, total: int, what: str) -> None:
    """A progress callback that shows nothing."""


class Downloads:
    """One run of fetching; `cancel` makes it end at the next chunk."""

    def __init__(
        self, cache: Path | None = None, mirror: str | None = None, progress: ByteProgress = silent
    ) -> None:
        self.cache = cache or cache_folder()
        self.mirror = mirror or os.environ.get("HUB_MAVEN_MIRROR")
        self._progress = progress
        self._guard = threading.Lock()
        self._received: dict[str, int] = {}
        self._total = 0
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Give up: a running `fetch` raises Cancelled soon."""
        self._cancelled.set()

    def fetch(self, jars: list[Jar]) -> list[Path]:
        """The verified local files of the jars, in their order; blocks while it downloads."""
        missing = [jar for jar in jars if not jar.is_at(self.cache / jar.path)]
        self._total = sum(jar.size for jar in missing)
        if missing:
            with clear_errors(self.cache):
                self._fetch_missing(missing)
        return [self.cache / jar.path for jar in jars]

    def _fetch_missing(self, missing: list[Jar]) -> None:
        self.cache.mkdir(parents=True, exist_ok=True)
        partial = tempfile.TemporaryDirectory(prefix=".partial-", dir=self.cache)
        with partial as folder, ThreadPoolExecutor(PARALLEL) as pool:
            self._all_or_none([pool.submit(self._place, jar, Path(folder)) for jar in missing])

    def _all_or_none(self, futures: list[Future[None]]) -> None:
        try:
            for future in futures:
                future.result()
        except BaseException:
            self.cancel()
            raise

    def _place(self, jar: Jar, folder: Path) -> None:
        partial = self._copied(jar, folder) or self._downloaded(jar, folder)
        target = self.cache / jar.path
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(target)

    def _copied(self, jar: Jar, folder: Path) -> Path | None:
        source = maven_repository() / jar.path
        if not jar.is_at(source):
            return None
        copy = Path(shutil.copyfile(source, folder / f"{jar.name}.copy"))
        return copy if jar.is_at(copy) else None

    def _downloaded(self, jar: Jar, folder: Path) -> Path:
        problem: object = None
        for attempt in range(ATTEMPTS):
            try:
                return self._attempt(jar, folder / str(attempt))
            except (OSError, RuntimeError, ValueError) as error:
                if is_full(error):
                    raise
                problem = error
        raise DownloadFailed(
            f"could not download {jar.name} for Kafka ({reason(problem)}); check the network, or "
            "set HUB_MAVEN_MIRROR to the address of a Maven repository that you can reach."
        )

    def _attempt(self, jar: Jar, folder: Path) -> Path:
        self._count(jar, -self._received.get(jar.path, 0))
        path = resolve(jar, folder, self.mirror, lambda size: self._count(jar, size))
        if not jar.is_at(path):
            raise ValueError("what came is not the pinned file")
        return path

    def _count(self, jar: Jar, size: int) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        with self._guard:
            self._received[jar.path] = self._received.get(jar.path, 0) + size
            self._progress(sum(self._received.values()), self._total, jar.name)


def resolve(jar: Jar, folder: Path, mirror: str | None, count: Callable[[int], None]) -> Path:
    """Let jgo fetch one jar into a fresh Maven repository at `folder`; `count` gets the bytes."""
    try:
        from jgo.maven import MavenContext, PythonResolver
    except ImportError:
        raise NotInstalled(
            "the package 'jgo' is missing, which fetches Kafka; "
            "install the extra 'embedded' (pip install 'event-hub[embedded]')."
        ) from None

    @contextmanager
    def counting(name: str, size: int) -> Iterator[Callable[[int], None]]:
        yield count

    context = MavenContext(
        resolver=PythonResolver(progress_callback=counting),
        repo_cache=folder,
        remote_repos={"mirror": mirror.rstrip("/")} if mirror else None,
        timeout=SILENCE,
    )
    group, artifact, version = jar.coordinates
    wanted = context.project(group, artifact).at_version(version).artifact(packaging="jar")
    return Path(wanted.resolve())


@contextmanager
def clear_errors(cache: Path) -> Iterator[None]:
    """Turn what the system says about the cache into one sentence."""
    try:
        yield
    except StackError:
        raise
    except OSError as error:
        if is_full(error):
            raise DiskFull(
                f"no space is left for Kafka's jars in {cache}; "
                "free some, or set XDG_CACHE_HOME to a folder on a larger disk."
            ) from error
        raise DownloadFailed(
            f"cannot write Kafka's jars to {cache} ({error.strerror}); "
            "make the folder writable or set XDG_CACHE_HOME to another one."
        ) from error


def reason(problem: object) -> str:
    """A few words on why an attempt failed, without addresses."""
    if isinstance(problem, RuntimeError):
        return "the repository does not have it"
    return str(problem) if isinstance(problem, ValueError) else type(problem).__name__
