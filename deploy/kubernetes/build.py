"""`python -m deploy.kubernetes.build [--check]`: write base/ and overlays/, or say if stale."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from deploy.kubernetes.pods import CONFIG
from deploy.kubernetes.services import manifests
from deploy.kubernetes.sizes import SIZES, Size
from deploy.kubernetes.surroundings import NAMESPACE, learning, migration, policies, surroundings
from schemas.flow import Service

HERE = Path(__file__).parent
HEAD = "# Made by `make kubernetes` from deploy/kubernetes/*.py: change it there.\n"
KUSTOMIZE = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


def files() -> Iterator[tuple[str, str]]:
    """Path below this folder, and content, of everything that is made."""
    base = {
        "surroundings": list(surroundings()),
        "policies": list(policies()),
        "migrate": [migration()],
        "unit-history": [learning()],
        **{service.value: list(manifests(service)) for service in Service},
    }
    for name, found in base.items():
        yield f"base/{name}.yaml", text(found)
    resources = [f"{name}.yaml" for name in base]
    yield (
        "base/kustomization.yaml",
        text([KUSTOMIZE | {"namespace": NAMESPACE, "resources": resources}]),
    )
    for size in SIZES:
        yield f"overlays/{size.name}/kustomization.yaml", text([overlay(size)])


def overlay(size: Size) -> dict[str, Any]:
    """What a size changes of the base: processes, partitions."""
    scaling = [
        _replace("/spec/minReplicaCount", size.processes),
        _replace("/spec/maxReplicaCount", size.partitions),
        _replace("/spec/fallback/replicas", size.processes),
    ]
    config = [_replace("/data/HUB_TOPIC_PARTITIONS", str(size.partitions))]
    return {
        **KUSTOMIZE,
        "resources": ["../../base"],
        "replicas": [{"name": each.value, "count": size.processes} for each in Service],
        "patches": [
            {"target": {"kind": "ScaledObject"}, "patch": yaml.safe_dump(scaling)},
            {"target": {"kind": "ConfigMap", "name": CONFIG}, "patch": yaml.safe_dump(config)},
        ],
    }


def _replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


class _Plain(yaml.SafeDumper):
    """Writes everything out: an alias would be lost on a reader."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Plain.add_multi_representer(str, lambda dumper, data: dumper.represent_str(str(data)))


def text(found: Iterable[dict[str, Any]]) -> str:
    """Documents as YAML, in the order in which they were thought of."""
    options: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": 100}
    return HEAD + "---\n".join(yaml.dump(each, Dumper=_Plain, **options) for each in found)


def main() -> None:
    """Write, or check."""
    stale = []
    for name, content in files():
        path = HERE / name
        if path.exists() and path.read_text(encoding="utf-8") == content:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"stale: {', '.join(stale)}; run 'make kubernetes'")


if __name__ == "__main__":
    main()
