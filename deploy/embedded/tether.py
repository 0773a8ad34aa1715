"""Turns into another program that dies with its parent.

Run as a script, never imported:

    python -I -S tether.py PARENT_PID DEATH_SIGNAL UID:GID|- PROGRAM ARG…

A tiny program of its own, because code between fork and exec is unsafe in a process with
threads. The kernel forgets the death signal when the user changes, hence the order here.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(account: str) -> None:
    """Drop to `account`, written UID:GID; '-' keeps the one we have."""
    if account == "-":
        return
    uid, gid = (int(part) for part in account.split(":"))
    os.setgroups([gid])
    os.setgid(gid)
    os.setuid(uid)


def die_with_parent(parent: int, death_signal: int) -> None:
    """Ask the kernel for `death_signal` when the parent ends; leave if it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent has ended")


def main() -> None:
    """Become the program named on the command line."""
    parent, death_signal, account, *program = sys.argv[1:]
    become(account)
    die_with_parent(int(parent), int(death_signal))
    try:
        os.execv(program[0], program)
    except OSError as error:
        sys.exit(f"cannot run {program[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
