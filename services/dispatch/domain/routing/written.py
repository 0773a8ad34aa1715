"""The file of a routing table, as it is written."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from schemas.dispatch import Level, Mode
from schemas.incident import Alertness, Kind, Severity
from schemas.report import Source, TicketType
from services.dispatch.domain.routing.conditions import Values, When

Desk = Literal["community", "street"]


class Then(BaseModel):
    """What a rule says; what it does not say, the next one may."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    level: Level | None = None
    desk: Desk | None = None
    mode: Mode | None = None
    lead: str | None = None
    responsible: str | None = None
    scheme: str | None = None
    deadline: str | None = None
    skills: Values[str] | None = None
    helpers: Values[str] | None = None


class Example(BaseModel):
    """An incident, and whether the rule decides about it; `then` is what must come out."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    category: str
    severity: Severity | None = None
    at: datetime = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
    kind: Kind = Kind.HAZARD
    area: str = ""
    community_type: str = ""
    source: Source | None = None
    ticket: TicketType | None = None
    reopened: bool = False
    alert: Alertness | None = None
    matches: bool = True
    then: Then = Then()


class WrittenRule(BaseModel):
    """One rule; `continue` lets the rules after it have their say."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    when: Annotated[When, BeforeValidator(lambda value: {} if value is None else value)] = When()
    then: Then
    goes_on: bool = Field(default=False, alias="continue")
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]


class Belonging(BaseModel):
    """What belongs to a department: a matter that is never pushed below `floor`.

    With `first_response`, the grass roots may hold the place until the department is there.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    department: Annotated[str, Field(min_length=1, max_length=100)]
    when: When
    floor: Level = Level.DEPARTMENT
    first_response: Values[Severity] | None = None


class WrittenTable(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)

    name: str = Field(min_length=1)
    departments: tuple[Belonging, ...] = ()
    rules: Annotated[tuple[WrittenRule, ...], Field(min_length=1)]
