"""What an operator can set for dispatch."""

from pathlib import Path

from pydantic import Field
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
