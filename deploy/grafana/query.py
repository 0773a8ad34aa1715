"""Queries of panels: SQL from files on the ledger, PromQL on Prometheus."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

SQL = Path(__file__).parent / "sql"
LEDGER = DataSourceRef(type_val="grafana-postgresql-datasource", uid="ledger")
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="prometheus")
UNPLACED = "未定位"
EVERYTHING = "'*'"
"""What a variable stands for when nothing is chosen."""

AREAS = {
    "district": f"coalesce(left(community, 6), '{UNPLACED}')",
    "street": f"coalesce(left(community, 9), '{UNPLACED}')",
    "community": f"coalesce(community, '{UNPLACED}')",
    "grid": f"coalesce(grid, '{UNPLACED}')",
    "micro_grid": f"coalesce(micro_grid, '{UNPLACED}')",
}
"""The areas that can be chosen, the largest first, as expressions over the ledger."""

CHOICES = AREAS | {
    "category": "category_code",
    "source": "source",
    "mode": "coalesce(mode, '未派单')",
}


def scope(*names: str) -> str:
    """The condition that rows are what was chosen above; of all variables if none is named."""
    wanted = names or tuple(CHOICES)
    return "\n  AND ".join(f"('*' IN (${name}) OR {CHOICES[name]} IN (${name}))" for name in wanted)


def sql(name: str) -> str:
    """The SQL of a file, with the comment that says what it means."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return text.replace("{scope}", scope())


@dataclass(frozen=True)
class Sql:
    """A query on the ledger: deploy/grafana/sql/<name>.sql."""

    name: str
    is_series: bool = False

    def built(self, ref: str) -> Builder[Dataquery]:
        """The query as Grafana's SDK has it."""
        return _Ledger(self, ref)


@dataclass(frozen=True)
class Promql:
    """A query on Prometheus; `legend` names each line. An instant one gives one row a series."""

    expression: str
    legend: str = ""
    is_instant: bool = False

    def built(self, ref: str) -> Builder[Dataquery]:
        """The query as Grafana's SDK has it."""
        query = prometheus.Dataquery().expr(self.expression).datasource(PROMETHEUS).ref_id(ref)
        if self.legend:
            query.legend_format(self.legend)
        return query.instant() if self.is_instant else query.range()


Query = Sql | Promql


class _LedgerQuery(Dataquery):
    """The SDK has no class for PostgreSQL."""

    def __init__(self, query: Sql, ref: str) -> None:
        self.query = query
        self.ref = ref

    def to_json(self) -> dict[str, Any]:
        """The query as Grafana keeps it."""
        return {
            "refId": self.ref,
            "datasource": LEDGER,
            "editorMode": "code",
            "rawQuery": True,
            "format": "time_series" if self.query.is_series else "table",
            "rawSql": sql(self.query.name),
        }


class _Ledger(Builder[Dataquery]):
    def __init__(self, query: Sql, ref: str) -> None:
        self._query = _LedgerQuery(query, ref)

    def build(self) -> Dataquery:
        """The query."""
        return self._query
