"""Pieces of an SVG that looks like a dashboard."""

from dataclasses import dataclass
from html import escape

from deploy.grafana.style import Steps

PAPER, PANEL, EDGE, INK, FAINT = "#111217", "#181b1f", "#2c3235", "#e6e7ea", "#9a9ea8"
COLOURS = {
    "red": "#f2495c",
    "dark-red": "#c4162a",
    "orange": "#ff9830",
    "yellow": "#fade2a",
    "green": "#73bf69",
    "light-green": "#96d98d",
    "blue": "#5794f2",
    "light-blue": "#8ab8ff",
    "super-light-blue": "#c0d8ff",
    "purple": "#b877d9",
    "text": INK,
}
FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True)
class Box:
    """Where something is drawn, in pixels."""

    x: float
    y: float
    width: float
    height: float

    def inner(self, left: float, top: float, right: float, bottom: float) -> "Box":
        """What is left inside of margins."""
        return Box(
            self.x + left, self.y + top, self.width - left - right, self.height - top - bottom
        )


def colour(name: str) -> str:
    """A colour of Grafana's palette."""
    return COLOURS.get(name, name)


def reached(steps: Steps, value: float) -> str:
    """The colour of a value by its thresholds."""
    names = [name for least, name in steps if least is None or value >= least]
    return colour(names[-1])


def text(
    x: float, y: float, said: str, *, size: int = 13, ink: str = INK, at: str = "start"
) -> str:
    """A line of text; `at` is start, middle or end."""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{ink}" text-anchor="{at}">'
        f"{escape(said)}</text>"
    )


def bar(box: Box, fill: str, opacity: float = 1.0) -> str:
    """A filled rectangle."""
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{max(box.width, 0):.1f}" '
        f'height="{max(box.height, 0):.1f}" fill="{fill}" fill-opacity="{opacity:g}"/>'
    )


def framed(box: Box, title: str) -> str:
    """The ground of a panel, with its title."""
    return (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" '
        f'rx="3" fill="{PANEL}" stroke="{EDGE}"/>' + text(box.x + 12, box.y + 22, title, size=13)
    )


def sheet(width: int, height: int, body: str) -> str:
    """The whole picture."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="{FONT}"><rect width="100%" height="100%" fill="{PAPER}"/>{body}</svg>\n'
    )
