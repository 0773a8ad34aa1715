"""What an operator can set for feedback."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.feedback.domain.refusals import Limits
from services.hosting.settings import ServiceSettings


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

    @property
    def limits(self) -> Limits:
        """How near is near enough."""
        return Limits(arrival=self.arrival_metres)
