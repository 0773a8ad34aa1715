"""The four services as Kubernetes runs them: workload, address, budget, scaling."""

from collections.abc import Iterator

from deploy.kubernetes.pods import Manifest, labels, named, pod
from deploy.kubernetes.sizes import SIZES, memory_limit
from schemas.flow import Service

PORTS = {service: 8101 + index for index, service in enumerate(Service)}
LAG_LIMIT = 2_000
"""Records that may wait for one process before another is started."""
PROMETHEUS = "http://prometheus.monitoring.svc:9090"
HISTORY = "/history/units.csv"
"""Which unit handled what; while it is not there dispatch suggests no units."""

OWN_SECRETS = {
    Service.INTAKE: {
        "HUB_INTAKE_PSEUDONYM_KEY": "pseudonym_key",
        "HUB_INTAKE_VAULT_KEYS": "vault_keys",
        "HUB_INTAKE_LINK_KEY": "link_key",
        "HUB_INTAKE_SYSTEM_TOKEN": "system_token",
        "HUB_API_TOKEN": "api_token",
        "source_keys": "source_keys",
    },
    Service.CLASSIFICATION: {"HUB_API_TOKEN": "api_token"},
    Service.DISPATCH: {"HUB_API_TOKEN": "api_token"},
    Service.FEEDBACK: {"HUB_API_TOKEN": "api_token", "access_keys": "access_keys"},
}
OWN_ENVIRONMENT = {
    Service.INTAKE: {
        "HUB_GROUND": "/ground",
        "HUB_OBJECTS": "/objects",
        "HUB_INTAKE_SECRETS": "/run/secrets/source_keys",
    },
    Service.CLASSIFICATION: {"HUB_GROUND": "/ground"},
    Service.DISPATCH: {"HUB_GROUND": "/ground", "HUB_DISPATCH_HISTORY": HISTORY},
    Service.FEEDBACK: {
        "HUB_OBJECTS": "/objects",
        "HUB_FEEDBACK_RECONCILIATION": "/reconciliation",
        "HUB_ACCESS": "/run/secrets/access_keys",
    },
}
MOUNTS = {
    Service.INTAKE: {"ground": True, "objects": False},
    Service.CLASSIFICATION: {"ground": True},
    Service.DISPATCH: {"ground": True, "history": True},
    Service.FEEDBACK: {"objects": False, "reconciliation": False},
}


def kafka_secrets(login: str) -> dict[str, str]:
    """What a container needs to log in to Kafka."""
    return {"HUB_KAFKA_PASSWORD": f"kafka_{login}", "kafka_ca.pem": "kafka_ca.pem"}


def manifests(service: Service) -> Iterator[Manifest]:
    """Everything that one service is made of."""
    yield _deployment(service)
    ports = [{"name": "http", "port": PORTS[service], "targetPort": "http"}]
    yield named("Service", "v1", service.value, spec={"selector": labels(service), "ports": ports})
    budget = {"maxUnavailable": 1, "selector": {"matchLabels": labels(service)}}
    yield named("PodDisruptionBudget", "policy/v1", service.value, spec=budget)
    yield _scaling(service)


def _deployment(service: Service) -> Manifest:
    template = {
        "metadata": {"labels": labels(service), "annotations": _scraped(PORTS[service])},
        "spec": _pod(service),
    }
    # The new process works before the old one goes; a service that has no lag can be two.
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    spec = {
        "replicas": SIZES[0].processes,
        "revisionHistoryLimit": 5,
        "selector": {"matchLabels": labels(service)},
        "strategy": strategy,
        "template": template,
    }
    return named("Deployment", "apps/v1", service.value, spec=spec)


def _pod(service: Service) -> Manifest:
    port = PORTS[service]
    more = {
        "ports": [{"name": "http", "containerPort": port}],
        "startupProbe": _probe("/livez", period=2, failures=60),
        "livenessProbe": _probe("/livez", period=10, failures=6),
        "readinessProbe": _probe("/readyz", period=5, failures=2),
    }
    environment = {
        f"HUB_{service.upper()}_HTTP_PORT": str(port),
        "HUB_KAFKA_USERNAME": f"hub_{service}",
        **OWN_ENVIRONMENT[service],
    }
    login = {"HUB_POSTGRES_DSN": f"{service}_dsn", **kafka_secrets(f"hub_{service}")}
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels(service)},
    }
    return pod(
        service.value,
        [f"services.{service}.main"],
        login | OWN_SECRETS[service],
        environment=environment,
        memory=memory_limit(service),
        mounts=MOUNTS[service],
        more=more,
    ) | {"topologySpreadConstraints": [spread]}


def _probe(path: str, *, period: int, failures: int) -> Manifest:
    return {
        "httpGet": {"path": path, "port": "http"},
        "periodSeconds": period,
        "timeoutSeconds": 3,
        "failureThreshold": failures,
    }


def _scraped(port: int) -> dict[str, str]:
    return {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(port),
        "prometheus.io/path": "/metrics",
    }


def _scaling(service: Service) -> Manifest:
    """By lag, never beyond the partitions: a process without one has nothing to do."""
    trigger = {
        "type": "prometheus",
        "metadata": {
            "serverAddress": PROMETHEUS,
            "query": f'sum(hub_kernel_lag_records{{service="{service}"}})',
            "threshold": str(LAG_LIMIT),
        },
    }
    spec = {
        "scaleTargetRef": {"name": service.value},
        "minReplicaCount": SIZES[0].processes,
        "maxReplicaCount": SIZES[0].partitions,
        "pollingInterval": 15,
        "cooldownPeriod": 600,
        "fallback": {"failureThreshold": 4, "replicas": SIZES[0].processes},
        "triggers": [trigger],
    }
    return named("ScaledObject", "keda.sh/v1alpha1", service.value, spec=spec)
