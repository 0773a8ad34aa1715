"""A real Prometheus that scrapes the services of a hub."""

import math
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import yaml

from schemas.flow import Service
from tests.debian import program
from tests.harness import Hub, free_port

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus"
PACE = "1s"
PATIENCE = 30.0


class Prometheus:
    """Its questions and answers."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=20, trust_env=False)

    def ask(self, path: str, **query: Any) -> Any:
        """What /api/v1/<path> answers; raises if the question is refused."""
        answer = self._client.get(f"/api/v1/{path}", params=query)
        answer.raise_for_status()
        return answer.json()["data"]

    def value(self, expression: str) -> float | None:
        """The first value of an expression now."""
        found = self.ask("query", query=expression)["result"]
        return float(found[0]["value"][1]) if found else None

    def until(self, expression: str) -> float:
        """The first value of an expression, as soon as there is one that is a number."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.value(expression)
            if found is not None and not math.isnan(found):
                return found
            time.sleep(0.2)
        raise TimeoutError(f"Prometheus has no number for {expression}")

    def leave(self) -> None:
        """Ask no more."""
        self._client.close()

    def series(self, expression: str, seconds: int = 120) -> list[Any]:
        """What a panel would draw of the last seconds."""
        now = time.time()
        found = self.ask("query_range", query=expression, start=now - seconds, end=now, step=5)
        return list(found["result"])


@contextmanager
def scraping(hub: Hub, home: Path) -> Iterator[Prometheus]:
    """Prometheus with the configuration that is shipped, but faster, on the ports of this hub."""
    url = f"127.0.0.1:{free_port()}"
    command = [
        program("prometheus"),
        f"--config.file={_configured(hub, home)}",
        f"--storage.tsdb.path={home / 'tsdb'}",
        f"--web.listen-address={url}",
    ]
    with (home / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    found = Prometheus(f"http://{url}")
    try:
        _wait(found, process, home / "prometheus.log")
        yield found
    finally:
        found.leave()
        process.terminate()
        process.wait(20)


def _configured(hub: Hub, home: Path) -> Path:
    said = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    said["global"] = {"scrape_interval": PACE, "evaluation_interval": PACE}
    del said["alerting"]
    (job,) = said["scrape_configs"]
    services = [each["names"][0] for each in job.pop("dns_sd_configs")]
    del job["relabel_configs"]
    job["static_configs"] = [
        {"targets": [f"127.0.0.1:{hub.ports[each]}"], "labels": {"service": each}}
        for each in services
    ]
    rules = yaml.safe_load((FOLDER / "rules.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        group["interval"] = PACE
    (home / "rules.yml").write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    path = home / "prometheus.yml"
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    return path


def _wait(prometheus: Prometheus, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it has heard all four services."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.HTTPError):
            if prometheus.value('sum(up{job="hub"})') == len(Service):
                return
        time.sleep(0.1)
    raise RuntimeError(f"Prometheus hears no services:\n{log.read_text()[-3000:]}")
