"""Ratings (回访): events of ours, or plain JSON as a hotline writes its call-backs.

    {"工单编号": "GD-1", "是否解决": "未解决", "是否满意": "不满意", "回访意见": "还有味"}

是否解决: 解决, 部分解决, 未解决. 是否满意: 满意, 基本满意, 不满意, 无法判断. One may be missing.
回访时间 is ISO 8601; without a zone, Beijing time. 回访编号, if there is one, makes a rating that
comes twice one.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from schemas.report import Source
from schemas.worker import CitizenRated
from services.kernel.errors import Unprocessable
from services.kernel.record import Message, Record, attributes, cloudevents
from services.reference.written import read_time, text

NUMBERS = ("原工单编号", "工单编号", "市级编号", "工单号")
COMMENTS = ("回访意见", "回访内容", "不满意原因")
TIMES = ("回访时间", "评价时间")
SOLVED: Mapping[str, bool] = {
    "解决": True,
    "已解决": True,
    "是": True,
    "部分解决": False,
    "未解决": False,
    "否": False,
}
SATISFIED = frozenset({"满意", "非常满意", "基本满意", "不满意", "无法判断"})
UPSTREAM = "hotline"

_event = cloudevents((CitizenRated,))


def read(record: Record) -> list[Message]:
    """What a record says. Raises Unprocessable with a sentence if it is no rating."""
    if "ce_specversion" in attributes(record):
        return list(_event(record))
    said = _object(record.value or b"")
    rating = rating_of(said, datetime.fromtimestamp(record.timestamp / 1000, UTC))
    name = text(said, "回访编号") or record.origin
    return [Message(name, UPSTREAM, rating.subject, rating, correlation=name, record=record)]


def rating_of(said: Mapping[str, Any], arrived: datetime) -> CitizenRated:
    """A call-back in the words of a hotline. Raises Unprocessable with what is missing in it."""
    number = text(said, *NUMBERS)
    if not number:
        raise Unprocessable("回访没有工单编号（工单编号或市级编号），不知道评价的是哪一件")
    solved, satisfied = text(said, "是否解决"), text(said, "是否满意")
    if solved and solved not in SOLVED:
        raise Unprocessable("是否解决 应为 解决、部分解决 或 未解决")
    if satisfied and satisfied not in SATISFIED:
        raise Unprocessable("是否满意 应为 满意、基本满意、不满意 或 无法判断")
    if not (solved or satisfied):
        raise Unprocessable("回访既没有 是否解决，也没有 是否满意")
    return CitizenRated(
        thread=f"{Source.HOTLINE}:{number[:64]}",
        solved=SOLVED.get(solved),
        satisfied="满意" if satisfied == "非常满意" else satisfied,
        comment=text(said, *COMMENTS)[:2_000],
        at=read_time(text(said, *TIMES)) or arrived,
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unprocessable(f"回访不是 UTF-8 的 JSON：{error.msg}") from error
    if not isinstance(said, dict):
        raise Unprocessable("回访应为一个 JSON 对象")
    return said
