"""A street that lives: the same things happen in the same order for the same seed.

Times are not part of the seed: each record is made when it is due, with the time of then.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zlib import crc32

import orjson

from deploy.simulator.alarms import ALARMS, Alarm, Scene
from deploy.simulator.records import Upstream, alarm_record, ticket_record
from deploy.simulator.words import CALLERS, CHAT, MATTERS, URGINGS, Matter
from schemas.flow import MESSAGES
from services.reference.calendar import BEIJING
from services.reference.ground import Camera, Estate, Ground

Make = Callable[[datetime], Upstream]
"""Makes a record with the time of the moment at which it is sent."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A record that is due `at` seconds after the street began."""

    at: float
    what: str
    make: Make


@dataclass(frozen=True)
class Habit:
    """How a street lives: happenings a second, and how likely each kind is."""

    rate: float = 1.0
    camera: float = 0.45
    hotline: float = 0.33
    matter_in_group: float = 0.12
    told_twice: float = 0.25
    urged: float = 0.08
    withdrawn: float = 0.04


class Street:
    """An endless, seeded sequence of happenings on a ground."""

    def __init__(
        self, seed: int, ground: Ground, habit: Habit | None = None, run: str = ""
    ) -> None:
        """`run` tells the ids of one run of the same street from those of another."""
        self._chance = random.Random(seed)
        self._run = f"{seed}{run}"
        self._first_alarm = crc32(self._run.encode()) % 20_000 * 100_000
        self._ground = ground
        self._habit = habit or Habit()
        self._numbers = count(1)
        self._coming: list[tuple[float, int, Happening]] = []
        self._estates = {estate.name: estate for estate in ground.estates}
        self._heads = [scene for scene, weight in SCENES for _ in range(weight)]

    def happenings(self) -> Iterator[Happening]:
        """What happens, in the order of time, without end."""
        now = 0.0
        while True:
            now += self._chance.expovariate(self._habit.rate)
            while self._coming and self._coming[0][0] <= now:
                yield heapq.heappop(self._coming)[2]
            self._something(now)

    def _something(self, now: float) -> None:
        """One new matter; what follows from it is put down for later."""
        habit, which = self._habit, self._chance.random()
        if which < habit.camera:
            self._alarm(now, self._chance.choice(self._heads), self._camera())
        elif which < habit.camera + habit.hotline:
            self._ticket(
                now, self._chance.choice(MATTERS), self._chance.choice(self._ground.estates)
            )
        elif which < habit.camera + habit.hotline + habit.matter_in_group:
            told = [matter for matter in MATTERS if matter.chat]
            self._told_in_group(now, self._chance.choice(told), self._place())
        else:
            self._message(now, self._chance.choice(CHAT), self._chance.choice(self._ground.estates))

    def _alarm(self, now: float, scene: Scene, camera: Camera) -> None:
        number, alarm = next(self._numbers), self._chance.choice(ALARMS[scene])
        life = alarm.life(self._chance)
        for index, (delay, state) in enumerate(life):
            self._later(
                now + delay,
                f"摄像机报警 {scene}",
                self._alarm_maker(alarm, camera, number, index, state),
            )
        if self._chance.random() < self._habit.told_twice and scene in SPOKEN_OF:
            place = self._building(self._estates[camera.estate])
            self._told_in_group(now + self._chance.uniform(3, 20), MATTERS[SPOKEN_OF[scene]], place)

    def _alarm_maker(
        self, alarm: Alarm, camera: Camera, number: int, index: int, state: str
    ) -> Make:
        identity = self._first_alarm + number
        return lambda when: alarm_record(
            alarm.write(camera, identity, index, state, when.astimezone(BEIJING)), alarm.vendor
        )

    def _ticket(self, now: float, matter: Matter, estate: Estate) -> None:
        place, number = self._building(estate), f"SIM-{self._run}-{next(self._numbers):06d}"
        caller = self._chance.randrange(len(CALLERS))
        ticket = {
            "工单编号": number,
            "办件来源": "12345热线",
            "工单类型": matter.kind,
            "诉求主题": _said(matter.subject, place),
            "诉求内容": _said(matter.text, place),
            "被反映小区点位": place,
            "诉求人": CALLERS[caller],
            "诉求人电话": f"1380000{caller:04d}",
        }
        self._later(now, f"热线来电 {ticket['诉求主题']}", _ticket_maker(ticket, "来电时间"))
        self._afterwards(now, ticket)
        if matter.chat and self._chance.random() < self._habit.told_twice:
            self._told_in_group(now + self._chance.uniform(3, 20), matter, place)

    def _afterwards(self, now: float, ticket: dict[str, str]) -> None:
        """Now and then somebody urges, or takes it back."""
        which, later = self._chance.random(), now + self._chance.uniform(10, 40)
        known = {"工单编号": ticket["工单编号"], "诉求主题": ticket["诉求主题"]}
        if which < self._habit.urged:
            words = self._chance.choice(URGINGS)
            urging = known | {"操作类型": "催单", "诉求内容": words}
            self._later(later, f"热线催单 {ticket['诉求主题']}", _ticket_maker(urging, "催单时间"))
        elif which < self._habit.urged + self._habit.withdrawn:
            back = known | {"操作类型": "撤单", "诉求内容": "问题已自行解决，申请撤单。"}
            self._later(later, f"热线撤单 {ticket['诉求主题']}", _ticket_maker(back, "操作时间"))

    def _told_in_group(self, now: float, matter: Matter, place: str) -> None:
        estate = self._estates[place.partition(" ")[0].rstrip("0123456789栋")]
        self._message(now, _said(matter.chat, place), estate)

    def _message(self, now: float, words: str, estate: Estate) -> None:
        number = next(self._numbers)
        message = {
            "source": "wechat_group",
            "message_id": f"sim-{self._run}-{number}",
            "group": f"{estate.name}邻里群",
            "sender": f"sim-neighbour-{number % 50}",
            "text": words,
        }
        self._later(now, f"微信群消息 {estate.name}", lambda when: _message_record(message, when))

    def _later(self, at: float, what: str, make: Make) -> None:
        heapq.heappush(self._coming, (at, next(self._numbers), Happening(at, what, make)))

    def _camera(self) -> Camera:
        return self._chance.choice(self._ground.cameras)

    def _place(self) -> str:
        return self._building(self._chance.choice(self._ground.estates))

    def _building(self, estate: Estate) -> str:
        return f"{estate.name}{self._chance.randint(1, estate.buildings)}栋"


SCENES: tuple[tuple[Scene, int], ...] = (
    (Scene.TOSS, 40),
    (Scene.FIRE_LANE, 22),
    (Scene.E_BIKE, 16),
    (Scene.GARBAGE, 12),
    (Scene.FIRE, 2),
    (Scene.HEARTBEAT, 8),
)
SPOKEN_OF = {Scene.TOSS: 0, Scene.FIRE_LANE: 1, Scene.E_BIKE: 2, Scene.GARBAGE: 3}
"""Which matter neighbours speak of when a camera saw it, too."""


def _said(words: str, place: str) -> str:
    return words.format(place=place, estate=place.rstrip("0123456789栋"))


def _ticket_maker(ticket: dict[str, str], time_field: str) -> Make:
    def make(when: datetime) -> Upstream:
        said = (when - timedelta(seconds=20)).astimezone(BEIJING)
        return ticket_record(ticket | {time_field: said.strftime("%Y-%m-%d %H:%M:%S")})

    return make


def _message_record(message: dict[str, Any], when: datetime) -> Upstream:
    body = message | {"sent_at": when.astimezone(BEIJING).isoformat(timespec="seconds")}
    key = f"{message['source']}:{message['message_id']}"
    return Upstream(MESSAGES.name, key.encode(), orjson.dumps(body), label=message["message_id"])
