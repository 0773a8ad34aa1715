"""Alerts and dashboards speak of metrics that exist, and say in Chinese what to do."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from schemas.flow import Service
from services.classification import metrics as classification_metrics
from services.dispatch import metrics as dispatch_metrics
from services.feedback import metrics as feedback_metrics
from services.hosting import file_watch, ground_watch
from services.hosting import metrics as hosting_metrics
from services.intake import metrics as intake_metrics
from services.kernel import metrics
from tests.dashboards import questions
from tests.debian import program

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def loaded(name: str) -> Any:
    """A file of the folder."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


RULES = [rule for group in loaded("rules.yml")["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in RULES if "alert" in rule]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
RUNBOOKS = {"runbook": ("runbook.zh-CN.md", "先做什么"), "runbook_en": ("runbook.md", "Do first")}


def exposed() -> Iterator[str]:
    """The names under which metrics of every service appear at /metrics."""
    modules = (
        *(metrics, hosting_metrics, ground_watch, file_watch),
        *(intake_metrics, classification_metrics, dispatch_metrics, feedback_metrics),
    )
    known = [each for module in modules for each in vars(module).values()]
    own = [each for each in known if isinstance(each, MetricWrapperBase)]
    for metric in own:
        for family in metric.collect():
            yield family.name + ("_total" if family.type == "counter" else "")
            if family.type == "histogram":
                yield from (f"{family.name}_{part}" for part in ("bucket", "count", "sum"))


def used(text: str) -> set[str]:
    """The metrics of the hub that a text names."""
    return set(re.findall(r"\bhub_\w+", text))


def recorded(text: str) -> set[str]:
    """The recording rules that a text names."""
    return set(re.findall(r"\bhub:[\w:]+", text))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_looks_at_metrics_that_exist(rule: dict[str, Any]) -> None:
    assert used(rule["expr"]) <= set(exposed())
    assert recorded(rule["expr"]) <= RECORDED


def test_dashboards_look_at_metrics_that_exist() -> None:
    source = "\n".join(each.text for each in questions("expr"))
    assert used(source) and used(source) <= set(exposed())
    assert recorded(source) and recorded(source) <= RECORDED


def test_the_backlogs_that_alerts_look_at_are_measured() -> None:
    named = {name for alert in ALERTS for name in re.findall(r'what="(\w+)"', alert["expr"])}
    sql = (Path(metrics.__file__).parent / "sql" / "queries.sql").read_text(encoding="utf-8")
    assert named <= set(re.findall(r"\) AS (\w+)", sql.partition("-- name: backlog")[2]))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_what_is_wrong_and_where_to_read_on(alert: dict[str, Any]) -> None:
    told = alert["annotations"]
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert CHINESE.search(told["description"])
    for annotation, (name, first) in RUNBOOKS.items():
        assert told[annotation] == f"deploy/prometheus/{name}#{alert['alert'].lower()}"
        runbook = (FOLDER / name).read_text(encoding="utf-8")
        section = runbook.partition(f"\n## {alert['alert']}\n")[2].partition("\n## ")[0]
        assert first in section


@pytest.mark.parametrize("name", [name for name, _ in RUNBOOKS.values()])
def test_a_runbook_speaks_of_no_alert_that_is_gone(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert re.findall(r"^## (Hub\w+)$", text, re.MULTILINE) == [each["alert"] for each in ALERTS]


def test_every_alert_is_tried_and_no_other() -> None:
    cases = [case for test in loaded("rules_test.yml")["tests"] for case in test["alert_rule_test"]]
    fired = {case["alertname"] for case in cases if case["exp_alerts"]}
    assert fired == {alert["alert"] for alert in ALERTS}


def test_every_service_is_scraped() -> None:
    (job,) = loaded("prometheus.yml")["scrape_configs"]
    found = {each["names"][0]: each["port"] for each in job["dns_sd_configs"]}
    assert found == {service: 8101 + number for number, service in enumerate(Service)}


def test_alerts_fire_when_they_should() -> None:
    checked(program("promtool"), "test", "rules", "rules_test.yml")


def test_alertmanager_takes_the_example_of_routes() -> None:
    checked(program("amtool"), "check-config", "alertmanager.yml")


def test_routes_and_inhibitions_speak_of_alerts_that_exist() -> None:
    text = (FOLDER / "alertmanager.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"Hub\w+", text)) <= {alert["alert"] for alert in ALERTS}


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ("alertname=HubExpressLag severity=critical", "duty-desk,operators-at-once"),
        ("alertname=HubRosterGap severity=warning", "duty-desk"),
        ("alertname=HubSurgeLong severity=warning", "duty-desk"),
        ("alertname=HubOutboxOld severity=critical", "operators-at-once"),
        ("alertname=HubLagGrowing severity=warning", "operators"),
    ],
)
def test_an_alert_reaches_those_who_can_act(labels: str, receivers: str) -> None:
    asked = ("config", "routes", "test", "--config.file=alertmanager.yml", *labels.split())
    assert checked(program("amtool"), *asked).strip() == receivers


def checked(*command: str) -> str:
    """What a program says of a file of the folder; it must be content."""
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
