"""The picture: for each load, emergencies reached in time against the waiting of ordinary work."""

import math
from collections.abc import Mapping
from html import escape

from tests.bench.surge.figures import Estimate

WIDTH, HEIGHT, EDGE, LEGEND = 330, 300, 50, 44
COLOURS = (
    "#9aa5b1",
    "#52606d",
    "#2f80c2",
    "#7cb8e8",
    "#b08d2e",
    "#2e8b57",
    "#8fd0a5",
    "#e8a5a5",
    "#d64545",
)

Points = Mapping[str, tuple[Estimate, Estimate]]
"""By policy: minutes that ordinary work waits, percent of emergencies reached in time."""


def draw(panels: Mapping[float, Points]) -> str:
    """An SVG; up and to the left is better."""
    width = WIDTH * len(panels)
    names = list(next(iter(panels.values())))
    body = [
        _panel(column * WIDTH, f"{load:g}× load", points, names)
        for column, (load, points) in enumerate(panels.items())
    ]
    rows = math.ceil(len(names) / 4)
    legend = "".join(
        f'<circle cx="{EDGE + (at % 4) * width // 4}" cy="{HEIGHT + 14 + at // 4 * 20}" r="5" '
        f'fill="{COLOURS[at % len(COLOURS)]}"/>'
        f'<text x="{EDGE + 10 + (at % 4) * width // 4}" y="{HEIGHT + 18 + at // 4 * 20}">'
        f"{escape(name)}</text>"
        for at, name in enumerate(names)
    )
    height = HEIGHT + LEGEND * max(rows / 2, 1) + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" '
        f'font-family="sans-serif" font-size="11" fill="#323f4b">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(body)}{legend}</svg>\n'
    )


def _panel(left: int, title: str, points: Points, names: list[str]) -> str:
    most = _round(max(wait.mean + wait.half for wait, _ in points.values()))
    top = _round(max(share.mean + share.half for _, share in points.values()))
    width, height = WIDTH - 1.5 * EDGE, HEIGHT - 2 * EDGE

    def x(wait: float) -> float:
        return left + EDGE + width * min(max(wait, 0) / most, 1)

    def y(share: float) -> float:
        return HEIGHT - EDGE - height * min(max(share, 0) / top, 1)

    parts = [
        f'<text x="{x(most / 2):.0f}" y="20" text-anchor="middle" font-size="14">{title}</text>',
        (
            f'<text x="{x(most / 2):.0f}" y="{HEIGHT - 12}" text-anchor="middle">'
            "ordinary work waits, minutes</text>"
        ),
        (
            f'<text transform="translate({left + 14} {y(top / 2):.0f}) rotate(-90)" '
            'text-anchor="middle">emergencies reached in 3 min, %</text>'
        ),
    ]
    for step in range(5):
        at, up = most * step / 4, top * step / 4
        parts += [
            f'<path d="M{x(0):.0f} {y(up):.0f}H{x(most):.0f}" stroke="#e4e7eb"/>',
            f'<text x="{x(0) - 5:.0f}" y="{y(up) + 4:.0f}" text-anchor="end">{up:g}</text>',
            f'<text x="{x(at):.0f}" y="{HEIGHT - EDGE + 15}" text-anchor="middle">{at:g}</text>',
        ]
    for name, (wait, share) in points.items():
        colour = COLOURS[names.index(name) % len(COLOURS)]
        parts.append(
            f'<g stroke="{colour}" fill="{colour}"><title>{escape(name)}: {share.mean:.1f}%, '
            f"{wait.mean:.1f} min</title>"
            f'<path d="M{x(wait.mean - wait.half):.1f} {y(share.mean):.1f}'
            f"H{x(wait.mean + wait.half):.1f}M{x(wait.mean):.1f} {y(share.mean - share.half):.1f}"
            f'V{y(share.mean + share.half):.1f}"/>'
            f'<circle cx="{x(wait.mean):.1f}" cy="{y(share.mean):.1f}" r="4.5"/></g>'
        )
    return "".join(parts)


def _round(value: float) -> float:
    """Up to 1, 2, 4 or 8 times a power of ten, so that quarters are round."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value)
