"""What an operator can set for feedback."""

from pydantic_settings import SettingsConfigDict

from services.hosting.settings import ServiceSettings


class FeedbackSettings(ServiceSettings):
    """`HUB_FEEDBACK_*`."""

    model_config = SettingsConfigDict(env_prefix="HUB_FEEDBACK_", extra="ignore")

    http_port: int = 8104
