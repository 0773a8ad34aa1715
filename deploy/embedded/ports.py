"""TCP ports on 127.0.0.1: free ones, and a clear sentence for taken ones."""

import random
import socket
from dataclasses import dataclass

import psutil

from deploy.embedded.errors import PortTaken

HOST = "127.0.0.1"
BELOW_EPHEMERAL = range(20_000, 32_000)
"""Ports picked for 0: below the range that the kernel lends to outgoing connections, so that a
server that was killed finds its port free again."""

_given: set[int] = set()
"""Ports given out by `free_port`, whose servers may not listen yet."""


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on, a different one each time."""
    for port in random.sample(BELOW_EPHEMERAL, 200):
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise PortTaken("no free port found between 20000 and 32000; stop some servers.")


@dataclass(frozen=True)
class Port:
    """A port that someone wants, and the variable that changes it; 0 means any free one."""

    number: int
    what: str
    variable: str

    def claim(self) -> None:
        """PortTaken, with a sentence for people, unless a server can listen on it."""
        if self.number == 0 or is_free(self.number):
            return
        raise PortTaken(
            f"port {self.number}, wanted for {self.what}, is taken{_by_whom(self.number)}; "
            f"stop that process or set {self.variable} to another port."
        )


def _by_whom(port: int) -> str:
    try:
        owners = [
            c.pid for c in psutil.net_connections("tcp") if _listens_on(port, c.status, c.laddr)
        ]
        name = psutil.Process(owners[0]).name()
    except (IndexError, TypeError, psutil.Error):
        return ""
    return f" by {name} (pid {owners[0]})"


def _listens_on(port: int, status: str, address: object) -> bool:
    return status == psutil.CONN_LISTEN and getattr(address, "port", None) == port
