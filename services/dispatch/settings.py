"""What an operator can set for dispatch."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.hosting.settings import ServiceSettings


class DispatchSettings(ServiceSettings):
    """`HUB_DISPATCH_*`."""

    model_config = SettingsConfigDict(env_prefix="HUB_DISPATCH_", extra="ignore")

    http_port: int = 8103
    catalogue: Path | None = Field(
        default=None, validation_alias="HUB_CATALOGUE", description="unset: the one that is shipped"
    )
    rules: Path | None = Field(
        default=None, description="a folder with routing.yaml, limits.yaml or schemes.yaml"
    )
    calendar: Path | None = Field(
        default=None, validation_alias="HUB_CALENDAR", description="unset: the one that is shipped"
    )
    ground: Path | None = Field(
        default=None, validation_alias="HUB_GROUND", description="unset: the demonstration street"
    )
    roster: Path | None = Field(
        default=None,
        description="roster.yaml or its folder; without it staff numbers are made of codes",
    )
    history: Path | None = Field(
        default=None,
        description="CSV of handled events to learn responsible units from; unset: no suggestions",
    )
    api_token: SecretStr | None = Field(
        default=None, validation_alias="HUB_API_TOKEN", description="unset: HTTP takes no orders"
    )
    audit_pace: float = Field(
        default=3.0, gt=0, le=8, description="seconds between two rounds of the auditor"
    )
