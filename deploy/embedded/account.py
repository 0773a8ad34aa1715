"""Which user runs PostgreSQL: it refuses root, so root steps down to another one."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import StartFailed

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user of this machine, by name and numbers."""

    name: str
    uid: int
    gid: int

    def owns(self, *paths: Path) -> None:
        """Give the paths to this user."""
        for path in paths:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter or run `path`, folders on the way included."""
        command = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return (
            subprocess.run(
                command,
                user=self.uid,
                group=self.gid,
                extra_groups=[self.gid],
                cwd="/",
                check=False,
            ).returncode
            == 0
        )


def server_account() -> Account | None:
    """The user for PostgreSQL; None when we are not root and simply stay who we are."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise StartFailed(
        "PostgreSQL refuses to run as root and this machine has no user "
        f"{' or '.join(CANDIDATES)}; run as an ordinary user."
    )
