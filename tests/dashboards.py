"""Dashboards as Grafana gets them, and what their panels ask."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "deploy" / "grafana" / "dashboards"


@dataclass(frozen=True)
class Question:
    """One query of one panel."""

    board: str
    panel: str
    text: str

    def __str__(self) -> str:
        return f"{self.board}: {self.panel}"


def boards() -> dict[str, Any]:
    """Each dashboard by its name."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.json"))
    }


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every panel that shows something, with the name of its dashboard."""
    for name, board in boards().items():
        for panel in board["panels"]:
            if panel["type"] != "row":
                yield name, panel


def questions(key: str) -> list[Question]:
    """The queries in SQL (`rawSql`) or PromQL (`expr`)."""
    return [
        Question(name, panel["title"], target[key])
        for name, panel in panels()
        for target in panel["targets"]
        if key in target
    ]
