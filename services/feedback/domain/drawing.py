"""The workflow as a Mermaid diagram and a table, from the one table that rules it."""

from collections.abc import Iterator

from services.feedback.domain.case import CHINESE, State
from services.feedback.domain.workflow import BY_THEMSELVES, WORKFLOW, Need, Step

HEAD = "| 操作 | action | 由 | 操作人 | 须带 | 到 | 产生 |"


def workflow() -> str:
    """The states with the steps between them, then each step: from where, by whom, to where."""
    return f"{_mermaid()}\n\n{_table()}"


def _mermaid() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {State.PENDING_DISPATCH}: 立案"]
    lines += [f"    {state}: {name}" for state, name in CHINESE.items()]
    lines += dict.fromkeys(_edges())
    return "\n".join([*lines, f"    {State.CLOSED} --> [*]", "```"])


def _edges() -> Iterator[str]:
    for step in WORKFLOW.values():
        for state in _ordered(step.states):
            for to in step.to or ():
                yield f"    {state} --> {to}: {step.name}"
    for name, states, to in BY_THEMSELVES:
        if len(states) < len(State) - 1:
            yield from (f"    {state} --> {to}: {name}" for state in _ordered(states))


def _table() -> str:
    rows = [_row(action, step) for action, step in WORKFLOW.items()]
    rows += [
        f"| {name} | | {_names(states)} | | | {CHINESE[to]} | |"
        for name, states, to in BY_THEMSELVES
    ]
    return "\n".join([HEAD, "|---|---|---|---|---|---|---|", *rows])


def _row(action: str, step: Step) -> str:
    to = "、".join(CHINESE[each] for each in step.to) if step.to else "（不变）"
    needs = "、".join(need.value for need in Need if need in step.needs)
    emits = "、".join(f"`{event.__name__}`" for event in step.emits)
    cells = (step.name, f"`{action}`", _names(step.states), step.by.value, needs, to, emits)
    return f"| {' | '.join(cells)} |"


def _names(states: frozenset[State]) -> str:
    if len(states) == len(State):
        return "任何状态"
    return "、".join(CHINESE[each] for each in _ordered(states))


def _ordered(states: frozenset[State]) -> list[State]:
    return [each for each in State if each in states]
