"""`python -m tests.bench.cameras FILE`: a camera file in the vendors' formats, with their quirks.

Alarms are posted several times, some ends are missing, heartbeats run in between; times have
stray spaces or no zone. All of it is invented, over the demonstration street.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.simulator.alarms import ALARMS, NEW
from services.reference.calendar import BEIJING
from services.reference.ground import Camera, load_ground

ALARM_COUNT = 400
SEED = 20261122
BEGAN = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
XML = "application/xml"


def lines() -> Iterator[dict[str, Any]]:
    """One JSON object a post: the vendor's own, or an envelope around XML."""
    dice, cameras = random.Random(SEED), load_ground().cameras
    simulated = [alarm for alarms in ALARMS.values() for alarm in alarms]
    for number in range(ALARM_COUNT):
        camera, when = dice.choice(cameras), BEGAN + timedelta(seconds=7 * number)
        if number % 3:
            alarm = simulated[number % len(simulated)]
            posts = enumerate(alarm.life(dice))
            for index, (after, state) in posts:
                moment = when + timedelta(seconds=after)
                yield _line(alarm.vendor, alarm.write(camera, number, index, state, moment))
        else:
            write = FURTHER[number // 3 % len(FURTHER)]
            yield from write(camera, number, when)


def _line(vendor: str, body: Any) -> dict[str, Any]:
    if isinstance(body, str):
        return {"vendor": vendor, "content_type": XML, "body": body}
    return dict(body)


def _isc(camera: Camera, number: int, when: datetime) -> Iterator[dict[str, Any]]:
    """A stray space in the time; a start, a linkage update, and often no stop."""
    for status in (1, 4, 2)[: 2 + number % 2]:
        moment = when.astimezone(BEIJING).strftime("%Y-%m-%dT %H:%M:%S.000+08:00")
        event = {
            "eventId": f"isc-{number}",
            "eventLvl": 1,
            "status": status,
            "srcIndex": camera.device,
            "eventType": 131588,
            "happenTime": moment,
        }
        yield {"method": "OnEventNotify", "params": {"events": [event]}}


def _gb28181(camera: Camera, number: int, when: datetime) -> Iterator[dict[str, Any]]:
    """No zone in the time: Beijing time."""
    moment = when.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M:%S")
    body = (
        f"<Notify><CmdType>Alarm</CmdType><SN>{number}</SN><DeviceID>{camera.device}</DeviceID>"
        "<AlarmPriority>2</AlarmPriority><AlarmMethod>5</AlarmMethod>"
        f"<AlarmTime>{moment}</AlarmTime><AlarmDescription>区域入侵</AlarmDescription>"
        "<Info><AlarmType>2</AlarmType><AlarmTypeParam><EventType>1</EventType></AlarmTypeParam></Info></Notify>"
    )
    yield {"vendor": "gb28181", "content_type": XML, "body": body}


def _own(camera: Camera, number: int, when: datetime) -> Iterator[dict[str, Any]]:
    """A structured CloudEvent of our own."""
    yield {
        "specversion": "1.0",
        "id": f"own-{number}",
        "source": "urn:camera:demo",
        "type": "camera.alarm",
        "time": when.isoformat(),
        "data": {
            "device": camera.device,
            "channel": camera.channel,
            "alarm": f"own-{number}",
            "code": "fire_lane",
            "state": NEW,
            "text": "消防通道被占用",
            "at": when.isoformat(),
        },
    }


FURTHER = (_isc, _gb28181, _own)


def main() -> None:
    """Write the file."""
    path = Path(sys.argv[1])
    with path.open("w", encoding="utf-8") as file:
        for line in lines():
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
