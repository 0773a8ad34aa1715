"""One incident explains others (抑制): a power cut holds back the lift alarms of its block."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from schemas.incident import Severity
from services.reference.catalogue import Catalogue
from services.reference.ground.codes import Level, at_level
from services.reference.rule_files import At, Fault, RuleFileError, read_rules, understood

FILE = "inhibitions.yaml"
STRICT = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Inhibition(BaseModel):
    """Categories that hold back others in the same unit of the grid tree, for so many minutes."""

    model_config = STRICT

    name: str = Field(min_length=1)
    cause: tuple[str, ...] = Field(min_length=1)
    holds: tuple[str, ...] = Field(min_length=1)
    within: Level
    minutes: int = Field(ge=1, le=1_440)

    @property
    def limit(self) -> timedelta:
        """After that they go out, whatever the cause does."""
        return timedelta(minutes=self.minutes)


class _File(BaseModel):
    model_config = STRICT

    inhibitions: tuple[Inhibition, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """An open incident that may explain others; `area` is the lowest unit that is known."""

    incident_id: str
    category: str
    area: str


def read_inhibitions(text: str, catalogue: Catalogue, file: str = FILE) -> tuple[Inhibition, ...]:
    """The inhibitions of a file; raises RuleFileError with line and what to do."""
    written = read_rules(text, file)
    said = understood(_File, written)
    faults: list[Fault] = []
    at: At
    for row, each in enumerate(said.inhibitions):
        for key, codes in (("cause", each.cause), ("holds", each.holds)):
            for number, code in enumerate(codes):
                if code not in catalogue.entries:
                    at = ("inhibitions", row, key, number)
                    faults.append(written.fault(at, f"目录中没有类别 {code}。", "请核对编码。"))
        if set(each.cause) & set(each.holds):
            at = ("inhibitions", row, "holds")
            faults.append(written.fault(at, "同一类别既是原因又被抑制。", "请删去其中一处。"))
    if faults:
        raise RuleFileError(faults)
    return said.inhibitions


def explained_by(
    category: str,
    severity: Severity,
    area: str,
    rules: Iterable[Inhibition],
    causes: Iterable[Cause],
) -> tuple[Inhibition, Cause] | None:
    """The first rule and open incident that explain this one; danger to life is never held."""
    if severity is Severity.DANGER or not area:
        return None
    causes = list(causes)
    for rule in rules:
        if category in rule.holds and (unit := at_level(area, rule.within)):
            for cause in causes:
                if cause.category in rule.cause and at_level(cause.area, rule.within) == unit:
                    return rule, cause
    return None
