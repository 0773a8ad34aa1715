"""Real PostgreSQL on this machine, from the packaged binaries, over TCP and a Unix socket."""

import asyncio
import os
import shutil
import signal
from pathlib import Path
from urllib.parse import quote

import asyncpg

from deploy.embedded.account import Account, server_account
from deploy.embedded.errors import StartFailed
from deploy.embedded.ports import HOST, free_port
from deploy.embedded.postgres_cluster import DATABASE, OWNER, make_cluster, make_database
from deploy.embedded.postgres_place import find_place
from deploy.embedded.process import ChildSpec
from deploy.embedded.server import Server

PAUSE = 0.03
LONGEST_SOCKET = 107
"""Bytes that the kernel allows for the path of a Unix socket."""

SETTINGS = {
    "listen_addresses": HOST,
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "synchronous_commit": "on",
    "wal_buffers": "16MB",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum_naptime": "10s",
    "log_line_prefix": "%m [%p] %u ",
    "log_checkpoints": "off",
    "cluster_name": "event-hub",
}


class EmbeddedPostgres(Server):
    """One server; `folder` keeps its data, `port` 0 picks a free one once."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, log: Path, password: str, port: int = 0) -> None:
        self.log = log
        self.port = port or free_port()
        self.account: Account | None = server_account()
        self.place = find_place(folder, self.account)
        self._password = password

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.place.folder / "data"

    @property
    def tcp_dsn(self) -> str:
        """The owner's DSN over TCP on 127.0.0.1."""
        return f"postgresql://{OWNER}:{self._password}@{HOST}:{self.port}/{DATABASE}"

    @property
    def socket_dsn(self) -> str | None:
        """The owner's DSN over the Unix socket; None where its path is too long."""
        if not self._has_socket():
            return None
        host = quote(str(self.place.folder), safe="")
        return f"postgresql://{OWNER}:{self._password}@/{DATABASE}?host={host}&port={self.port}"

    @property
    def dsn(self) -> str:
        """The faster of the two DSNs."""
        return self.socket_dsn or self.tcp_dsn

    def spec(self) -> ChildSpec:
        """How to run the server; call `prepare` before. SIGINT is its fast shutdown."""
        sockets = str(self.place.folder) if self._has_socket() else ""
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": sockets}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return ChildSpec(
            name="postgres",
            argv=(str(self.place.programs / "postgres"), "-D", str(self.data), *options),
            log=self.log,
            env={"LC_ALL": "C"},
            cwd=self.place.folder,
            account=self.account,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGQUIT,
        )

    async def prepare(self) -> None:
        """Make the cluster when there is none yet."""
        if not (self.data / "PG_VERSION").exists():
            await asyncio.to_thread(make_cluster, self.place, self.account, self._password)

    async def immediate_restart(self) -> None:
        """PostgreSQL's own immediate shutdown, then recovery on the same port and data."""
        if self._process:
            self._process.send(signal.SIGQUIT)
            await self._process.wait()
        await self.start()

    def remove(self) -> None:
        """Delete all data of the stopped server, wherever it is."""
        shutil.rmtree(self.place.folder, ignore_errors=True)

    async def answers(self) -> None:
        """Return once the database takes connections."""
        while not await self._connects():
            await asyncio.sleep(PAUSE)

    async def _connects(self) -> bool:
        dsn = self.tcp_dsn.removesuffix(DATABASE) + "postgres"
        try:
            connection = await asyncpg.connect(dsn, timeout=5)
        except asyncpg.InvalidPasswordError:
            raise StartFailed(
                f"PostgreSQL at {self.data} does not take the kept password; "
                "restore secrets.json, or remove the home to begin anew."
            ) from None
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        try:
            await make_database(connection)
            return True
        finally:
            await connection.close()

    def _has_socket(self) -> bool:
        path = self.place.folder / f".s.PGSQL.{self.port}.lock"
        return len(os.fsencode(path)) <= LONGEST_SOCKET
