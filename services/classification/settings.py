"""What an operator can set for classification."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.classification.domain.risk.parameters import SHIPPED
from services.hosting.settings import ServiceSettings


class ClassificationSettings(ServiceSettings):
    """`HUB_CLASSIFICATION_*`."""

    model_config = SettingsConfigDict(env_prefix="HUB_CLASSIFICATION_", extra="ignore")

    http_port: int = 8102
    catalogue: Path | None = Field(
        default=None, validation_alias="HUB_CATALOGUE", description="unset: the one that is shipped"
    )
    api_token: SecretStr | None = Field(
        default=None, validation_alias="HUB_API_TOKEN", description="for commands over HTTP"
    )
    themes_every: float = Field(
        default=3600.0, gt=0, description="seconds between two looks for themes of weeks"
    )
    ground: Path | None = Field(
        default=None, validation_alias="HUB_GROUND", description="unset: the demonstration street"
    )
    risk: Path = Field(default=SHIPPED, description="the figures of the risk watch")
    risk_pace: float = Field(default=10_800, gt=0, description="seconds between two looks for risk")
