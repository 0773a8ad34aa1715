"""Alerts and dashboards speak of metrics that exist, and say in Chinese what to do."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from deploy.grafana import open_cases
from schemas.flow import Service
from services.dispatch import metrics as dispatch_metrics
from services.feedback import metrics as feedback_metrics
from services.hosting import catalogue_watch, ground_watch
from services.intake import metrics as intake_metrics
from services.kernel import metrics

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def loaded(name: str) -> Any:
    """A file of the folder."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


ALERTS = [rule for group in loaded("rules.yml")["groups"] for rule in group["rules"]]


def exposed() -> Iterator[str]:
    """The names under which metrics of every service appear at /metrics."""
    modules = (
        *(metrics, ground_watch, catalogue_watch),
        *(intake_metrics, dispatch_metrics, feedback_metrics),
    )
    known = [each for module in modules for each in vars(module).values()]
    own = [each for each in known if isinstance(each, MetricWrapperBase)]
    for metric in own:
        for family in metric.collect():
            yield family.name + ("_total" if family.type == "counter" else "")


def used(text: str) -> set[str]:
    """The metrics of the hub that a text names."""
    return set(re.findall(r"\bhub_\w+", text))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_looks_at_metrics_that_exist(alert: dict[str, Any]) -> None:
    assert used(alert["expr"]) <= set(exposed())


def test_the_dashboard_looks_at_metrics_that_exist() -> None:
    source = Path(open_cases.__file__).read_text(encoding="utf-8")
    assert used(source)
    assert used(source) <= set(exposed())


def test_the_backlogs_that_alerts_look_at_are_measured() -> None:
    named = {name for alert in ALERTS for name in re.findall(r'what="(\w+)"', alert["expr"])}
    sql = (Path(metrics.__file__).parent / "sql" / "queries.sql").read_text(encoding="utf-8")
    assert named <= set(re.findall(r"\) AS (\w+)", sql.partition("-- name: backlog")[2]))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_what_is_wrong_and_where_to_read_on(alert: dict[str, Any]) -> None:
    told = alert["annotations"]
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert CHINESE.search(told["description"])
    assert told["runbook"] == f"deploy/prometheus/runbook.zh-CN.md#{alert['alert'].lower()}"
    runbook = (FOLDER / "runbook.zh-CN.md").read_text(encoding="utf-8")
    section = runbook.partition(f"\n## {alert['alert']}\n")[2].partition("\n## ")[0]
    assert "先做什么" in section


def test_every_alert_is_tried_and_no_other() -> None:
    cases = [case for test in loaded("rules_test.yml")["tests"] for case in test["alert_rule_test"]]
    fired = {case["alertname"] for case in cases if case["exp_alerts"]}
    assert fired == {alert["alert"] for alert in ALERTS}


def test_every_service_is_scraped() -> None:
    (job,) = loaded("prometheus.yml")["scrape_configs"]
    assert {each["labels"]["service"] for each in job["static_configs"]} == set(Service)


@pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool (package prometheus) is not here"
)
def test_alerts_fire_when_they_should() -> None:
    command = ["promtool", "test", "rules", "rules_test.yml"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
