"""compose.yaml runs what the flow names, each with a login of its own and no password inside."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.flow import Service

DEPLOY = Path(__file__).parents[2] / "deploy"
TEXT = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)["services"]


@pytest.mark.parametrize("service", Service)
def test_a_service_runs_with_its_own_login_only(service: Service) -> None:
    block: dict[str, Any] = COMPOSE[service]
    assert block["command"] == ["python", "-m", f"services.{service}.main"]
    environment = block["environment"]
    assert environment[f"HUB_{service.upper()}_POSTGRES_DSN"].startswith(
        f"postgresql://hub_{service}:"
    )
    logins = re.findall(r"postgresql://(\w+):", str(environment))
    assert set(logins) == {f"hub_{service}"}


@pytest.mark.parametrize("service", Service)
def test_a_service_is_well_when_it_is_ready(service: Service) -> None:
    block: dict[str, Any] = COMPOSE[service]
    port = block["environment"][f"HUB_{service.upper()}_HTTP_PORT"]
    assert f":{port}/readyz" in block["healthcheck"]["test"][-1]
    assert block["ports"][0].endswith(f":{port}:{port}")
    assert block["restart"] == "unless-stopped"
    assert block["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("service", Service)
def test_the_command_hub_finds_each_service(service: Service) -> None:
    url = COMPOSE["hub"]["environment"][f"HUB_{service.upper()}_URL"]
    assert url == f"http://{service}:{COMPOSE[service]['ports'][0].rpartition(':')[2]}"


def test_passwords_and_keys_come_from_outside() -> None:
    """Every one is named in the example, and none has a value there."""
    wanted = set(re.findall(r"\$\{(HUB_\w+(?:PASSWORD|KEY|TOKEN)):\?", TEXT))
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    assert wanted == set(re.findall(r"^(HUB_\w+)=$", example, re.MULTILINE))
    assert not re.search(r"(PASSWORD|KEY|TOKEN): (?!\$\{)", TEXT)


def test_callers_keep_their_pseudonyms_over_a_restart() -> None:
    assert "HUB_INTAKE_PSEUDONYM_KEY" in COMPOSE["intake"]["environment"]


def test_one_image_is_built_once() -> None:
    """Builds of one name side by side fail with "already exists"."""
    ours = [each for each in COMPOSE.values() if each["image"].startswith("event-hub:")]
    assert len({each["image"] for each in ours}) == 1
    assert [name for name, each in COMPOSE.items() if "build" in each] == ["migrate"]


def test_what_compose_mounts_is_there() -> None:
    mounted = [
        each.split(":")[0] for block in COMPOSE.values() for each in block.get("volumes", ())
    ]
    files = [each for each in mounted if each.startswith("./")]
    assert files
    assert [each for each in files if not (DEPLOY / each).exists()] == []
