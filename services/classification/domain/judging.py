"""What classification weighs beside the words, as an operator sets it (`judging.toml`)."""

import tomllib
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from schemas.incident import Alertness, Severity

Words = tuple[Annotated[str, StringConstraints(min_length=1)], ...]
Hour = Annotated[int, Field(ge=0, le=24)]
Minutes = Annotated[float, Field(gt=0, le=24 * 60)]
SECTIONS = {"review": "[review]", "raise": "[[raise]]", "sensitive": "[[sensitive]]"}


class RulesError(Exception):
    """The rules can not be used; the message names file, line and what to do."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Review(_Rule):
    """What a wrong category and a review cost, and how long a review waits; in minutes."""

    wrong_minutes: Minutes
    review_minutes: Minutes
    patience_minutes: Minutes

    @property
    def from_confidence(self) -> float:
        """Below this a person is asked: a review costs less than what it spares."""
        return max(0.0, 1.0 - self.review_minutes / self.wrong_minutes)

    @property
    def patience(self) -> timedelta:
        """How long a review waits for its answer."""
        return timedelta(minutes=self.patience_minutes)


class Raise(_Rule):
    """One rule that raises the severity; a condition that is absent always holds."""

    name: str
    reason: str
    steps: int = Field(ge=1, le=3)
    ceiling: Literal[Severity.MEDIUM, Severity.HIGH, Severity.DANGER]
    hours: tuple[Hour, Hour] | None = None
    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    words: Words = ()
    scenes: Words = ()
    codes: Words = ()
    voices: int = Field(default=1, ge=1)
    modes: tuple[Alertness, ...] = ()
    triggers: Words = ()


class Sensitive(_Rule):
    """What is handled with care: any of the words, or a category."""

    name: str
    reason: str
    words: Words = ()
    codes: Words = ()


class Rules(_Rule):
    """One version of the rules; `version` is the hash of their text."""

    version: str
    review: Review
    raises: tuple[Raise, ...] = Field(default=(), alias="raise")
    sensitive: tuple[Sensitive, ...] = ()


NO_RULES = Rules(version="", review=Review(wrong_minutes=1, review_minutes=1, patience_minutes=15))
"""Under which nobody is asked and nothing is raised."""


def parse_rules(text: str, name: str) -> Rules:
    """Read rules; `name` is told with each fault.

    Raises RulesError with file, line and what is wrong.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{name}：不是有效的 TOML（{error}），请按所示行修正") from error
    try:
        rules = Rules(version=sha256(text.encode()).hexdigest()[:12], **found)
    except ValidationError as error:
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        where = line_of(text, first["loc"])
        told = ".".join(str(each) for each in first["loc"])
        raise RulesError(f"{name} 第 {where} 行：{told} 不合规则（{first['msg']}）") from error
    _check_names(rules, text, name)
    return rules


def _check_names(rules: Rules, text: str, file: str) -> None:
    raises, sensitive = [r.name for r in rules.raises], [r.name for r in rules.sensitive]
    for section, names in (("raise", raises), ("sensitive", sensitive)):
        for place, each in enumerate(names):
            if each in names[:place]:
                line = line_of(text, (section, place, "name"))
                raise RulesError(f"{file} 第 {line} 行：规则名“{each}”重复，请改名")


def line_of(text: str, path: tuple[int | str, ...]) -> int:
    """The line, from 1, where a section of the file (and a field in it) stands."""
    lines = text.splitlines()
    header = SECTIONS.get(str(path[0]), "") if path else ""
    number = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
    heads = [place for place, line in enumerate(lines) if header and line.strip() == header]
    if number >= len(heads):
        return 1
    field = next((each for each in path[1:] if isinstance(each, str)), "")
    for place in range(heads[number] + 1, len(lines)):
        if lines[place].startswith("["):
            break
        if field and lines[place].partition("=")[0].strip() == field:
            return place + 1
    return heads[number] + 1


def words_in(text: str, words: Words) -> list[str]:
    """The words that a text names."""
    return [each for each in words if each in text]
