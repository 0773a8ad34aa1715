"""The compose files run what the flow names: with a login of its own, and without rights."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic_settings import BaseSettings

from deploy.secure import kafka, passwords
from deploy.secure.acls import LOGINS
from schemas.flow import Service
from services.classification.settings import ClassificationSettings
from services.dispatch.settings import DispatchSettings
from services.feedback.settings import FeedbackSettings
from services.hosting.kafka import KafkaLogin
from services.hosting.settings import SharedSettings
from services.hosting.topics import TopicSettings
from services.intake.settings import IntakeSettings

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = ("compose.yaml", "compose.secure.yaml", "compose.dev.yaml")
SCHEMA = json.loads((Path(__file__).parent / "outside" / "compose-spec.json").read_text())
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
OURS = ("migrate", "hub", *Service, *(f"{each}-more" for each in Service))
JOBS = ("migrate", "hub", "dashboard-login", "kafka-logins")
SETTINGS: Mapping[str, type[BaseSettings]] = {
    "intake": IntakeSettings,
    "classification": ClassificationSettings,
    "dispatch": DispatchSettings,
    "feedback": FeedbackSettings,
}
WITHOUT_SETTINGS = {"HUB_LOG_LEVEL"}


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def filled(text: str) -> Any:
    """A compose file with its defaults put in, as the engine does it."""
    return yaml.safe_load(VARIABLE.sub(lambda found: found[2] or "", text))


FOUND = {name: filled(text_of(name)) for name in FILES}
CORE = FOUND["compose.yaml"]["services"]
SECURE = FOUND["compose.secure.yaml"]["services"]


def targets(block: Mapping[str, Any]) -> dict[str, str]:
    """The secrets of a container: by the name of the file that it sees, the name of the secret."""
    found = block.get("secrets", ())
    pairs = (
        (each, each) if isinstance(each, str) else (each["target"], each["source"])
        for each in found
    )
    return dict(pairs)


@pytest.mark.parametrize("name", FILES)
def test_a_file_fits_the_schema_of_compose(name: str) -> None:
    jsonschema.validate(FOUND[name], SCHEMA, cls=jsonschema.Draft7Validator)


@pytest.mark.parametrize("name", FILES)
def test_every_variable_has_a_default_that_the_example_names(name: str) -> None:
    example = dict(re.findall(r"^(\w+)=(.*)$", text_of(".env.example"), re.MULTILINE))
    for variable, default in VARIABLE.findall(text_of(name)):
        assert example.get(variable) == default, variable


def test_images_have_exact_tags() -> None:
    for name, block in CORE.items():
        tag = block["image"].partition(":")[2]
        assert re.fullmatch(r"v?\d+\.\d+(\.\d+)?", tag), (name, block["image"])


@pytest.mark.parametrize("name", CORE)
def test_a_container_has_no_more_rights_than_it_needs(name: str) -> None:
    block = CORE[name]
    assert not str(block["user"]).startswith("0")
    assert block["read_only"] and block["cap_drop"] == ["ALL"]
    assert block["security_opt"] == ["no-new-privileges:true"]
    limits = block["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}


@pytest.mark.parametrize("name", sorted(set(CORE) - set(JOBS)))
def test_a_container_that_stays_is_watched_and_comes_back(name: str) -> None:
    assert CORE[name]["healthcheck"]["test"][0] == "CMD"
    assert CORE[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", Service)
def test_a_service_knows_its_own_login_only(service: Service) -> None:
    block = CORE[service]
    assert block["command"] == ["python", "-m", f"services.{service}.main"]
    seen = targets(block)
    assert seen["HUB_POSTGRES_DSN"] == f"{service}_dsn"
    assert [each for each in seen.values() if each.endswith("_dsn")] == [f"{service}_dsn"]
    assert targets(SECURE[service])["HUB_KAFKA_PASSWORD"] == f"kafka_hub_{service}"
    assert SECURE[service]["environment"]["HUB_KAFKA_USERNAME"] == f"hub_{service}"


@pytest.mark.parametrize("service", Service)
def test_a_service_is_well_when_it_is_ready(service: Service) -> None:
    block = CORE[service]
    port = block["environment"][f"HUB_{service.upper()}_HTTP_PORT"]
    assert f":{port}/readyz" in block["healthcheck"]["test"][-1]
    assert block["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert block["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert CORE["hub"]["environment"][f"HUB_{service.upper()}_URL"] == f"http://{service}:{port}"


@pytest.mark.parametrize("service", Service)
def test_more_of_a_service_is_the_same_without_a_port(service: Service) -> None:
    """Two containers can not hold one port of the machine."""
    more = CORE[f"{service}-more"]
    same = {"command", "environment", "secrets", "healthcheck", "depends_on", "volumes"}
    assert all(more[each] == CORE[service][each] for each in same)
    assert (more["ports"], more["profiles"]) == ([], ["scale"])


def known_variables(name: str) -> set[str]:
    """What a container of ours may be told: the fields of the settings that it reads."""
    one = name.removesuffix("-more")
    services = [one] if one in SETTINGS else list(Service)
    kinds: list[type[BaseSettings]] = [
        SharedSettings,
        KafkaLogin,
        TopicSettings,
        *(SETTINGS[each] for each in services),
    ]
    found = set(WITHOUT_SETTINGS)
    for kind in kinds:
        for field, about in kind.model_fields.items():
            prefix = kind.model_config["env_prefix"]
            found.add(str(about.validation_alias or f"{prefix}{field}".upper()))
    return found | {f"HUB_{each.upper()}_URL" for each in services if name == "hub"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_settings_know(name: str) -> None:
    over = SECURE[name]
    told = {*CORE[name]["environment"], *over["environment"]}
    files = {*targets(CORE[name]), *targets(over)} - {"source_keys", "access_keys", "kafka_ca.pem"}
    assert told | files <= known_variables(name), (told | files) - known_variables(name)


def test_each_secret_is_a_file_that_is_made(tmp_path: Path) -> None:
    passwords.make(tmp_path, "postgres:5432")
    kafka.make(tmp_path, ("kafka",))
    made = {each.name for each in tmp_path.iterdir()}
    wanted = {
        Path(secret["file"]).name
        for name in ("compose.yaml", "compose.secure.yaml")
        for secret in FOUND[name]["secrets"].values()
    }
    assert wanted <= made
    assert made - wanted == {f"kafka_{each}" for each in LOGINS if each.endswith("stream")}


def test_secrets_once_made_stay_and_are_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    passwords.make(folder, "postgres:5432")
    before = {each.name: each.read_text() for each in folder.iterdir()}
    folder.chmod(0o755)
    assert passwords.make(folder, "elsewhere:1") == []
    assert {each.name: each.read_text() for each in folder.iterdir()} == before
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (
        before["owner_dsn"] == f"postgresql://hub:{before['postgres_password']}@postgres:5432/hub"
    )


def test_no_password_stands_in_a_file() -> None:
    for name in FILES:
        for key, value in re.findall(
            r"(\w*(?:PASSWORD|KEY|TOKEN)(?:_*FILE)?): (\S+)", text_of(name)
        ):
            assert value.startswith(("/run/secrets/", "{file:")), (name, key)


def test_one_image_is_built_once() -> None:
    """Builds of one name side by side fail with "already exists"."""
    assert len({CORE[name]["image"] for name in OURS}) == 1
    assert [name for name, each in CORE.items() if "build" in each] == ["migrate"]


def test_what_is_mounted_is_there() -> None:
    mounted = [each.split(":")[0] for block in CORE.values() for each in block.get("volumes", ())]
    files = [each for each in mounted if each.startswith("./")]
    volumes = {each for each in mounted if not each.startswith("./")}
    assert files and [each for each in files if not (DEPLOY / each).exists()] == []
    assert volumes == set(FOUND["compose.yaml"]["volumes"])


WRITES = {"HUB_OBJECTS", "HUB_FEEDBACK_RECONCILIATION"}
"""What a service itself writes; the rest of its folders it only reads."""


@pytest.mark.parametrize("name", OURS)
def test_every_folder_that_a_container_is_told_of_is_mounted_there(name: str) -> None:
    """On a read-only root nothing else could be written, and nothing else would be kept."""
    mounted = dict(each.split(":", 1) for each in CORE[name]["volumes"])
    modes = {target.removesuffix(":ro"): target.endswith(":ro") for target in mounted.values()}
    for variable, value in CORE[name]["environment"].items():
        if str(value).startswith("/") and not value.startswith("/run/secrets/"):
            (root,) = (each for each in modes if Path(value).is_relative_to(each))
            assert modes[root] == (variable not in WRITES and name != "hub"), variable


def test_every_volume_of_ours_belongs_to_the_user_of_the_image() -> None:
    """A new volume takes its owner from the folder of the image that it is mounted over."""
    mounted = {each.split(":")[1] for name in OURS for each in CORE[name]["volumes"]}
    for word in ("mkdir -p", "chown 10001:10001"):
        (line,) = re.findall(rf"{word} (.*root/.*\S) \\$", text_of("Dockerfile"), re.MULTILINE)
        assert mounted == {each.removeprefix("root") for each in line.split()} - {"/etc"}


def test_what_is_watched_is_there_and_in_the_image() -> None:
    for service in Service:
        for each in FOUND["compose.dev.yaml"]["services"][service]["develop"]["watch"]:
            assert (DEPLOY / each["path"]).exists()
            assert each.get("target", "/app/").startswith("/app/")


@pytest.mark.parametrize("service", Service)
def test_what_is_copied_in_is_what_runs(service: Service) -> None:
    """The image's byte code is of the kind that is not compared with its source by itself."""
    assert "--invalidation-mode unchecked-hash app" in text_of("Dockerfile")
    python, *check, flag, module = FOUND["compose.dev.yaml"]["services"][service]["command"]
    assert [python, flag, module] == CORE[service]["command"]
    assert check == ["--check-hash-based-pycs", "always"]


def test_the_dockerfile_has_no_faults() -> None:
    found = subprocess.run(
        ["hadolint", str(DEPLOY / "Dockerfile")],
        capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert found.returncode == 0, found.stdout


def test_the_image_holds_what_its_containers_run() -> None:
    """What is copied into the image is let through to the builder, and nothing else is."""
    copied = set(re.findall(r"^COPY (\S+) app/", text_of("Dockerfile"), re.MULTILINE))
    let_through = set(re.findall(r"^!(\S+)", text_of("Dockerfile.dockerignore"), re.MULTILINE))
    assert copied | {"requirements/run.txt"} == let_through
    assert {"services", "schemas", "deploy/secure"} <= copied
