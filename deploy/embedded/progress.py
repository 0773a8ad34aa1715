"""How far the start of the stack is, told to whoever shows it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step's state: `done` of `total` in the step's own unit (bytes for the jars).

    Names: jars, kafka, postgres, prepare, services. It is finished when done == total.
    """

    name: str
    done: int
    total: int
    text: str = ""


Progress = Callable[[Step], None]


def unheard(step: Step) -> None:
    """A listener for starts that nobody watches."""
