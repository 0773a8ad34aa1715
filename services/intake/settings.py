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
    vault_keys: SecretStr | None = Field(
        default=None, description="id:secret, the newest first; seals the clear text"
    )
    vault_key_file: Path | None = Field(default=None, description="the same, one key a line")
    unmask_roles: str = Field(default="duty_leader,auditor", description="who may see clear text")
    role_tokens: dict[str, SecretStr] = Field(
        default_factory=dict, description="JSON: by which token a role is known over HTTP"
    )
    system_token: SecretStr | None = Field(default=None, description="of the hub's other systems")
    link_key: SecretStr | None = Field(
        default=None, description="signs the links of workers; unset: a new one each start"
    )
    link_hours: float = Field(default=72, gt=0, description="the longest that a link is good")
    relay_numbers: str = Field(default="", description="the pool of the demonstration relay")
    objects: str = Field(
        default="",
        validation_alias="HUB_OBJECTS",
        description="where pictures are kept: a directory or s3://bucket/prefix; unset: nowhere",
    )
    picture_bytes: int = Field(default=15_000_000, gt=0, description="of one picture")
    picture_pixels: int = Field(default=64_000_000, gt=0, description="of one picture")
    picture_budget: float = Field(default=1.0, gt=0, description="a batch waits no longer for them")
    picture_hosts: str = Field(default="", description="fetched from: host,*.host; unset: nowhere")
    picture_networks: str = Field(default="", description="inner networks that may be fetched from")
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
        return Pace(
            timedelta(seconds=self.throttle),
            timedelta(seconds=self.resolve_timeout),
            Debounce(self.score_threshold, self.score_count),
        )


def names_in(listed: str) -> tuple[str, ...]:
    """The names in a list with commas."""
    return tuple(filter(None, (each.strip() for each in listed.split(","))))
