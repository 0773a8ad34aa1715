"""The roster as it is written in `roster.yaml`."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.dispatch import Level

STRICT = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True, populate_by_name=True)
Hours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


class Person(BaseModel):
    """Somebody of the street, by staff number; names do not stand here.

    `areas` are codes of the grid tree; a 专属网格 is one like another. `at` is the post:
    longitude and latitude. `e_bike`: they ride, others walk.
    """

    model_config = STRICT

    id: str = Field(min_length=1, max_length=64)
    level: Level
    areas: tuple[str, ...] = Field(min_length=1)
    skills: tuple[str, ...] = ()
    at: tuple[float, float] | None = None
    e_bike: bool = False


class Shift(BaseModel):
    """Who works when, Beijing time; hours that end before they begin end on the next day.

    With `dates` on those days alone, else on the weekdays (1 to 7).
    """

    model_config = STRICT

    name: str = Field(min_length=1)
    hours: Hours
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5, 6, 7)
    dates: tuple[date, ...] = ()
    people: tuple[str, ...] = Field(min_length=1)


class Swap(BaseModel):
    """On one day, in one shift, somebody works for another (换班)."""

    model_config = STRICT

    day: date
    shift: str
    out: str
    into: str = Field(alias="in")


class Leave(BaseModel):
    """Somebody is away, both days included; a substitute works their shifts (请假、代班)."""

    model_config = STRICT

    person: str
    since: date = Field(alias="from")
    until: date
    substitute: str | None = None


class WrittenRoster(BaseModel):
    """The whole file."""

    model_config = STRICT

    people: tuple[Person, ...] = Field(min_length=1)
    shifts: tuple[Shift, ...] = Field(min_length=1)
    swaps: tuple[Swap, ...] = ()
    leave: tuple[Leave, ...] = ()
