"""What the outside world sends: reports of all kinds, duplicates, and poison of every kind."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

Header = tuple[str, bytes | None]

HOTLINE, CAMERAS, MESSAGES = (
    "upstream.hotline.tickets",
    "upstream.camera.alarms",
    "upstream.messages",
)
HUB_TOPICS = tuple(
    f"hub.{name}.v1{lane}"
    for name in ("reports", "incidents", "dispatches", "cases")
    for lane in ("", ".express")
)
WEST, SOUTH, STEP = 104.0960, 30.6450, 0.0012
SIDE = 60


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record; `thread` is the report that it must lead to, empty for poison."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()
    thread: str = ""


@dataclass
class Source:
    """Makes records; the same seed makes the same ones. `run` keeps its ids apart from others'."""

    run: str
    seed: int
    count: int = 0
    made: list[Outgoing] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def reports(self, number: int) -> Iterator[Outgoing]:
        """So many reports, each new, and 5% of earlier ones again between them."""
        for _ in range(number):
            report = self._report()
            self.made.append(report)
            yield report
            if self.chance.random() < 0.05:
                yield self.chance.choice(self.made[-200:])

    def _report(self) -> Outgoing:
        self.count += 1
        name = f"{self.run}{self.count:05d}"
        drawn = self.chance.random()
        if drawn < 0.45:
            return self._ticket(name)
        return self._message(name) if drawn < 0.75 else self._alarm(name)

    def _place(self) -> tuple[float, float]:
        """A place of its own, or one of ten where reports of one matter come together."""
        number = self.count if self.chance.random() < 0.85 else self.chance.randrange(10)
        x, y = divmod(number + hash(self.seed) % 997, SIDE)
        return round(WEST + STEP * x, 6), round(SOUTH + STEP * y, 6)

    def _words(self, name: str) -> str:
        """Mostly litter; now and then danger to life, which goes by the express lane."""
        if self.chance.random() < 0.12:
            return f"线索 {name}：楼下着火了，浓烟很大，快来人"
        return f"线索 {name}：路边有暴露垃圾，气味很大，请清理"

    def _ticket(self, name: str) -> Outgoing:
        """A hotline ticket, plain: it bears no id but its own number."""
        x, y = self._place()
        body = {"工单编号": name, "诉求主题": f"环境问题 {name}", "诉求内容": self._words(name)}
        body |= {"工单类型": "投诉", "经度": str(x), "纬度": str(y)}
        return Outgoing(HOTLINE, name.encode(), _json(body), (), f"hotline_12345:{name}")

    def _message(self, name: str) -> Outgoing:
        """A WeChat message as a CloudEvent; one in four is chat that reports nothing."""
        x, y = self._place()
        is_chat = self.chance.random() < 0.25
        words = f"大家早上好 {name}" if is_chat else self._words(name)
        body = {
            "source": "wechat_group",
            "message_id": name,
            "text": words,
            "longitude": x,
            "latitude": y,
            "crs": "WGS-84",
        }
        return Outgoing(
            MESSAGES, name.encode(), _json(body), _event(name, "wechat"), f"wechat_group:{name}"
        )

    def _alarm(self, name: str) -> Outgoing:
        """A camera's alarm as a CloudEvent; one in five is a thrown object, a suspicion."""
        x, y = self._place()
        thrown = self.chance.random() < 0.2
        category, state = ("91001", "pulse") if thrown else ("06010", "new")
        body: dict[str, object] = {
            "device": f"CH{name}",
            "channel": "1",
            "code": "7",
            "alarm": name,
            "state": state,
        }
        body |= {"category": category, "text": f"报警 {name}", "longitude": x, "latitude": y}
        thread = f"camera:plain:CH{name}:1:{name}"
        return Outgoing(CAMERAS, name.encode(), _json(body), _event(name, "gateway"), thread)

    def poison(self) -> list[Outgoing]:
        """Every kind once: on each topic of the outside, and put directly on each of ours."""
        outside = [
            each for topic in (HOTLINE, CAMERAS, MESSAGES) for each in _upstream(topic, self.run)
        ]
        return outside + [each for topic in HUB_TOPICS for each in _inside(topic, self.run)]


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _event(ce_id: str, source: str) -> tuple[Header, ...]:
    return (
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", ce_id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", b"upstream.anything"),
    )


def _upstream(topic: str, run: str) -> list[Outgoing]:
    """What a broken sender of the outside puts on a topic."""
    key, good = f"poison-{run}".encode(), b'{"source":"wechat_group","text":"x"}'
    return [
        Outgoing(topic, key, good, (("trace", b"\xff\xfe"),)),
        Outgoing(topic, key, good, (("ce_id", None), ("ce_specversion", b"1.0"))),
        Outgoing(topic, key, good, (("ce_specversion", b"1.0"), ("ce_source", b"x"))),
        Outgoing(topic, key, good, (("ce_id", b"a\x00b"), ("ce_source", b"x"))),
        Outgoing(topic, key, None),
        Outgoing(topic, key, b""),
        Outgoing(topic, key, b"\x00\xff\xfe"),
        Outgoing(topic, key, b"[" * 50_000 + b"]" * 50_000),
        Outgoing(topic, key, b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
        Outgoing(topic, key, b'["a list"]'),
        Outgoing(topic, key, b'{"text":NaN,"source":"wechat_group"}'),
        Outgoing(topic, key, b'{"text":"a\\u0000b","source":"wechat_group"}'),
        Outgoing(topic, key, b'{"text":"\\ud800","source":"wechat_group"}'),
        Outgoing(topic, key, b'{"text":1,"text":2}'),
        Outgoing(topic, b"\xff\x00\xfe", b"{"),
        Outgoing(topic, key, b'{"text":"' + b"x" * 1_100_000 + b'"}'),
    ]


def _inside(topic: str, run: str) -> list[Outgoing]:
    """What nobody but an intruder puts on a topic of the hub."""
    subject = f"poison-{run}"
    base = dict(_event(f"p-{topic}-{run}", "intruder"))
    base |= {
        "ce_type": b"hub.case.accepted.v1",
        "ce_subject": subject.encode(),
        "ce_sequence": b"1",
    }
    base |= {"ce_type": _a_type_of(topic)}
    bad: list[dict[str, bytes | None]] = [
        {"ce_type": b"hub.unknown.thing.v9"},
        {"ce_type": None},
        {"ce_specversion": b"9.9"},
        {"ce_id": b""},
        {"ce_id": b"\xff\xfe"},
        {"ce_sequence": b"-3"},
        {"ce_sequence": b"99999999999"},
        {"ce_subject": b"somebody else"},
        {},
    ]
    records = [
        Outgoing(topic, subject.encode(), b'{"wrong":"shape"}', tuple((base | each).items()))
        for each in bad
    ]
    headers = tuple(base.items())
    return [
        *records,
        Outgoing(topic, subject.encode(), None, headers),
        Outgoing(topic, subject.encode(), b"[" * 30_000, headers),
        Outgoing(topic, subject.encode(), b'{"a":"\\u0000"}', headers),
    ]


def _a_type_of(topic: str) -> bytes:
    return {
        "reports": b"hub.report.received.v1",
        "incidents": b"hub.incident.classified.v1",
        "dispatches": b"hub.incident.dispatched.v1",
        "cases": b"hub.case.accepted.v1",
    }[topic.split(".")[1]]
