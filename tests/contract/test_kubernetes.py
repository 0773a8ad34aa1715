"""The manifests are what Kubernetes and KEDA take, fresh, closed by default, and of one mind."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from deploy.kubernetes.build import HERE, files
from deploy.kubernetes.services import PORTS
from deploy.kubernetes.sizes import SIZES, Size, table
from deploy.secure import kafka, passwords
from schemas.flow import FLOW, Service
from tests.contract.test_compose import WRITES, known_variables

VERSION = "1.32"
"""Of Kubernetes; its schemas come with kubernetes-validate."""
CRD = Path(__file__).parent / "outside" / "keda.sh_scaledobjects.yaml"


def manifests() -> Iterator[Any]:
    for path in sorted((HERE / "base").glob("*.yaml")):
        if path.name != "kustomization.yaml":
            yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


ALL = list(manifests())
KINDS = {each["kind"] for each in ALL}


def of(kind: str) -> dict[str, Any]:
    return {each["metadata"]["name"]: each for each in ALL if each["kind"] == kind}


PODS = {
    name: each["spec"]["template"]["spec"]
    for kind in ("Deployment", "Job")
    for name, each in of(kind).items()
} | {
    name: each["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    for name, each in of("CronJob").items()
}


def name_of(manifest: Any) -> str:
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


@pytest.mark.parametrize("manifest", ALL, ids=name_of)
def test_a_manifest_fits_its_schema(manifest: Any) -> None:
    if manifest["kind"] == "ScaledObject":
        versions = yaml.safe_load(CRD.read_text(encoding="utf-8"))["spec"]["versions"]
        jsonschema.validate(manifest, closed(versions[0]["schema"]["openAPIV3Schema"]))
    else:
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def closed(schema: Any) -> Any:
    """A schema that takes no field which it does not name: a misspelt one would be ignored."""
    if not isinstance(schema, dict):
        return schema
    found = {
        key: {name: closed(each) for name, each in value.items()}
        if key == "properties"
        else closed(value)
        for key, value in schema.items()
    }
    if (
        schema.get("type") == "object"
        and "properties" in schema
        and "apiVersion" not in found["properties"]
    ):
        found["additionalProperties"] = False
    return found


def test_what_is_made_is_fresh() -> None:
    stale = [name for name, text in files() if (HERE / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run 'make kubernetes'"


def test_everything_that_is_asked_for_is_there() -> None:
    wanted = {
        "Deployment",
        "Service",
        "PodDisruptionBudget",
        "ScaledObject",
        "NetworkPolicy",
        "Job",
    }
    assert wanted <= KINDS
    for kind in ("Deployment", "Service", "PodDisruptionBudget", "ScaledObject"):
        assert set(of(kind)) == set(Service)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_no_more_rights_than_it_needs(name: str) -> None:
    pod = PODS[name]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("name", PODS)
def test_every_variable_and_secret_is_one_that_is_known(name: str, tmp_path: Path) -> None:
    pod = PODS[name]
    secret = next(each["secret"] for each in pod["volumes"] if each["name"] == "secrets")
    paths = {item["path"]: item["key"] for item in secret["items"]}
    told = {each["name"] for each in pod["containers"][0]["env"]} | set(paths)
    assert told - {"source_keys", "access_keys", "kafka_ca.pem"} <= known_variables(name)
    assert set(of("ConfigMap")["event-hub"]["data"]) <= known_variables("migrate")
    passwords.make(tmp_path, "postgres:5432")
    kafka.make(tmp_path, ("kafka",))
    assert [key for key in paths.values() if not (tmp_path / key).exists()] == []


@pytest.mark.parametrize("name", PODS)
def test_every_folder_that_a_pod_is_told_of_is_mounted_there(name: str) -> None:
    """On a read-only root nothing else could be written, and nothing else would be kept."""
    (container,) = PODS[name]["containers"]
    claimed = {
        each["name"]: each["persistentVolumeClaim"]["claimName"]
        for each in PODS[name]["volumes"]
        if "persistentVolumeClaim" in each
    }
    assert set(claimed.values()) <= set(of("PersistentVolumeClaim"))
    modes = {
        each["mountPath"]: each["readOnly"]
        for each in container["volumeMounts"]
        if each["name"] in claimed
    }
    for each in container["env"]:
        if each["value"].startswith("/") and not each["value"].startswith("/run/secrets/"):
            (root,) = (path for path in modes if Path(each["value"]).is_relative_to(path))
            assert modes[root] == (each["name"] not in WRITES), each["name"]


def test_the_history_that_dispatch_learns_from_is_written_where_it_is_read() -> None:
    (container,) = PODS["unit-history"]["containers"]
    (told,) = (
        each["value"]
        for each in PODS["dispatch"]["containers"][0]["env"]
        if each["name"] == "HUB_DISPATCH_HISTORY"
    )
    assert container["command"][-2:] == ["--out", told]
    writable = {each["mountPath"] for each in container["volumeMounts"] if not each.get("readOnly")}
    assert str(Path(told).parent) in writable


@pytest.mark.parametrize("service", Service)
def test_ports_budgets_and_policies_mean_the_same_pods(service: Service) -> None:
    labels = of("Deployment")[service]["spec"]["template"]["metadata"]["labels"]
    assert of("Service")[service]["spec"]["selector"] == labels
    assert of("PodDisruptionBudget")[service]["spec"]["selector"]["matchLabels"] == labels
    policy = of("NetworkPolicy")[f"to-{service}"]["spec"]
    assert policy["podSelector"]["matchLabels"] == labels
    assert policy["ingress"][0]["ports"][0]["port"] == PORTS[service]


def test_nothing_may_speak_unless_it_is_named() -> None:
    deny = of("NetworkPolicy")["deny-all"]["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
def test_no_more_processes_than_partitions(size: Size) -> None:
    assert size.processes <= size.partitions
    assert size.partitions >= max(topic.partitions for topic in FLOW)


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not here")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
def test_an_overlay_makes_its_size(size: Size) -> None:
    folder = str(HERE / "overlays" / size.name)
    made = subprocess.run(
        ["kubectl", "kustomize", folder], capture_output=True, text=True, check=True
    )
    found = list(yaml.safe_load_all(made.stdout))
    counts = [each["spec"]["replicas"] for each in found if each["kind"] == "Deployment"]
    most = [each["spec"]["maxReplicaCount"] for each in found if each["kind"] == "ScaledObject"]
    assert counts == [size.processes] * 4 and most == [size.partitions] * 4
    config = next(each for each in found if each["kind"] == "ConfigMap")
    assert config["data"]["HUB_TOPIC_PARTITIONS"] == str(size.partitions)


def test_the_guide_has_the_sizes_as_they_are_computed() -> None:
    for guide in ("README.md", "README.zh-CN.md"):
        text = (HERE.parent / guide).read_text(encoding="utf-8")
        for row in table():
            assert f"| {' | '.join(row)} |" in text, (guide, row)
