"""Draws the workflow of a case into both READMEs; with `--check` it only says which are stale."""

import sys
from pathlib import Path

from schemas.diagram import READMES, ROOT, between
from services.feedback.domain.drawing import workflow

BEGIN, END = "<!-- workflow: begin (make diagrams) -->", "<!-- workflow: end -->"


def stale(root: Path = ROOT) -> list[str]:
    """The READMEs that do not show the workflow as it is."""
    return [name for name in READMES if _drawn(root / name) != _text(root / name)]


def write(root: Path = ROOT) -> None:
    """Draw the workflow into both READMEs."""
    for name in READMES:
        (root / name).write_text(_drawn(root / name), encoding="utf-8")


def _drawn(path: Path) -> str:
    return between(_text(path), BEGIN, END, workflow())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        write()
    if found := stale():
        sys.exit(f"the workflow in {', '.join(found)} is stale: run 'make diagrams'")
