"""Messages of residents (upstream.messages) and reports of workers (随手拍), in one shape."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.report import Source
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses, number
from services.intake.domain.submission import Caller, Life, Statement, Whereabouts, thread_of
from services.intake.ports import BadField
from services.reference.written import read_time, text

CHANNELS = {
    each.value: each
    for each in (Source.WECHAT, Source.MINI_PROGRAM, Source.PUBLIC, Source.DUTY_DESK)
}
ACTIONS = {
    "": Life.NEW,
    "new": Life.NEW,
    "amend": Life.UPDATE,
    "urge": Life.URGE,
    "withdraw": Life.WITHDRAW,
}
FIELDS = frozenset(
    "message_id report_id id source action text content title pictures media group".split()
)
"""By which a message is known from what is wrapped around it."""
WITHOUT_WORDS = "（只有图片，没有文字）"


def statements(letter: Letter) -> list[Statement]:
    """What a message says; a message of a group may name its estate by the group's name."""
    origin = letter.origin
    if origin is None:
        return [read_message(*each) for each in _each(letter)]
    return [read_message(*each, origin.kind, within=origin.id) for each in _each(letter)]


def worker_statements(letter: Letter) -> list[Statement]:
    """What a grid worker saw on the round."""
    return [read_message(*each, Source.WORKER) for each in _each(letter)]


def _each(letter: Letter) -> Iterator[tuple[dict[str, Any], str]]:
    """The messages in a letter, with the ids that they have if they bear none."""
    for index, content in enumerate(letter.objects(FIELDS)):
        yield content, letter.nth(index).id


def read_message(
    content: Mapping[str, Any],
    fallback_id: str,
    source: Source | None = None,
    *,
    within: str = "",
) -> Statement:
    """One message. Raises BadField if its source or action is unknown, or it is empty.

    `within` is the registered source that counts the ids of its messages by itself.
    """
    channel = source or _channel(content)
    media = addresses(content, "pictures", "media")
    words = text(content, "text", "content") or (WITHOUT_WORDS if media else "")
    life = _life(content)
    if not words and life is not Life.WITHDRAW:
        raise BadField("text", "消息没有文字，也没有图片")
    message_id = text(content, "message_id", "report_id", "id")[:128] or fallback_id
    return Statement(
        thread=thread_of(channel, *filter(None, (within, message_id))),
        source=channel,
        life=life,
        title=text(content, "title"),
        text=words,
        reported_at=read_time(content.get("sent_at", content.get("reported_at"))),
        where=Whereabouts(
            address=text(content, "address"),
            longitude=number(content, "longitude"),
            latitude=number(content, "latitude"),
            crs=text(content, "crs"),
            community=text(content, "community"),
            words=text(content, "group"),
        ),
        caller=_caller(content),
        media=media,
        repetition=text(content, "sent_at") if life is Life.URGE else "",
    )


def _channel(content: Mapping[str, Any]) -> Source:
    name = text(content, "source")
    if name not in CHANNELS:
        raise BadField("source", f"消息来源应为 {'、'.join(CHANNELS)} 之一")
    return CHANNELS[name]


def _life(content: Mapping[str, Any]) -> Life:
    action = text(content, "action").lower()
    if action not in ACTIONS:
        raise BadField("action", f"应为 {'、'.join(filter(None, ACTIONS))} 之一")
    return ACTIONS[action]


def _caller(content: Mapping[str, Any]) -> Caller:
    return Caller(
        name=text(content, "sender_name")[:64],
        phone=text(content, "phone")[:32],
        account=text(content, "worker_id", "sender")[:64],
    )
