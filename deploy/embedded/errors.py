"""What can go wrong while the stack starts; every message is one sentence for a person."""

import errno


class StackError(Exception):
    """The stack cannot go on; the message says what is wrong and what to do."""


class DownloadFailed(StackError):
    """A Kafka jar could not be fetched, or is not the one that is pinned."""


class DiskFull(StackError):
    """There is not enough room for the data, the cache or the logs."""


class PortTaken(StackError):
    """Another process listens on a port that the stack needs."""


class StartFailed(StackError):
    """A process ended, or did not become ready in time."""


class AlreadyRunning(StackError):
    """Another stack holds this home."""


class NotInstalled(StackError):
    """A program or package that the stack needs is missing."""


def is_full(error: BaseException) -> bool:
    """Whether the error means that a disk or a quota is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def sentence(error: StackError | OSError) -> str:
    """The error for a person."""
    if isinstance(error, StackError):
        return str(error)
    if is_full(error):
        return f"no space is left on the disk of {error.filename or 'the stack'}; free some."
    where = f" at {error.filename}" if error.filename else ""
    return f"the system refused{where}: {error.strerror or error}; check permissions and limits."
