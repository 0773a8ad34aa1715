"""What an operator can set for intake, through `HUB_INTAKE_*`."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.hosting.settings import ServiceSettings
from services.intake.domain.debounce import Debounce
from services.intake.domain.thread import Pace


class IntakeSettings(ServiceSettings):
    """Settings of intake; times in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="HUB_INTAKE_", extra="ignore")

    http_port: int = 8101
    pseudonym_key: SecretStr | None = Field(
        default=None, description="key of the callers' pseudonyms; unset: a new one each start"
    )
    api_token: SecretStr | None = Field(
        default=None, validation_alias="HUB_API_TOKEN", description="unset: HTTP takes no reports"
    )
    throttle: float = Field(default=600, gt=0, description="between two repeats of an alarm")
    resolve_timeout: float = Field(default=600, gt=0, description="a silent alarm is over")
    score_threshold: float = Field(
        default=0.7, ge=0, le=1, description="median score from which a scored alarm is believed"
    )
    score_count: int = Field(
        default=3, ge=1, le=10, description="scores that are counted at least, absent ones as 0"
    )
    report_bytes: int = Field(default=262_144, description="larger reports over HTTP are refused")
    ground: Path | None = Field(
        default=None, validation_alias="HUB_GROUND", description="unset: the demonstration street"
    )

    @property
    def pace(self) -> Pace:
        """The patience of the rules."""
        return Pace(
            timedelta(seconds=self.throttle),
            timedelta(seconds=self.resolve_timeout),
            Debounce(self.score_threshold, self.score_count),
        )
