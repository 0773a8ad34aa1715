"""Kafka in one second: an ahead-of-time cache that Java keeps of its classes (Java 25 and later).

`python -m deploy.embedded.aot` makes it once, in some 15 s; every later start uses it. It lies
beside the jars' cache, 67 MB, and Java itself ignores it when it no longer fits.
"""

import asyncio
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.embedded.downloads import Downloads, cache_folder
from deploy.embedded.errors import StackError, StartFailed
from deploy.embedded.jars import read_lock
from deploy.embedded.java import Java, find_java
from deploy.embedded.kafka import EmbeddedKafka

OLDEST_JAVA = 25
WRITE_LIMIT = 180.0
"""Seconds that Java may take at its end to write the cache; 8 are usual."""


def cache_file(java: Java, jars: Sequence[Path]) -> Path:
    """Where the cache for this Java and class path is, or would be."""
    text = "\n".join(map(str, (java.program, java.version, *jars)))
    return cache_folder().parent / f"kafka-{hashlib.sha256(text.encode()).hexdigest()[:16]}.aot"


def cache_options(java: Java, jars: Sequence[Path]) -> tuple[str, ...]:
    """Java's options that use the cache; none where there is no cache."""
    path = cache_file(java, jars)
    usable = java.version >= OLDEST_JAVA and path.exists()
    return (f"-XX:AOTCache={path}", "-Xlog:aot=off") if usable else ()


async def train() -> Path:
    """Run a broker of its own in a temporary folder and keep what Java learnt."""
    jars = await asyncio.to_thread(Downloads().fetch, read_lock())
    java = find_java()
    if java.version < OLDEST_JAVA:
        raise StackError(f"Java {java.version} cannot make the cache; Java 25 is needed.")
    target = cache_file(java, jars)
    with tempfile.TemporaryDirectory(prefix=".aot-", dir=target.parent) as folder:
        fresh = Path(folder, "kafka.aot")
        await _run_once(EmbeddedKafka(jars, Path(folder), Path(folder, "log"), java=java), fresh)
        fresh.rename(target)
    return target


async def _run_once(kafka: EmbeddedKafka, cache: Path) -> None:
    await kafka.prepare()
    kafka.options = (f"-XX:AOTCacheOutput={cache}",)
    try:
        await kafka.start()
    finally:
        await kafka.stop(WRITE_LIMIT)
    if not cache.exists():
        raise StartFailed("Java wrote no cache; Kafka starts without it, only slower.")


if __name__ == "__main__":
    try:
        print(asyncio.run(train()))
    except StackError as error:
        sys.exit(f"error: {error}")
