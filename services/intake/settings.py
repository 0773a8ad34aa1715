"""What an operator can set for intake, through `HUB_INTAKE_*`."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.hosting.settings import ServiceSettings
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
    report_bytes: int = Field(default=262_144, description="larger reports over HTTP are refused")
    sources: Path | None = Field(
        default=None, description="the register of sources; unset: the demonstration"
    )
    secrets: Path | None = Field(
        default=None, description="keys of sources, NAME=value; beside HUB_INTAKE_KEY_<NAME>"
    )
    maintenance_days: float = Field(default=7, gt=0, le=31, description="the longest window")
    catalogue: Path | None = Field(
        default=None, validation_alias="HUB_CATALOGUE", description="unset: the one that is shipped"
    )
    ground: Path | None = Field(
        default=None, validation_alias="HUB_GROUND", description="unset: the demonstration street"
    )

    @property
    def pace(self) -> Pace:
        """The patience of the rules."""
        return Pace(timedelta(seconds=self.throttle), timedelta(seconds=self.resolve_timeout))
