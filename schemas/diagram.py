"""The flow as a Mermaid diagram and a table, between markers in both READMEs.

`python -m schemas.diagram` writes them; with `--check` it only says which are stale.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from schemas.flow import DOWNSTREAM, FLOW, UPSTREAM, Service, Topic

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- flow: begin (make diagrams) -->", "<!-- flow: end -->"

ENGLISH = {
    "table": "| topic | carries | from | to |",
    "formats": "formats of the sources",
    "lane": "; express lane beside it",
}
CHINESE = {
    "table": "| 主题 | 承载事件 | 生产者 | 消费者 |",
    "formats": "各来源自己的格式",
    "lane": "；另有特急通道",
    UPSTREAM: "上游",
    DOWNSTREAM: "下游",
    Service.INTAKE: "intake 接入",
    Service.CLASSIFICATION: "classification 研判",
    Service.DISPATCH: "dispatch 派遣",
    Service.FEEDBACK: "feedback 闭环",
}
READMES = {"README.md": ENGLISH, "README.zh-CN.md": CHINESE}


class Stale(Exception):
    """A README does not show the flow as it is."""


def mermaid(words: dict[str, str]) -> str:
    """The diagram: services are nodes, topics between them are edges."""
    return "\n".join(["```mermaid", "flowchart LR", *_nodes(words), *_edges(), "```"])


def _nodes(words: dict[str, str]) -> Iterator[str]:
    for service in Service:
        yield f'    {service}["{words.get(service, service)}"]'
    for topic in FLOW:
        if topic.producer == UPSTREAM or not topic.consumers:
            yield f'    {_node(topic)}(["{topic.name}"])'


def _edges() -> Iterator[str]:
    for topic in FLOW:
        arrow = "==>" if topic.express else "-->"
        if topic.producer == UPSTREAM:
            yield from (f"    {_node(topic)} --> {consumer}" for consumer in topic.consumers)
        elif not topic.consumers:
            yield f"    {topic.producer} --> {_node(topic)}"
        else:
            label = f'{arrow}|"{topic.name}"|'
            yield from (f"    {topic.producer} {label} {each}" for each in topic.consumers)


def _node(topic: Topic) -> str:
    return topic.name.replace(".", "_")


def table(words: dict[str, str]) -> str:
    """The map as a table, a row a topic, in the order of travel."""
    return "\n".join([words["table"], "|---|---|---|---|", *(_row(topic, words) for topic in FLOW)])


def _row(topic: Topic, words: dict[str, str]) -> str:
    carries = ", ".join(f"`{event.__name__}`" for event in topic.events) or words["formats"]
    lane = words["lane"] if topic.express else ""
    producer = words.get(topic.producer, topic.producer)
    consumers = ", ".join(topic.consumers) or words.get(DOWNSTREAM, DOWNSTREAM)
    return f"| `{topic.name}`{lane} | {carries} | {producer} | {consumers} |"


def drawn(text: str, words: dict[str, str]) -> str:
    """The text of a README with the flow as it is between its markers."""
    return between(text, BEGIN, END, f"{mermaid(words)}\n\n{table(words)}")


def between(text: str, begin: str, end: str, drawing: str) -> str:
    """The text with a drawing between two markers. Raises Stale if they are not there."""
    before, has_begin, rest = text.partition(begin)
    _, has_end, after = rest.partition(end)
    if not (has_begin and has_end):
        raise Stale(f"the markers '{begin}' and '{end}' are missing")
    return f"{before}{begin}\n{drawing}\n{end}{after}"


def stale(root: Path = ROOT) -> list[str]:
    """The READMEs that do not show the flow as it is."""
    return [
        name
        for name, words in READMES.items()
        if drawn(_text(root / name), words) != _text(root / name)
    ]


def write(root: Path = ROOT) -> None:
    """Draw the flow into both READMEs."""
    for name, words in READMES.items():
        (root / name).write_text(drawn(_text(root / name), words), encoding="utf-8")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        write()
    if found := stale():
        sys.exit(f"the flow in {', '.join(found)} is stale: run 'make diagrams'")
