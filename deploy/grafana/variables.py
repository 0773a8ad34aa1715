"""What can be chosen above a dashboard: from the district down, each level in the one before."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    VariableHide,
    VariableModel,
    VariableOption,
    VariableRefresh,
)

from deploy.grafana.links import PAGE, PAGE_SETTING
from deploy.grafana.query import AREAS, CHOICES, EVERYTHING, LEDGER, scope

LABELS = {
    "district": "区县",
    "street": "街道",
    "community": "社区",
    "grid": "网格",
    "micro_grid": "微网格",
    "category": "类别",
    "source": "来源",
    "mode": "办理方式",
}
SHOWN = {
    "category": "category_code || ' ' || category_name",
    "source": "feedback.said('source', source)",
}
"""Variables whose values have a name; the others are shown as they are."""
PERIODS = {"hour": "小时", "day": "日", "week": "周", "month": "月"}
LEVELS = {name: LABELS[name] for name in AREAS}

Variable = Builder[VariableModel]


def variable(name: str) -> Variable:
    """A variable by its name."""
    if name in CHOICES:
        return _choice(name)
    return {"period": _period, "level": _level, "incident": _incident, "page": _page}[name]()


def options_of(name: str) -> str:
    """The SQL that finds what can be chosen: what the ledger has, in the areas chosen before."""
    above = [each for each in AREAS if list(AREAS).index(each) < _rank(name)]
    narrowed = f"\nWHERE {scope(*above)}" if above else ""
    shown = SHOWN.get(name, CHOICES[name])
    return (
        f"-- 看板上方“{LABELS[name]}”下拉框里的选项：台账里出现过的。\n"
        f"SELECT DISTINCT {shown} AS __text, {CHOICES[name]} AS __value\n"
        f"FROM feedback.v_ledger{narrowed} ORDER BY 2;"
    )


def _rank(name: str) -> int:
    return list(AREAS).index(name) if name in AREAS else 0


def _choice(name: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(name)
        .label(LABELS[name])
        .datasource(LEDGER)
        .query(options_of(name))
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(EVERYTHING)
        .current(VariableOption(selected=True, text=["全部"], value=["$__all"]))
    )


def _one_of(name: str, label: str, known: dict[str, str], first: str) -> dashboard.CustomVariable:
    chosen = VariableOption(selected=True, text=known[first], value=first)
    listed = ",".join(f"{text} : {value}" for value, text in known.items())
    options = [
        VariableOption(selected=value == first, text=text, value=value)
        for value, text in known.items()
    ]
    made = dashboard.CustomVariable(name).label(label).values(listed)
    return made.current(chosen).options(options)


def _period() -> Variable:
    return _one_of("period", "统计周期", PERIODS, "day")


def _level() -> Variable:
    return _one_of("level", "按哪一级", LEVELS, "community")


def _incident() -> Variable:
    return dashboard.TextBoxVariable("incident").label("事件编号").default_value("")


class _Unlinked(dashboard.QueryVariable):
    """Never taken from an address: a link could lead whoever has a token to another page."""

    def build(self) -> VariableModel:
        """The variable as Grafana's SDK has it."""
        made = super().build()
        made.skip_url_sync = True
        return made


def _page() -> Variable:
    """Asked of PostgreSQL: files of dashboards can not be told where the hub is."""
    return (
        _Unlinked("page")
        .label("枢纽页面")
        .hide(VariableHide.HIDE_VARIABLE)
        .datasource(LEDGER)
        .query(
            "-- 枢纽页面的地址：看板账号的设置 hub.page，没有就是本机。\n"
            f"SELECT coalesce(nullif(current_setting('{PAGE_SETTING}', true), ''), '{PAGE}')"
            " AS __value;"
        )
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .current(VariableOption(selected=True, text=PAGE, value=PAGE))
    )
