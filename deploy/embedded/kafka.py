"""Real Apache Kafka on this machine: one KRaft node from pinned jars, no ZooKeeper, no Docker."""

import asyncio
import base64
import os
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

from deploy.embedded.errors import StartFailed
from deploy.embedded.java import Java, find_java
from deploy.embedded.kafka_ready import answers
from deploy.embedded.ports import HOST, free_port
from deploy.embedded.process import ChildSpec
from deploy.embedded.server import Server

JVM_FLAGS = ("-Xmx256m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
QUIET_FLAGS = ("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED")
"""Java 24 and later warn without these."""

LOCALE = {"LC_ALL": "C.UTF-8"}
"""Java cannot open a path with Chinese in it under a locale without UTF-8."""

SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
# topics are made on purpose, with their partitions
auto.create.topics.enable=false
# one node is enough for everything that Kafka keeps for itself
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
# groups start at once, and a killed broker is taken back at once
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2000
"""

LOGGING = """\
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %-5p %c{1} %m%n
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=INFO
"""


class EmbeddedKafka(Server):
    """One broker; `folder` keeps its data and settings, `port` 0 picks a free one once."""

    name = "Kafka"

    def __init__(
        self, jars: Sequence[Path], folder: Path, log: Path, port: int = 0, java: Java | None = None
    ) -> None:
        self.folder = folder
        self.log = log
        self.port = port or free_port()
        self.java = java or find_java()
        self.options: tuple[str, ...] = ()
        """Further options for Java."""
        self._jars = tuple(jars)

    @property
    def bootstrap(self) -> str:
        """What clients connect to: host:port."""
        return f"{HOST}:{self.port}"

    @property
    def data(self) -> Path:
        """The topics' folder."""
        return self.folder / "data"

    def spec(self) -> ChildSpec:
        """How to run the broker; call `prepare` before."""
        argv = self._command("kafka.Kafka", str(self.folder / "server.properties"))
        return ChildSpec("kafka", argv, self.log, env=LOCALE)

    async def prepare(self) -> None:
        """Write the settings, and format the storage when there is none yet."""
        scratch = self.folder / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        (self.folder / "log4j2.properties").write_text(LOGGING)
        self._write_settings("server.properties", self.data)
        if not (self.data / "meta.properties").exists():
            await self._format()

    async def answers(self) -> None:
        """Return once the broker serves clients."""
        await answers(HOST, self.port)

    async def _format(self) -> None:
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        settings = self._write_settings("format.properties", fresh)
        command = self._command(
            "kafka.tools.StorageTool", "format", "-t", cluster_id(), "-c", str(settings)
        )
        done = await asyncio.to_thread(run, command)
        if done.returncode != 0:
            raise StartFailed(f"Kafka could not format {fresh}:\n{done.stdout}{done.stderr}")
        fresh.rename(self.data)

    def _write_settings(self, name: str, data: Path) -> Path:
        path = self.folder / name
        controller = free_port()
        path.write_text(
            SETTINGS.format(
                host=HOST, port=self.port, controller_port=controller, data=escaped(data)
            )
        )
        return path

    def _command(self, *main: str) -> tuple[str, ...]:
        options = (
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
        )
        quiet = QUIET_FLAGS if self.java.version >= 24 else ()
        class_path = os.pathsep.join(str(jar) for jar in self._jars)
        return (
            str(self.java.program),
            *JVM_FLAGS,
            *self.options,
            *quiet,
            *options,
            "-cp",
            class_path,
            *main,
        )


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run one of Kafka's tools to its end."""
    environment = os.environ | LOCALE
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def escaped(path: Path) -> str:
    """The path as a value of a properties file, which Java reads as Latin-1."""
    units = str(path).encode("utf-16-be")
    numbers = (units[i] << 8 | units[i + 1] for i in range(0, len(units), 2))
    return "".join(chr(n) if 32 <= n < 127 and n != ord("\\") else f"\\u{n:04x}" for n in numbers)


def cluster_id() -> str:
    """A fresh cluster id: 22 URL-safe characters that do not start with '-'."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes)[:22].decode()).startswith("-"):
        continue
    return text
