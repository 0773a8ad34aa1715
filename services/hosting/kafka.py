"""How Kafka is reached: in the open, or over TLS with a login of one's own."""

import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from faststream.security import BaseSecurity, SASLScram512
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.hosting.settings import SECRETS, Settings, WrongSettings


class KafkaLogin(Settings):
    """`HUB_KAFKA_*` beside the bootstrap address."""

    model_config = SettingsConfigDict(env_prefix="HUB_KAFKA_", extra="ignore", secrets_dir=SECRETS)

    security: Literal["PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    username: str = ""
    password: SecretStr = Field(default=SecretStr(""), description="by SCRAM-SHA-512")
    ca: Path | None = Field(default=None, description="PEM; unset: what the machine trusts")

    @property
    def is_open(self) -> bool:
        """Whether there is neither encryption nor a login."""
        return self.security == "PLAINTEXT"


def client_login() -> dict[str, Any]:
    """The arguments with which aiokafka's clients log in; none in the open."""
    login = KafkaLogin()
    if login.is_open:
        return {}
    return {
        "security_protocol": login.security,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": login.username,
        "sasl_plain_password": login.password.get_secret_value(),
        "ssl_context": _trust(login.ca),
    }


def broker_login() -> BaseSecurity | None:
    """The same for FastStream's broker."""
    login = KafkaLogin()
    if login.is_open:
        return None
    return SASLScram512(
        login.username, login.password.get_secret_value(), _trust(login.ca), use_ssl=True
    )


@lru_cache(maxsize=1)
def _trust(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise WrongSettings(
            f"HUB_KAFKA_CA: {ca} holds no certificates that can be read ({error.strerror}); "
            "it must name a PEM file"
        ) from None
