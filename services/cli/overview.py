"""The numbers of the live view: feedback's overview, and each service's lag and dead letters."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

import orjson
from prometheus_client.parser import text_string_to_metric_families

from schemas.flow import Service

ANSWER_LIMIT = 2.0
LAG = "hub_kernel_lag_records"
BACKLOG = "hub_kernel_backlog"


@dataclass(frozen=True)
class Overview:
    """`counts` as feedback's /api/v1/overview says; empty while it does not answer."""

    counts: Mapping[str, Any] = field(default_factory=dict)
    lag: Mapping[str, int] = field(default_factory=dict)
    dead_letters: int = 0

    def number(self, name: str) -> int:
        """One count, 0 if it is not known."""
        return int(self.counts.get(name) or 0)

    @property
    def rate(self) -> str:
        """整改率 in per cent."""
        rate = self.counts.get("rectification_rate")
        return "—" if rate is None else f"{rate:.1%}"


class Source:
    """Asks the services; one that does not answer is left out."""

    def __init__(self, addresses: Mapping[str, str], token: str) -> None:
        self.addresses = addresses
        self.token = token

    async def look(self) -> Overview:
        """The numbers of now."""
        services = [each.value for each in Service]
        counts, *metrics = await asyncio.gather(
            self._get(Service.FEEDBACK, "/api/v1/overview"),
            *(self._get(name, "/metrics") for name in services),
        )
        measured = [numbers(found.decode()) for found in metrics]
        return Overview(
            orjson.loads(counts or b"{}"),
            {name: lag for name, (lag, _) in zip(services, measured, strict=True)},
            sum(dead for _, dead in measured),
        )

    async def _get(self, service: str, path: str) -> bytes:
        return await asyncio.to_thread(fetched, self.addresses[service], path, self.token)


def fetched(address: str, path: str, token: str = "") -> bytes:
    """What a service of this machine says under a path; empty if it does not answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection = HTTPConnection(urlsplit(address).netloc, timeout=ANSWER_LIMIT)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.read() if answer.status == 200 else b""
    except (HTTPException, OSError):
        return b""
    finally:
        connection.close()


def numbers(metrics: str) -> tuple[int, int]:
    """The lag and the dead letters in the metrics of one service."""
    lag = dead = 0.0
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == LAG:
                lag += sample.value
            elif sample.name == BACKLOG and sample.labels.get("what") == "dead_letters":
                dead += sample.value
    return int(lag), int(dead)


def gauges(metrics: str, name: str) -> list[float]:
    """The values of one metric; none if it is not there."""
    families = text_string_to_metric_families(metrics)
    return [each.value for family in families for each in family.samples if each.name == name]
