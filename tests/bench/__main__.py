"""`python -m tests.bench`: the floor, the hub's throughput and its latency, in one run;
and of intake, what each format costs, and that a flood of reports is neither lost nor kept.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import dispatching, flood, floor, normalise
from tests.bench import hub as hub_bench
from tests.bench.load import write_street
from tests.bench.meter import Meter, servers
from tests.harness import Hub, Servers

WARM_UP = 3_000


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=30_000, help="tickets for the throughput")
    parser.add_argument("--floor", type=int, default=30_000, help="messages for the floor")
    parser.add_argument("--rate", type=int, default=100, help="tickets a second for the latency")
    parser.add_argument("--seconds", type=int, default=20, help="how long the latency is measured")
    parser.add_argument("--flood", type=int, default=60_000, help="raw reports through intake")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    options = parser.parse_args()
    results = measure(options)
    print(json.dumps(results, ensure_ascii=False, indent=1))
    if not options.json:
        show(results)


def measure(options: Any) -> dict[str, Any]:
    """Start servers and services, measure, and stop them."""
    say("decisions …")
    decisions = dispatching.measure()
    own = Servers().start()
    os.environ["HUB_GROUND"] = str(write_street(own.home / "street"))
    hub = Hub(own).prepare()
    try:
        say("floor …")
        bare = asyncio.run(floor.measure(own.kafka, own.postgres_dsn, options.floor))
        say("intake …")
        formats = normalise.measure()
        flooded = asyncio.run(flood.measure(own.postgres_dsn, options.flood))
        say("services …")
        hub.start()
        asyncio.run(hub_bench.throughput(own.kafka, own.postgres_dsn, range(WARM_UP), "run"))
        say("throughput …")
        pids = {name: process.pid for name, process in hub.processes.items()}
        meter = Meter(pids | servers(own.pid))
        numbers = range(WARM_UP, WARM_UP + options.count)
        speed = asyncio.run(hub_bench.throughput(own.kafka, own.postgres_dsn, numbers, "run"))
        cpu = {name: seconds / options.count * 1e6 for name, seconds in meter.cpu().items()}
        memory = {name: size // 2**20 for name, size in meter.memory().items()}
        say("latency …")
        late = asyncio.run(hub_bench.latency(own.kafka, options.rate, options.seconds, "run"))
    finally:
        hub.stop()
        own.stop()
    return {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "ratio_hub_to_floor": speed["incidents_per_second"] / bare["bare"],
        "ratio_hub_to_floor_with_transaction": speed["incidents_per_second"]
        / bare["with_transaction"],
        "floor_per_second": bare,
        "hub": speed,
        "cpu_us_per_incident": cpu | {"all": sum(cpu.values())},
        "memory_mib": memory | {"all": sum(memory.values())},
        "latency_ms": late,
        "formats": formats,
        "flood": flooded,
        "dispatching": decisions,
    }


def say(what: str) -> None:
    """Progress, where it does not disturb the results."""
    print(what, file=sys.stderr, flush=True)


def show(results: dict[str, Any]) -> None:
    """The same as a table."""
    table = Table("figure", "value", title="event hub")
    table.add_row("hub / floor", f"{results['ratio_hub_to_floor']:.3f}")
    table.add_row(
        "hub / floor with a transaction", f"{results['ratio_hub_to_floor_with_transaction']:.3f}"
    )
    table.add_row("incidents a second", f"{results['hub']['incidents_per_second']:,.0f}")
    for name, value in results["cpu_us_per_incident"].items():
        table.add_row(f"CPU µs an incident: {name}", f"{value:,.0f}")
    for name, value in results["memory_mib"].items():
        table.add_row(f"memory MiB: {name}", f"{value:,}")
    for stage, value in results["latency_ms"].items():
        table.add_row(f"latency ms p50/p99: {stage}", f"{value['p50']:.0f} / {value['p99']:.0f}")
    for name, found in results["formats"].items():
        told = f"{found['reports_per_second']:,.0f} (parse {found['parse_share']:.0%})"
        table.add_row(f"reports a second and core: {name}", told)
    flooded = results["flood"]
    table.add_row("flood: reports, lost", f"{flooded['reports']:,}, {flooded['lost']}")
    table.add_row("flood: MiB for 100,000 more", f"{flooded['slope_mib_per_100k']:.1f}")
    for name, value in results["dispatching"].items():
        table.add_row(f"dispatching: {name}", f"{value:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
