"""After a restore: what went out after the backup, and is decided again as it was then."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.event import Event
from services.kernel.errors import NotYet
from services.kernel.record import TIMER, new_id

MOST_OF_ONE = 256
"""Events that one message may have led to."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event that lies in the topics, though the restored tables do not know of it."""

    id: str
    cause: str
    sequence: int
    event: Event
    express: bool = False
    """The lane that it went by."""


class Recollection:
    """What a service knows of its own words; empty unless its tables came back from a backup.

    `in_turn`: it is decided again in the order in which it went out.
    """

    def __init__(self, said: Iterable[Said] = (), *, in_turn: bool = False) -> None:
        self.in_turn = in_turn
        self._of: dict[str, dict[str, Said]] = defaultdict(dict)
        self._by: dict[str, list[Said]] = defaultdict(list)
        self._again: set[str] = set()
        for each in said:
            self._of[each.event.subject][each.id] = each
            self._by[each.cause].append(each)

    def number(self, about: str, name: str, last: int) -> int:
        """The number that an event had, or the next one beyond all that went out."""
        said: Mapping[str, Said] = self._of.get(about, {})
        if name in said:
            return said[name].sequence
        return max([last, *(each.sequence for each in said.values())]) + 1

    def lane(self, about: str, express: bool) -> bool:
        """The lane by which the events of a subject went; `express` if none did."""
        return next((each.express for each in self._of.get(about, {}).values()), express)

    def led_to(self, cause: str) -> dict[int, Event]:
        """What went out because of a message, by the places that it had among its effects."""
        mine = self._by.get(cause, ())
        places = {
            new_id(cause, kind, index): index
            for kind in {each.event.ce_type for each in mine}
            for index in range(MOST_OF_ONE)
        }
        return {places[each.id]: each.event for each in mine if each.id in places}

    def await_turn(self, cause: str) -> None:
        """What went out of a subject before a message's effect has its effect before it again.

        Messages of several topics come in another order now than they came then. Raises NotYet.
        A timer is not waited for: it fires when all has been read.
        """
        for mine in self._by.get(cause, ()) if self.in_turn else ():
            for each in self._of[mine.event.subject].values():
                is_before = each.sequence < mine.sequence and each.cause != cause
                is_done = each.id in self._again or each.cause.startswith(TIMER)
                if is_before and not is_done:
                    raise NotYet(f"{each.event.ce_type} {each.sequence} went out before it")

    def note(self, ids: Iterable[str]) -> None:
        """These events go out again."""
        if self._of:
            self._again.update(ids)
