"""After a day on which everything happened, each panel of each dashboard shows something true."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.grafana.macros import filled
from deploy.grafana.query import sql
from tests.acceptance.desk import let_a_day_pass
from tests.acceptance.prometheus import Prometheus, scraping
from tests.acceptance.town import TOKEN
from tests.dashboards import Question, boards, questions
from tests.harness import Hub

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

OPTIONS = [
    Question(name, variable["name"], variable["query"])
    for name, board in boards().items()
    for variable in board["templating"]["list"]
    if variable["type"] == "query"
]


@dataclass(frozen=True)
class Desk:
    """Where somebody sits who looks at all of it."""

    hub: Hub
    prometheus: Prometheus
    case: str

    def api(self, path: str, **query: str) -> Any:
        """What feedback answers."""
        url, headers = self.hub.url("feedback", path), {"authorization": f"Bearer {TOKEN}"}
        answer = httpx.get(url, params=query, headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def desk(running_hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("prometheus")
    with scraping(running_hub, home) as prometheus:
        case = asyncio.run(let_a_day_pass(running_hub))
        prometheus.until("hub:dispatched_within_1s:ratio_rate5m")
        yield Desk(running_hub, prometheus, case)


@pytest.fixture
async def reader(desk: Desk) -> AsyncIterator[asyncpg.Connection]:
    """A connection with the rights of the dashboards."""
    connection = await asyncpg.connect(desk.hub.servers.postgres_dsn)
    await connection.execute("SET ROLE hub_dashboard")
    yield connection
    await connection.close()


async def test_every_panel_of_the_ledger_shows_rows(desk: Desk, reader: asyncpg.Connection) -> None:
    empty = []
    for each in questions("rawSql"):
        rows = await reader.fetch(_filled(each.text, desk))
        if not any(value is not None for row in rows for value in row.values()):
            empty.append(str(each))
    assert empty == []


async def test_every_choice_above_a_dashboard_offers_something(
    desk: Desk, reader: asyncpg.Connection
) -> None:
    assert {each.panel for each in OPTIONS} >= {"district", "micro_grid", "category", "mode"}
    for each in OPTIONS:
        rows = await reader.fetch(_filled(each.text, desk))
        assert rows and all(row["__value"] for row in rows), each


def test_every_panel_of_prometheus_shows_a_line(desk: Desk) -> None:
    empty = [str(each) for each in questions("expr") if not desk.prometheus.series(each.text)]
    assert empty == []


def test_every_alert_can_be_evaluated_and_none_of_the_hub_s_health_fires(desk: Desk) -> None:
    groups = desk.prometheus.ask("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert [rule["name"] for rule in rules if rule["health"] == "err"] == []
    firing = {rule["name"] for rule in rules if rule.get("state") == "firing"}
    assert not firing & {"HubServiceDown", "HubPartAway", "HubRestarting", "HubForgotten"}


RATES = (
    ("rectification_rate", "整改率", "rectification"),
    ("rectification_rate", "净整改率", "net_rectification"),
    ("three_rates", "响应率", "response"),
    ("three_rates", "解决率", "solution"),
    ("three_rates", "满意率", "satisfaction"),
    ("other_rates", "返工率", "rework"),
    ("one_three_five", "1 分钟接单", "one_minute"),
    ("one_three_five", "5 分钟处置", "five_minutes"),
    ("dispatch_figures", "准确派遣率", "dispatch_accuracy"),
    ("recognition_figures", "摄像头误报率", "false_alarm"),
)


async def test_key_figures_are_those_of_the_api(desk: Desk, reader: asyncpg.Connection) -> None:
    since, until = datetime.now(UTC) - timedelta(days=7), datetime.now(UTC)
    asked = {"since": since.isoformat(), "until": until.isoformat()}
    (told,) = desk.api("/api/v1/metrics", **asked)
    for name, column, measure in RATES:
        row = await reader.fetchrow(filled(sql(name), since, until))
        assert row[column] == told["rates"][measure]["rate"], (name, column)
    row = await reader.fetchrow(filled(sql("rectification_rate"), since, until))
    rate = told["rates"]["rectification"]
    assert (row["已整改"], row["应整改"]) == (rate["numerator"], rate["denominator"])
    assert rate["denominator"] > 0
    open_now = await reader.fetchval(filled(sql("open_now"), since, until))
    assert open_now == desk.api("/api/v1/overview")["open"]


async def test_each_area_of_a_table_is_that_of_the_api(
    desk: Desk, reader: asyncpg.Connection
) -> None:
    since, until = datetime.now(UTC) - timedelta(days=7), datetime.now(UTC)
    asked = {"since": since.isoformat(), "until": until.isoformat()}
    for level in ("district", "community", "micro_grid"):
        text = filled(sql("rectification_by_area"), since, until, level=level)
        shown = {row["区域"]: (row["已整改"], row["应整改"]) for row in await reader.fetch(text)}
        told = {}
        for row in desk.api("/api/v1/metrics", by=level, **asked):
            rate = row["rates"]["rectification"]
            if rate["denominator"]:
                told[row["key"] or "未定位"] = (rate["numerator"], rate["denominator"])
        assert shown == told


def test_promptness_is_measured_of_what_the_rules_sent_out(desk: Desk) -> None:
    measured = desk.prometheus.value("sum(hub_feedback_dispatched_seconds_count)")
    assert measured and measured > 0
    dead = desk.prometheus.value('sum(hub_kernel_backlog{what="dead_letters"})')
    assert dead is not None


def _filled(text: str, desk: Desk) -> str:
    now = datetime.now(UTC)
    return filled(text, now - timedelta(days=7), now + timedelta(minutes=1), incident=desk.case)
