"""How each kind of panel is drawn from its rows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from deploy.grafana.panel import Kind, Panel
from deploy.grafana.picture.canvas import (
    EDGE,
    FAINT,
    INK,
    Box,
    bar,
    colour,
    reached,
    text,
)
from deploy.grafana.style import SEVERITIES, STATES, Steps
from services.reference.calendar import BEIJING

Row = Mapping[str, Any]
LINE = 21
NIL = UUID(int=0)


def stat(panel: Panel, rows: Sequence[Row], box: Box) -> str:
    """Figures side by side, each under its name."""
    (row,) = rows[:1] or ({},)
    wide = box.width / max(len(row), 1)
    drawn = []
    for place, (name, value) in enumerate(row.items()):
        middle = box.x + wide * (place + 0.5)
        unit, is_shown = _unit(panel, name), value is not None and not _is_plain(panel, name)
        ink = reached(panel.steps, value) if is_shown else INK
        drawn.append(text(middle, box.y + 16, name, size=12, ink=FAINT, at="middle"))
        drawn.append(text(middle, box.y + 52, _said(value, unit), size=26, ink=ink, at="middle"))
    return "".join(drawn)


def chart(panel: Panel, rows: Sequence[Row], box: Box) -> str:
    """Bars that are stacked, one a row."""
    series = [name for name in rows[0] if name != panel.x] if rows else []
    most = max((sum(row[name] for name in series) for row in rows), default=1) or 1
    field, wide = box.inner(0, 6, 0, 40), box.width / max(len(rows), 1)
    drawn = []
    for place, row in enumerate(rows):
        left, top = field.x + wide * place, field.y + field.height
        for name in series:
            tall = field.height * row[name] / most
            top -= tall
            fill = colour(SEVERITIES.get(name, "blue"))
            drawn.append(bar(Box(left + wide * 0.18, top, wide * 0.64, tall), fill, 0.85))
        total = sum(row[name] for name in series)
        middle = left + wide / 2
        drawn.append(text(middle, top - 5, str(total), size=12, at="middle"))
        low = field.y + field.height + 16
        drawn.append(text(middle, low, row[panel.x], size=12, ink=FAINT, at="middle"))
    keys = [(name, colour(SEVERITIES.get(name, "blue"))) for name in series]
    return "".join(drawn) + legend(keys, box)


def legend(keys: Sequence[tuple[str, str]], box: Box) -> str:
    """What the colours mean, along the bottom."""
    low, left, drawn = box.y + box.height - 4, box.x, []
    for name, fill in keys:
        drawn.append(bar(Box(left, low - 9, 12, 9), fill))
        drawn.append(text(left + 17, low, name, size=12, ink=FAINT))
        left += 34 + 13 * len(name)
    return "".join(drawn)


def table(panel: Panel, rows: Sequence[Row], box: Box) -> str:
    """Names above, then a line a row; a rate is a bar behind its number."""
    names = list(rows[0]) if rows else []
    wide = [_weight(name) for name in names]
    lefts = [box.x + box.width * sum(wide[:place]) / sum(wide) for place in range(len(names))]
    drawn = [
        text(left, box.y + 14, name, size=12, ink=FAINT)
        for left, name in zip(lefts, names, strict=True)
    ]
    for place, row in enumerate(rows[: int(box.height // LINE) - 1], start=1):
        line = box.y + 14 + LINE * place
        drawn.append(bar(Box(box.x, line - LINE + 5, box.width, 0.6), EDGE))
        for left, name, share in zip(lefts, names, wide, strict=True):
            unit, value = _unit(panel, name), row[name]
            if unit == "percentunit" and value is not None:
                length = box.width * share / sum(wide) - 70
                filled = Box(left + 56, line - 11, length * value, 11)
                drawn.append(bar(filled, reached(_steps(panel, name), value), 0.8))
            ink = colour((SEVERITIES | STATES).get(str(value), INK))
            drawn.append(text(left, line, _said(value, unit), size=12, ink=ink))
    return "".join(drawn) or text(box.x, box.y + 20, panel.empty, ink=FAINT)


def _weight(name: str) -> float:
    """How wide a column is beside the others."""
    known = {"微网格": 2.1, "社区": 1.5, "类别": 3.0, "整改率": 2.0, "30 天复发率": 1.8}
    return known.get(name, 1.0)


def _is_plain(panel: Panel, name: str) -> bool:
    return _own(panel, name, "color") is not None


def _own(panel: Panel, name: str, of: str) -> Any:
    """What a field has of its own instead of the panel's; None if nothing."""
    found = [each.value for each in panel.fields.get(name, ()) if each.id_val == of]
    return found[-1] if found else None


def _unit(panel: Panel, name: str) -> str:
    return str(_own(panel, name, "unit") or panel.unit)


def _steps(panel: Panel, name: str) -> Steps:
    own = _own(panel, name, "thresholds")
    return tuple((each["value"], each["color"]) for each in own["steps"]) if own else panel.steps


def _said(value: Any, unit: str) -> str:
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return f"{value.astimezone(BEIJING):%m-%d %H:%M}"
    if unit == "percentunit":
        return f"{value:.1%}" if value < 1 else "100%"
    if unit == "s":
        return f"{value / 3600:.1f} 小时" if value >= 3600 else f"{value / 60:.0f} 分"
    return _short(str(value))


def _short(said: str) -> str:
    """An id by its beginning, as operators speak of it."""
    return said[:8] if len(said) == len(str(NIL)) and said.count("-") == 4 else said


SHAPES: dict[Kind, Callable[[Panel, Sequence[Row], Box], str]] = {
    Kind.STAT: stat,
    Kind.CHART: chart,
    Kind.TABLE: table,
}
