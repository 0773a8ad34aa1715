"""What an operator can set for feedback."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.feedback.domain.proof import Nearness
from services.hosting.settings import ServiceSettings


class FeedbackSettings(ServiceSettings):
    """`HUB_FEEDBACK_*`."""

    model_config = SettingsConfigDict(env_prefix="HUB_FEEDBACK_", extra="ignore")

    http_port: int = 8104
    arrival_metres: float = Field(
        default=300, gt=0, description="farther from the hazard nobody has arrived"
    )
    arrival_proof: bool = Field(
        default=True, description="who arrives shows where they are, if the hazard's place is known"
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

    overview_open_here: bool = Field(
        default=False,
        description="the overview needs no token where the browser is on this machine",
    )
    reconciliation: Path | None = Field(
        default=None,
        description="a folder for each day's file of tickets and states; unset: none is written",
    )
    calendar: Path | None = Field(
        default=None, validation_alias="HUB_CALENDAR", description="unset: the one that is shipped"
    )

    objects: str = Field(
        default="",
        validation_alias="HUB_OBJECTS",
        description="folder or s3://bucket/prefix of pictures and clips; empty: none are kept",
    )
    picture_bytes: int = Field(default=15_000_000, gt=0)
    picture_pixels: int = Field(default=64_000_000, gt=0)
    clip_bytes: int = Field(default=100_000_000, gt=0)
    catalogue: Path | None = Field(
        default=None, validation_alias="HUB_CATALOGUE", description="unset: the shipped one"
    )
    closing: Path | None = Field(
        default=None, description="conditions of closing (结案条件); unset: the shipped ones"
    )
    retention: Path | None = Field(
        default=None, description="how long evidence is kept; unset: the shipped rules"
    )

    @property
    def nearness(self) -> Nearness:
        """How near is near enough."""
        return Nearness(arrival=self.arrival_metres, is_needed=self.arrival_proof)
