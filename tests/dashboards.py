"""Dashboards as Grafana gets them, and their queries as Grafana would send them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "deploy" / "grafana" / "dashboards"
BUCKET = 300
"""Seconds of an interval, as Grafana would choose it."""


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


def filled(text: str, since: datetime, until: datetime, **chosen: str) -> str:
    """A query with its macros and variables filled in; of everything, unless chosen otherwise."""
    span = f"BETWEEN '{since.isoformat()}' AND '{until.isoformat()}'"
    text = re.sub(r"\$__timeFilter\(([\w.]+)\)", rf"\1 {span}", text)
    bucket = rf"floor(extract(epoch FROM \1) / {BUCKET}) * {BUCKET}"
    text = re.sub(r"\$__timeGroup\(([\w.]+), \$__interval\)", bucket, text)
    incident = chosen.pop("incident", "")
    text = text.replace("${incident:sqlstring}", f"'{incident}'")
    given = {"period": "day", "level": "community"} | chosen
    return re.sub(r"\$(\w+)", lambda found: given.get(found[1], "'*'"), text)
