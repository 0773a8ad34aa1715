"""Where somebody is now, as far as it can be told: at their post, or on the way back to it."""

from dataclasses import dataclass

from services.dispatch.domain.roster.written import Person
from services.dispatch.domain.surge import Doing, Member, Plane, between

ON_FOOT, ON_E_BIKE = (1.3, 20.0), (4.2, 45.0)
"""Metres a second, lights and crossings included; seconds to set off, to unlock and to park."""
BACK = 0.6
"""Whoever goes back to their post does so at this share of their pace."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where somebody was done with something, in degrees, and how many seconds ago."""

    longitude: float
    latitude: float
    seconds: float


def member_of(
    person: Person, plane: Plane, seen: Seen | None, worked: float, *, busy: bool
) -> Member | None:
    """Somebody of the roster on the plane; None where their post is not known."""
    if person.at is None:
        return None
    pace, start = ON_E_BIKE if person.e_bike else ON_FOOT
    at = plane.spot(*person.at)
    if seen:
        last = plane.spot(seen.longitude, seen.latitude)
        at = between(last, at, BACK * pace * seen.seconds)
    return Member(person.id, at, pace, start, worked, Doing("") if busy else None)
