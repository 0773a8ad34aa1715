"""A row of a table of tickets as a record for the hotline's topic, or why it can be none."""

import re
from typing import NamedTuple

import orjson

from services.intake.adapters import hotline, ticket_marks
from services.intake.adapters.envelope import Letter
from services.intake.domain.submission import Life, report_id_of
from services.kernel.errors import Unprocessable

NAMES = frozenset(
    {
        *(name for name in hotline.FIELDS),
        *ticket_marks.STATES,
        *ticket_marks.MARKS,
    }
)
"""The names of columns by which a header is recognised."""
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


class TicketRow(NamedTuple):
    """One ticket as it goes upstream; `report_id` is the report that it belongs to."""

    key: bytes
    value: bytes
    life: Life
    report_id: str


def read_row(fields: dict[str, str]) -> TicketRow:
    """A row as a ticket. Raises Unprocessable with the reason where it can be none.

    A number is needed here, though not on the topic: without it the same row, imported
    again, would be another ticket.
    """
    number = hotline.number_of(fields)
    if not number:
        raise Unprocessable("没有工单编号（工单编号、市级编号、留言编号）：请补上，否则对不上原单")
    if SCIENTIFIC.fullmatch(number):
        raise Unprocessable("工单编号被表格软件改成了科学计数法：请把该列设为“文本”后重新导出")
    value = orjson.dumps(fields)
    (said,) = hotline.statements(Letter("import/0", "import", "application/json", value))
    if said.text == hotline.WITHOUT_WORDS and said.life in (Life.NEW, Life.UPDATE):
        raise Unprocessable("没有内容（诉求主题、诉求内容、留言详情、SXMC 都是空的）")
    return TicketRow(number.encode(), value, said.life, report_id_of(said.thread))
