"""Writes Grafana's dashboards: `python -m deploy.grafana.build [--check]`."""

import json
import sys
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana import rectification

FOLDER = Path(__file__).parent / "dashboards"


def documents() -> dict[str, str]:
    """The text of each dashboard by the name of its file."""
    board = rectification.build().build()
    text = json.dumps(board, cls=JSONEncoder, ensure_ascii=False, indent=2, sort_keys=True)
    return {"rectification.json": text + "\n"}


def stale(folder: Path = FOLDER) -> list[str]:
    """The dashboards of a folder that no longer follow from the code."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    wanted = documents()
    return sorted(name for name in wanted | there if wanted.get(name) != there.get(name))


def write(folder: Path = FOLDER) -> None:
    """Write all dashboards into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        write()
    if found := stale():
        sys.exit(f"stale in {FOLDER}: {', '.join(found)}: run 'make dashboards'")
