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
    model: Path | None = Field(default=None, description="unset: the one that is shipped")
    rules: Path | None = Field(default=None, description="unset: judging.toml as it is shipped")
    api_token: SecretStr | None = Field(
        default=None, validation_alias="HUB_API_TOKEN", description="unset: HTTP takes no commands"
    )
    llm_url: str = Field(
        default="", description="OpenAI-compatible base URL; empty: no language model is asked"
    )
    llm_model: str = ""
    llm_key: SecretStr | None = None
    llm_seconds: float = Field(default=8.0, gt=0, description="time for one answer")
    llm_daily_cost: float = Field(default=10.0, ge=0, description="in the currency of the prices")
    llm_price_in: float = Field(default=0.0, ge=0, description="for 1,000,000 tokens asked")
    llm_price_out: float = Field(default=0.0, ge=0, description="for 1,000,000 tokens answered")
    llm_least_cost: float = Field(
        default=0.001, gt=0, description="what a question costs at least, whatever it says itself"
    )
    themes_every: float = Field(
        default=3600.0, gt=0, description="seconds between two looks for themes of weeks"
    )
    ground: Path | None = Field(
        default=None, validation_alias="HUB_GROUND", description="unset: the demonstration street"
    )
    risk: Path = Field(default=SHIPPED, description="the figures of the risk watch")
    risk_pace: float = Field(default=10_800, gt=0, description="seconds between two looks for risk")
