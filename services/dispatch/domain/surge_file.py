"""The surge rules as a street writes them (`surge.yaml`)."""

from datetime import timedelta
from math import inf
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from schemas.incident import Severity
from services.dispatch.domain.surge import SurgeRules
from services.reference.rule_files import read_rules, understood

FILE = "surge.yaml"
STRICT = ConfigDict(extra="forbid", frozen=True, validate_default=True)
Positive = Annotated[float, Field(gt=0)]
Span = Annotated[float, Field(ge=0)]
USUAL = SurgeRules()


class WrittenSurge(BaseModel):
    """What is left out is as in `SurgeRules`, where each is explained."""

    model_config = STRICT

    enabled: bool = True
    enter: Annotated[float, Field(ge=0)] = USUAL.enter
    leave: Annotated[float, Field(ge=0)] = USUAL.leave
    least: Annotated[int, Field(ge=1)] = USUAL.least
    stay_minutes: Span = USUAL.stay.total_seconds() / 60
    window_seconds: Annotated[float, Field(ge=1, le=300)] = USUAL.window.total_seconds()
    longest_wait_minutes: Positive = USUAL.longest_wait.total_seconds() / 60
    occupies_minutes: Positive = USUAL.occupies.total_seconds() / 60
    reach_minutes: Positive = USUAL.reach.total_seconds() / 60
    answer_seconds: Span = USUAL.answer.total_seconds()
    reserve_percent: Annotated[float, Field(ge=0, le=100)] = 100 * USUAL.reserve_share
    reserve_least: Annotated[int, Field(ge=0)] = USUAL.reserve_least
    cap_metres: Positive = USUAL.cap_metres
    danger_cap_metres: Positive = USUAL.danger_cap_metres
    patience_minutes: Span = USUAL.patience.total_seconds() / 60
    ageing: Span = USUAL.ageing
    head_start_minutes: dict[Severity, Span] = {
        level: span.total_seconds() / 60 for level, span in USUAL.head_start.items()
    }
    cover_price_minutes: Span = USUAL.cover_price.total_seconds() / 60
    evenness_seconds: Span = USUAL.evenness.total_seconds()
    most_at_once: Annotated[int, Field(ge=1, le=500)] = USUAL.most_at_once

    @field_validator("leave")
    @classmethod
    def _ends_later(cls, leave: float, written: ValidationInfo) -> float:
        if leave > written.data.get("enter", leave):
            raise ValueError("不能大于 enter：否则刚进入就退出")
        return leave

    @field_validator("answer_seconds")
    @classmethod
    def _leaves_time(cls, answer: float, written: ValidationInfo) -> float:
        if answer >= written.data.get("reach_minutes", inf) * 60:
            raise ValueError("应小于 reach_minutes：否则没有路上的时间")
        return answer

    @field_validator("patience_minutes")
    @classmethod
    def _ends_before(cls, patience: float, written: ValidationInfo) -> float:
        if patience > written.data.get("longest_wait_minutes", patience):
            raise ValueError("不能大于 longest_wait_minutes：否则没有作用")
        return patience

    def rules(self) -> SurgeRules:
        """The same, as dispatch reckons."""
        return SurgeRules(
            enter=self.enter,
            leave=self.leave,
            least=self.least,
            stay=timedelta(minutes=self.stay_minutes),
            longest_wait=timedelta(minutes=self.longest_wait_minutes),
            occupies=timedelta(minutes=self.occupies_minutes),
            window=timedelta(seconds=self.window_seconds),
            reach=timedelta(minutes=self.reach_minutes),
            answer=timedelta(seconds=self.answer_seconds),
            reserve_share=self.reserve_percent / 100,
            reserve_least=self.reserve_least,
            cap_metres=self.cap_metres,
            danger_cap_metres=self.danger_cap_metres,
            patience=timedelta(minutes=self.patience_minutes),
            ageing=self.ageing,
            head_start={k: timedelta(minutes=v) for k, v in self.head_start_minutes.items()},
            cover_price=timedelta(minutes=self.cover_price_minutes),
            evenness=timedelta(seconds=self.evenness_seconds),
            most_at_once=self.most_at_once,
        )


def read_surge(text: str, file: str = FILE) -> SurgeRules | None:
    """The rules, None where they are switched off; raises RuleFileError with line and remedy."""
    said = understood(WrittenSurge, read_rules(text, file))
    return said.rules() if said.enabled else None
