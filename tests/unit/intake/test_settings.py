"""What an operator can set."""

from datetime import timedelta

import pytest

from schemas.flow import Service, consumed_by
from services.hosting.settings import WrongSettings
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.main import blueprint
from services.intake.settings import IntakeSettings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_INTAKE_THROTTLE", "60")
    monkeypatch.setenv("HUB_API_TOKEN", "secret-token")
    settings = IntakeSettings()
    assert (settings.http_port, settings.pace.throttle) == (8101, timedelta(minutes=1))
    assert settings.api_token and settings.api_token.get_secret_value() == "secret-token"
    assert "secret-token" not in repr(settings)


def test_a_throttle_of_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_INTAKE_THROTTLE", "0")
    with pytest.raises(WrongSettings, match="HUB_INTAKE_THROTTLE"):
        IntakeSettings()


def test_intake_reads_each_topic_that_it_consumes() -> None:
    readers = blueprint(IntakeSettings()).readers
    assert set(readers) == {topic.name for topic in consumed_by(Service.INTAKE)}


def test_a_pseudonym_depends_on_the_key_and_not_on_how_a_number_is_written() -> None:
    one, other = KeyedPseudonyms("one"), KeyedPseudonyms("other")
    assert one.of("13800138000") != other.of("13800138000")
    assert one.of("138 0013 8000") == one.of("13800138000")
    assert one.of(" ") == ""
