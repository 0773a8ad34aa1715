"""One check of the doctor: what was looked at, what was found, what to do."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check came out; only `wrong` makes the doctor fail."""

    OK = "ok"
    ATTENTION = "attention"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """`advice` says what to do; empty when all is well."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        """For machines."""
        return asdict(self)


def ok(name: str, found: str) -> Check:
    """All is well."""
    return Check(name, Verdict.OK, found)


def wrong(name: str, found: str, advice: str) -> Check:
    """Something must be done."""
    return Check(name, Verdict.WRONG, found, advice)


def measured(
    name: str, value: float, *, attention: float, wrong_at: float, found: str, advice: str
) -> Check:
    """A number against two bounds; at or above the second it is wrong."""
    if value < attention:
        return ok(name, found)
    verdict = Verdict.WRONG if value >= wrong_at else Verdict.ATTENTION
    return Check(name, verdict, found, advice)
