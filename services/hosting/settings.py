"""What an operator can set for any service, through `HUB_*` in the environment."""

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from services.kernel.errors import HubError

_MOUNTED = Path("/run/secrets")
SECRETS = _MOUNTED if _MOUNTED.is_dir() else None
"""Where an engine mounts secrets, each a file named as the setting; the environment comes first."""


class WrongSettings(HubError):
    """What was set can not be used; the message names each variable, and never shows its value."""


class Settings(BaseSettings):
    """Settings of an operator. Raises WrongSettings, in words for them."""

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            told = "; ".join(
                f"{self._variable(each['loc'])}: {each['msg']}" for each in error.errors()
            )
            raise WrongSettings(told) from None
        except SettingsError as error:
            raise WrongSettings(f"{error}: {error.__cause__}") from None

    @classmethod
    def _variable(cls, place: tuple[int | str, ...]) -> str:
        """How a field is called in the environment; one with an alias is told by that."""
        name = str(place[0]) if place else "HUB_*"
        is_field = name in cls.model_fields
        return f"{cls.model_config['env_prefix']}{name}".upper() if is_field else name


class SharedSettings(Settings):
    """Settings that all services share; times in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="HUB_", extra="ignore", secrets_dir=SECRETS)

    kafka_bootstrap: str = Field(description="host:port of Kafka, several with commas")
    postgres_dsn: str = Field(description="owner of the database; services fall back to it")
    http_host: str = "127.0.0.1"
    batch_records: int = Field(default=500, ge=1, le=5_000)
    batch_pause: float = Field(default=0.01, description="time for a batch to form")
    retry_limit: float = Field(default=10.0, description="how long a batch is retried in place")
    record_bytes: int = Field(default=1_048_576, description="larger records are dead letters")
    outbox_shards: int = Field(default=16, ge=1, le=256)
    relay_poll: float = 0.1
    timer_poll: float = 0.5
    watchdog_limit: float = Field(default=20.0, description="lag without progress ends the process")
    inbox_days: int = Field(default=14, description="longer than topics are kept")
    shutdown_limit: float = 15.0


class ServiceSettings(Settings):
    """What each service has of its own, through `HUB_<SERVICE>_*`."""

    model_config = SettingsConfigDict(extra="ignore", secrets_dir=SECRETS)

    postgres_dsn: str | None = Field(default=None, description="of the service's own role")
    http_port: int = Field(default=0, description="0: any free port")
