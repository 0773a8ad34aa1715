"""What every container of ours has in common: no rights, a read-only root, secrets as files."""

from collections.abc import Mapping
from typing import Any

IMAGE = "event-hub:0.1.0"
CONFIG, SECRETS, ACCOUNT = "event-hub", "event-hub-secrets", "event-hub"
USER = 10001
CLOSED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
POD_SECURITY = {
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": USER,
    "fsGroup": USER,
    "seccompProfile": {"type": "RuntimeDefault"},
}

Manifest = dict[str, Any]


def labels(part: str) -> dict[str, str]:
    """By which a part of the hub is found."""
    return {"app.kubernetes.io/name": part, "app.kubernetes.io/part-of": "event-hub"}


def named(kind: str, version: str, name: str, **body: Any) -> Manifest:
    """A manifest of this kind."""
    metadata = {"name": name, "labels": labels(name)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **body}


def pod(
    part: str,
    module: list[str],
    secrets: Mapping[str, str],
    *,
    environment: Mapping[str, str],
    memory: int,
    mounts: Mapping[str, bool],
    more: Manifest,
) -> Manifest:
    """The specification of a pod with one container.

    `secrets` names the file of each secret, `mounts` the volumes and whether they are read only,
    `more` what this container has beside.
    """
    container = {
        "name": part,
        "image": IMAGE,
        "command": ["python", "-m", *module],
        "envFrom": [{"configMapRef": {"name": CONFIG}}],
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "resources": {
            "requests": {"cpu": "250m", "memory": f"{memory // 2}Mi"},
            "limits": {"memory": f"{memory}Mi"},
        },
        "securityContext": CLOSED,
        "volumeMounts": [
            {"name": "secrets", "mountPath": "/run/secrets", "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},
            *({"name": n, "mountPath": f"/{n}", "readOnly": only} for n, only in mounts.items()),
        ],
        **more,
    }
    return {
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "securityContext": POD_SECURITY,
        "terminationGracePeriodSeconds": 30,
        "containers": [container],
        "volumes": [_secret_volume(secrets), {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}]
        + [_shared_volume(name) for name in mounts],
    }


def _secret_volume(secrets: Mapping[str, str]) -> Manifest:
    items = [{"key": key, "path": path} for path, key in secrets.items()]
    secret = {"secretName": SECRETS, "items": items, "defaultMode": 0o440}
    return {"name": "secrets", "secret": secret}


def _shared_volume(name: str) -> Manifest:
    return {"name": name, "persistentVolumeClaim": {"claimName": f"event-hub-{name}"}}
