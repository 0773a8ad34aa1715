"""Both READMEs show the flow as it is."""

from pathlib import Path

import pytest

from schemas import diagram
from schemas.diagram import BEGIN, END, READMES, Stale
from schemas.flow import FLOW
from services.cli import workflow_drawing


def test_the_readmes_are_fresh() -> None:
    assert diagram.stale() == [], "run 'make diagrams'"


def test_a_stale_readme_is_told_and_mended(tmp_path: Path) -> None:
    for name in READMES:
        (tmp_path / name).write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n", encoding="utf-8")
    assert diagram.stale(tmp_path) == list(READMES)
    diagram.write(tmp_path)
    assert diagram.stale(tmp_path) == []
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.startswith("above\n")
    assert text.endswith("below\n")


def test_missing_markers_are_told() -> None:
    with pytest.raises(Stale, match="markers"):
        diagram.drawn("nothing", READMES["README.md"])


@pytest.mark.parametrize("words", READMES.values(), ids=READMES)
def test_every_topic_is_drawn_once_for_each_consumer(words: dict[str, str]) -> None:
    drawn = diagram.mermaid(words)
    for topic in FLOW:
        between_services = topic.producer != "upstream" and topic.consumers
        wanted = len(topic.consumers) if between_services else 1
        assert drawn.count(f'"{topic.name}"') == wanted


def test_the_workflow_in_both_readmes_is_the_one_that_rules() -> None:
    assert workflow_drawing.stale() == [], "run 'make diagrams'"
