"""Queries of panels: SQL from files on the ledger, PromQL on Prometheus."""

from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

SQL = Path(__file__).parent / "sql"
LEDGER = DataSourceRef(type_val="grafana-postgresql-datasource", uid="ledger")
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="prometheus")


def sql(name: str) -> str:
    """The SQL of a file, with the comment that says what it means."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


class LedgerQuery(Dataquery):
    """A query on the ledger; the SDK has no class for PostgreSQL."""

    def __init__(self, name: str, shape: str) -> None:
        self.name = name
        self.shape = shape

    def to_json(self) -> dict[str, Any]:
        """The query as Grafana keeps it."""
        return {
            "refId": "A",
            "datasource": LEDGER,
            "editorMode": "code",
            "rawQuery": True,
            "format": self.shape,
            "rawSql": sql(self.name),
        }


class Ledger(Builder[Dataquery]):
    """Builds a query from deploy/grafana/sql/<name>.sql; `shape` is table or time_series."""

    def __init__(self, name: str, shape: str = "table") -> None:
        self._query = LedgerQuery(name, shape)

    def build(self) -> Dataquery:
        """The query."""
        return self._query


def promql(expression: str, legend: str) -> prometheus.Dataquery:
    """A range query on Prometheus."""
    query = prometheus.Dataquery().expr(expression).legend_format(legend).range()
    return query.datasource(PROMETHEUS).ref_id("A")
