"""The difference that other rules make, as a picture: a pair of bars for each outcome."""

from html import escape

from services.dispatch.domain.replaying import Comparison

TITLES = {
    "rule": "规则",
    "level": "派往",
    "mode": "方式",
    "scheme": "方案",
    "unit": "责任单位",
    "hours": "处置时限（小时）",
}
BEFORE, AFTER = "#9aa5b1", "#2f80c2"
ROW, LEFT, WIDTH, RIGHT = 34, 260, 520, 60
SHOWN = 40


def picture(found: Comparison) -> str:
    """An SVG: grey what was done, blue what these rules would have done."""
    keys = sorted({*found.before, *found.after}, key=lambda key: (list(TITLES).index(key[0]), key))
    keys = keys[:SHOWN]
    height = 40 + ROW * len(keys)
    most = max((*found.before.values(), *found.after.values()), default=1)
    bars = "".join(
        _pair(40 + ROW * row, key, found.before[key], found.after[key], most)
        for row, key in enumerate(keys)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}" '
        f'font-family="sans-serif" font-size="12" fill="#323f4b">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="10" y="22" font-size="14">{found.total} 个事件，{len(found.differences)} 个不同'
        f'</text><text x="{LEFT}" y="22" fill="{BEFORE}">■ 原来</text>'
        f'<text x="{LEFT + 70}" y="22" fill="{AFTER}">■ 这些规则</text>{bars}</svg>\n'
    )


def _pair(top: int, key: tuple[str, str], before: int, after: int, most: int) -> str:
    what, value = key
    name = f"{TITLES[what]}：{escape(value or '（无）')}"
    bars = _bar(top + 2, before, most, BEFORE) + _bar(top + 14, after, most, AFTER)
    return f'<text x="10" y="{top + 16}">{name}</text>{bars}'


def _bar(top: int, number: int, most: int, colour: str) -> str:
    width = WIDTH * number / most
    return (
        f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="10" fill="{colour}"/>'
        f'<text x="{LEFT + width + 5:.1f}" y="{top + 9}" font-size="10">{number}</text>'
    )
