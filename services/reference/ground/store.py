"""Versions of the ground side by side, and which one is current.

```
grounds/<version>/   each as `files` describes it
current              the version in use, as text
```
A process asks `current()` as often as it likes: that costs one look at the pointer file.
"""

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp, mkstemp

from services.reference.ground.errors import GroundError
from services.reference.ground.whole import Ground, load_ground

POINTER = "current"
GROUNDS = "grounds"


class GroundStore:
    """The grounds of a directory; the last good one stays in use when the newest is bad."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._seen: tuple[int, int] | None = None
        self._ground: Ground | None = None
        self.problem = ""
        """Why the version that the pointer names is not in use; empty if it is."""

    def current(self) -> Ground:
        """The ground in use; a new version is read whole before it takes the old one's place.

        Raises GroundError if there never was a good one.
        """
        try:
            self._look()
        except (GroundError, OSError, UnicodeDecodeError) as error:
            self.problem = str(error)
        if self._ground is None:
            raise GroundError(self.problem)
        return self._ground

    def publish(self, ground: Path) -> str:
        """Copy a ground into the store and make it current; its version.

        Raises GroundError if it can not be used: then all stays as it was.
        """
        checked = load_ground(ground).warm()
        grounds = self._directory / GROUNDS
        grounds.mkdir(parents=True, exist_ok=True)
        target = grounds / checked.version
        if not target.exists():
            fresh = Path(mkdtemp(prefix=".coming-", dir=grounds))
            shutil.copytree(checked.directory, fresh, dirs_exist_ok=True)
            fresh.chmod(0o755)
            fresh.rename(target)
        self._point_at(checked.version)
        return checked.version

    def versions(self) -> list[str]:
        """All versions that are kept."""
        grounds = self._directory / GROUNDS
        return sorted(each.name for each in grounds.glob("[0-9a-f]*")) if grounds.is_dir() else []

    def _point_at(self, version: str) -> None:
        handle, fresh = mkstemp(prefix=".current-", dir=self._directory)
        with os.fdopen(handle, "w", encoding="ascii") as pointer:
            pointer.write(version + "\n")
        Path(fresh).chmod(0o644)
        Path(fresh).replace(self._directory / POINTER)

    def _look(self) -> None:
        pointer = self._directory / POINTER
        if not pointer.is_file():
            raise GroundError(f"{self._directory} 里没有 {POINTER}：请先用 hub grid publish 发布。")
        state = pointer.stat()
        seen = (state.st_mtime_ns, state.st_ino)
        if seen == self._seen:
            return
        self._seen = seen
        version = pointer.read_text(encoding="ascii").strip()
        if self._ground is None or version != self._ground.version:
            self._ground = self._loaded(version)
        self.problem = ""

    def _loaded(self, version: str) -> Ground:
        ground = load_ground(self._directory / GROUNDS / version).warm()
        if ground.version != version:
            raise GroundError(f"{GROUNDS}/{version} 的内容其实是 {ground.version}：请重新发布。")
        return ground
