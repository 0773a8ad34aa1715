"""Programs of Debian's packages that tests need: the one on the path, or unpacked beside it.

Nobody need be root: where a program is missing, its package is fetched with apt and unpacked
into the cache. Where that can not be done either, the test fails and says what to do.
"""

import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "event-hub" / "debian"
PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "amtool": "prometheus-alertmanager",
}


def program(name: str) -> str:
    """Where the program is; raises RuntimeError with what to do if it can not be had."""
    package = PACKAGES[name]
    unpacked = CACHE / package / "usr" / "bin" / name
    if not unpacked.is_file():
        if found := shutil.which(name):
            return found
        _fetch(package)
    return str(unpacked)


def _fetch(package: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        _run(["apt-get", "download", package])
        (archive,) = sorted(CACHE.glob(f"{package}_*.deb"))[-1:]
        _run(["dpkg-deb", "-x", str(archive), str(CACHE / package)])
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise RuntimeError(
            f"the package {package} is needed: install it (Debian, Ubuntu: apt-get install "
            f"{package}), or put its programs on the path ({error})"
        ) from error


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=CACHE, capture_output=True, check=True, timeout=120)
