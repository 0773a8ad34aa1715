"""`python -m tests.bench.normalise`: what a raw report costs from its bytes to a kept Submission.

One core, processor time, no servers. Counted is the whole chain of intake's readers: envelope,
strict JSON or XML, the vendor's adapter, masking, danger, place, lane. Words never come twice;
the 800 addresses of the street do, as they do in life: `first` is the cost while none of them
has been seen yet. A record may hold two alarms (iSC); it counts as one.
"""

import gc
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from time import process_time
from typing import Any

from defusedxml.ElementTree import fromstring

from services.hosting.service import GARBAGE_THRESHOLDS
from services.intake.adapters.envelope import open_envelope
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import RECOGNISERS, Reception
from services.intake.adapters.vault import KeyRing, new_key
from services.kernel.record import Record
from tests.samples import FORMATS, GROUND, record

COUNT, ROUNDS, ADDRESSES = 1_500, 3, 800


Read = Callable[[Record], Any]


def measure() -> dict[str, dict[str, float]]:
    """µs a record by format and stage, medians of the rounds; and what parsing has of it."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    ground = GROUND.warm()
    readers = Reception(
        lambda: ground, KeyedPseudonyms("bench"), KeyRing(new_key("bench"))
    ).readers()
    return {name: _format(name, readers) for name in FORMATS}


def _format(name: str, readers: Any) -> dict[str, float]:
    topic, make = FORMATS[name]
    turns = iter(range(10**9))

    def fresh(count: int) -> list[Record]:
        now = datetime.now(UTC)
        return [record(topic, make(next(turns)), at=now) for _ in range(count)]

    first = _cost(readers[topic], fresh(ADDRESSES))
    rounds = [_round(fresh(COUNT), topic, readers[topic]) for _ in range(ROUNDS)]
    found = {stage: median(each[stage] for each in rounds) for stage in rounds[0]}
    return found | {
        "first": first,
        "reports_per_second": 1e6 / found["whole"],
        "parse_share": found["parse"] / found["whole"],
    }


def _round(
    records: Sequence[Record], topic: str, read: Callable[[Record], Any]
) -> dict[str, float]:
    recognise = RECOGNISERS[topic]
    return {
        "parse": _cost(_parse, records),
        "recognise": _cost(lambda each: recognise(open_envelope(each)), records),
        "whole": _cost(read, records),
    }


def _parse(one: Record) -> None:
    """The least that reading it takes: the JSON or XML parser alone."""
    body = one.value or b""
    if body.startswith(b"{"):
        json.loads(body)
    else:
        fromstring(body.decode("gb18030" if b"GB2312" in body else "utf-8").partition("\n")[2])


def _cost(work: Read, records: Sequence[Record]) -> float:
    began = process_time()
    for each in records:
        work(each)
    return (process_time() - began) / len(records) * 1e6


STAGES = ("parse", "recognise", "whole", "first")


def main() -> None:
    """Print a line a format."""
    heads = (*STAGES, "a second", "parse share")
    print(f"{'format':24}" + "".join(f"{each:>12}" for each in heads))
    for name, found in measure().items():
        told = "".join(f"{found[stage]:12.1f}" for stage in STAGES)
        print(f"{name:24}{told}{found['reports_per_second']:12,.0f}{found['parse_share']:12.2f}")


if __name__ == "__main__":
    main()
