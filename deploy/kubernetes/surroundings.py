"""What stands around the services: namespace, settings, volumes, who may speak to whom, the job."""

from collections.abc import Iterator
from typing import Any

from deploy.kubernetes.pods import ACCOUNT, CONFIG, Manifest, labels, named, pod
from deploy.kubernetes.services import HISTORY, PORTS, kafka_secrets
from deploy.kubernetes.sizes import RETENTION_DAYS, SIZES
from schemas.flow import Service

NAMESPACE = "event-hub"
SETTINGS = {
    "HUB_KAFKA_BOOTSTRAP": "event-hub-kafka-bootstrap.kafka.svc:9093",
    "HUB_KAFKA_SECURITY": "SASL_SSL",
    "HUB_KAFKA_CA": "/run/secrets/kafka_ca.pem",
    "HUB_HTTP_HOST": "0.0.0.0",  # noqa: S104  the pod is its own machine
    "HUB_LOG_LEVEL": "INFO",
    "HUB_TOPIC_REPLICATION": str(SIZES[0].replication),
    "HUB_TOPIC_RETENTION_DAYS": str(RETENTION_DAYS),
    "HUB_TOPIC_PARTITIONS": str(SIZES[0].partitions),
}
VOLUMES = {"ground": "1Gi", "history": "1Gi", "objects": "100Gi", "reconciliation": "10Gi"}
KAFKA_PORT, POSTGRES_PORT = 9093, 5432


def surroundings() -> Iterator[Manifest]:
    """Everything that is there before a service."""
    enforced = {f"pod-security.kubernetes.io/{each}": "restricted" for each in ("enforce", "warn")}
    namespace = named("Namespace", "v1", NAMESPACE)
    namespace["metadata"]["labels"] |= enforced
    yield namespace
    yield named("ServiceAccount", "v1", ACCOUNT, automountServiceAccountToken=False)
    yield named("ConfigMap", "v1", CONFIG, data=SETTINGS)
    for name, size in VOLUMES.items():
        yield _volume(f"event-hub-{name}", size)


def migration() -> Manifest:
    """Tables and topics; to be finished before the services are changed."""
    secrets = {"HUB_POSTGRES_DSN": "owner_dsn", **kafka_secrets("hub_operator")}
    secrets |= {f"HUB_{each.upper()}_POSTGRES_DSN": f"{each}_dsn" for each in Service}
    spec = pod(
        "migrate",
        ["services.cli.main", "migrate"],
        secrets,
        environment={"HUB_KAFKA_USERNAME": "hub_operator"},
        memory=512,
        mounts={},
        more={},
    )
    return named("Job", "batch/v1", "migrate", spec=_once("migrate", spec))


def learning() -> Manifest:
    """Each night the history that dispatch learns responsible units from, out of the ledger."""
    spec = pod(
        "unit-history",
        ["services.cli.main", "dispatch", "history", "--out", HISTORY],
        {"HUB_POSTGRES_DSN": "feedback_dsn"},
        environment={"HUB_GROUND": "/ground"},
        memory=512,
        mounts={"ground": True, "history": False},
        more={},
    )
    cron = {
        "schedule": "30 3 * * *",
        "timeZone": "Asia/Shanghai",
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {"spec": _once("unit-history", spec)},
    }
    return named("CronJob", "batch/v1", "unit-history", spec=cron)


def _once(part: str, spec: Manifest) -> Manifest:
    """A job that runs this pod to its end."""
    template = {"metadata": {"labels": labels(part)}, "spec": spec | {"restartPolicy": "Never"}}
    job = {"backoffLimit": 6, "activeDeadlineSeconds": 900, "ttlSecondsAfterFinished": 86_400}
    return {**job, "template": template}


def policies() -> Iterator[Manifest]:
    """Nothing is allowed but what is named here; where Kafka and PostgreSQL are, labels say."""
    yield _policy("deny-all", {}, policyTypes=["Ingress", "Egress"])
    ours = {"matchLabels": {"app.kubernetes.io/part-of": "event-hub"}}
    dns = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
    servers = (("kafka", KAFKA_PORT), ("postgres", POSTGRES_PORT))
    egress = [{"to": [_namespace("kubernetes.io/metadata.name", "kube-system")], "ports": dns}] + [
        {"to": [_namespace("event-hub/holds", name)], "ports": [{"port": port, "protocol": "TCP"}]}
        for name, port in servers
    ]
    yield _policy("to-servers", ours, policyTypes=["Egress"], egress=egress)
    for service in Service:
        asks = [_namespace("event-hub/asks", each) for each in ("metrics", "http")]
        ingress = [{"from": asks, "ports": [{"port": PORTS[service], "protocol": "TCP"}]}]
        yield _policy(
            f"to-{service}",
            {"matchLabels": labels(service)},
            policyTypes=["Ingress"],
            ingress=ingress,
        )


def _policy(name: str, selector: dict[str, Any], **spec: Any) -> Manifest:
    body = {"podSelector": selector, **spec}
    return named("NetworkPolicy", "networking.k8s.io/v1", name, spec=body)


def _namespace(label: str, value: str) -> Manifest:
    return {"namespaceSelector": {"matchLabels": {label: value}}}


def _volume(name: str, size: str) -> Manifest:
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": size}}}
    return named("PersistentVolumeClaim", "v1", name, spec=spec)
