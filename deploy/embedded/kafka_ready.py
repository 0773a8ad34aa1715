"""Waits until a Kafka broker serves clients."""

import asyncio
import logging
import struct
from contextlib import suppress

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

PAUSE = 0.05
API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)
"""An ApiVersions request, version 0, correlation 1, no client id: a starting broker leaves it
unanswered until it processes requests, so that waiting needs no polling from then on."""


async def answers(host: str, port: int) -> None:
    """Return once the broker answers and is part of its cluster's metadata; wait for ever else."""
    while not (await _processes_requests(host, port) and await _is_registered(host, port)):
        await asyncio.sleep(PAUSE)


async def _processes_requests(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    try:
        writer.write(struct.pack(">i", len(API_VERSIONS)) + API_VERSIONS)
        return len(await reader.read(4)) == 4
    except OSError:
        return False
    finally:
        writer.close()


async def _is_registered(host: str, port: int) -> bool:
    logging.getLogger("aiokafka").addFilter(_quiet)
    client = AIOKafkaClient(bootstrap_servers=f"{host}:{port}")
    try:
        with suppress(KafkaError, OSError):
            await client.bootstrap()
            return any(broker.port == port for broker in client.cluster.brokers())
        return False
    finally:
        await client.close()
        logging.getLogger("aiokafka").removeFilter(_quiet)


def _quiet(record: logging.LogRecord) -> bool:
    return False
