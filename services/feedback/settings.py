"""What an operator can set for feedback."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.feedback.domain.refusals import Limits
from services.hosting.settings import ServiceSettings
from services.reference.calendar import load_calendar


class FeedbackSettings(ServiceSettings):
    """`HUB_FEEDBACK_*`."""

    model_config = SettingsConfigDict(env_prefix="HUB_FEEDBACK_", extra="ignore")

    http_port: int = 8104
    arrival_metres: float = Field(
        default=300, gt=0, description="farther from the hazard nobody has arrived"
    )
    audit_pace: float = Field(
        default=3.0, gt=0, le=8, description="seconds between two rounds of the auditor"
    )
    api_token: SecretStr | None = Field(
        default=None, validation_alias="HUB_API_TOKEN", description="of the hub's own systems"
    )
    access: Path | None = Field(
        default=None,
        validation_alias="HUB_ACCESS",
        description="the keys of people's tokens; unset: only the hub's systems come in",
    )

    reconciliation: Path | None = Field(
        default=None,
        description="a folder for each day's file of tickets and states; unset: none is written",
    )
    calendar: Path | None = Field(
        default=None, validation_alias="HUB_CALENDAR", description="unset: the one that is shipped"
    )

    @property
    def limits(self) -> Limits:
        """How near is near enough, and when people are at work."""
        return Limits(arrival=self.arrival_metres, calendar=load_calendar(self.calendar))
