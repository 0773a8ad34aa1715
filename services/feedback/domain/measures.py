"""The rates of the hub (指标): each with its denominator, as the view `v_measures` has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Measure:
    """A rate: `of` are those that count, `counts` are those among them that did well (or not).

    Incidents are counted; `voices`: each of their voices for itself.
    """

    name: str
    chinese: str
    counts: str
    of: str
    voices: bool = False

    def counted(self, part: str) -> str:
        """The expression over `v_measures` for a part of it, `is` or `of`."""
        column = f"{self.name}_{part}"
        return f"sum({column})::float8" if self.voices else f"count(*) FILTER (WHERE {column})"


MEASURES = (
    Measure("rectification", "整改率", "核查通过的隐患", "应整改的隐患"),
    Measure("net_rectification", "净整改率", "核查通过且未复发、未重新办理的隐患", "应整改的隐患"),
    Measure("disposal", "处置率", "已处置", "应处置"),
    Measure("disposal_on_time", "按期处置率", "按期处置", "应处置（超时申诉通过的除外）"),
    Measure("closing", "结案率", "已结案", "应结案"),
    Measure("closing_on_time", "按期结案率", "按期结案", "应结案（超时申诉通过的除外）"),
    Measure("rework", "返工率", "返工", "已处置"),
    Measure("dispatch_accuracy", "准确派遣率", "派遣后未被退回", "已派遣"),
    Measure("dispatch_on_time", "按期派遣率", "15 分钟内派遣", "应派遣"),
    Measure("valid_report", "有效上报率", "有效", "上报"),
    Measure("response", "响应率", "按期接单", "应响应（超时申诉通过的除外）"),
    Measure("solution", "解决率", "已解决", "有效回访", voices=True),
    Measure("satisfaction", "满意率", "满意和基本满意（按权重）", "有效评价", voices=True),
    Measure("within_grid", "小事不出网格率", "在网格内办结", "网格内受理"),
    Measure("recurrence", "30 天复发率", "30 天内复发", "整改完成的隐患"),
    Measure("one_minute", "1 分钟响应率", "派单后 1 分钟内接单", "危及生命的事件"),
    Measure("three_minutes", "3 分钟到场率", "派单后 3 分钟内到场", "危及生命的事件"),
    Measure("five_minutes", "5 分钟处置率", "派单后 5 分钟内处置", "危及生命的事件"),
    Measure("false_alarm", "摄像头误报率", "误报", "已核实的疑似"),
    Measure("unfounded_warning", "预警不实率", "查看后不属实", "已查看的风险预警"),
)

STAGES = {
    "to_accept": "派单到接单",
    "to_arrive": "接单到到场",
    "to_dispose": "到场到处置",
    "to_close": "处置到结案",
}
"""The stages whose time is told, as columns of `v_measures`."""

SHARES = (0.5, 0.9)
"""Which of the incidents, the quickest first, had passed a stage in the time that is told."""


class Axis(StrEnum):
    """By what the incidents can be told apart; each with its expression over `v_measures`."""

    ALL = "all"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    MICRO_GRID = "micro_grid"
    CATEGORY = "category"
    SCENE = "scene"
    SOURCE = "source"
    CAMERA = "camera"
    MODE = "mode"
    SEVERITY = "severity"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


EXPRESSIONS = {
    Axis.ALL: "'全部'",
    Axis.DISTRICT: "left(community, 6)",
    Axis.STREET: "nullif(street_code, '')",
    Axis.COMMUNITY: "community",
    Axis.GRID: "grid",
    Axis.MICRO_GRID: "micro_grid",
    Axis.CATEGORY: "category_code || ' ' || category_name",
    Axis.SCENE: "scene",
    Axis.SOURCE: "source",
    Axis.CAMERA: "camera",
    Axis.MODE: "mode",
    Axis.SEVERITY: "severity",
    Axis.DAY: "to_char(counted_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')",
    Axis.WEEK: "to_char(counted_at AT TIME ZONE 'Asia/Shanghai', 'IYYY-\"W\"IW')",
    Axis.MONTH: "to_char(counted_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
}


def query(axis: Axis) -> str:
    """The measures by an axis: $1 a prefix of the grid code, $2 and $3 the period.

    Columns: `key`, `incidents`, `suspended`, for each rate `<name>_is` and `<name>_of`, for each
    stage the seconds at SHARES.
    """
    counts = ",\n    ".join(
        f"{each.counted(part)} AS {each.name}_{part}" for each in MEASURES for part in ("is", "of")
    )
    times = ",\n    ".join(
        f"percentile_cont(ARRAY[{', '.join(map(str, SHARES))}]) WITHIN GROUP (ORDER BY {stage}) "
        f"AS {stage}"
        for stage in STAGES
    )
    return f"""SELECT {EXPRESSIONS[axis]} AS key, count(*) AS incidents,
    count(*) FILTER (WHERE is_suspended) AS suspended,
    {counts},
    {times}
FROM v_measures
WHERE ($1 = '' OR starts_with(coalesce(micro_grid, grid, community), $1))
    AND counted_at >= $2 AND counted_at < $3
GROUP BY 1 ORDER BY 1 NULLS LAST"""  # noqa: S608  # of our own names, nothing of a caller


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `query` as it is shown: each rate with its numerator and denominator."""
    counts = {name: row[name] for name in ("key", "incidents", "suspended")}
    rates = {each.name: _rate(each, row) for each in MEASURES}
    seconds = {
        stage: {"chinese": chinese, **_shares(row[stage])} for stage, chinese in STAGES.items()
    }
    return {**counts, "rates": rates, "seconds": seconds}


def _shares(seconds: Sequence[float] | None) -> dict[str, float | None]:
    times: Sequence[float | None] = seconds or [None] * len(SHARES)
    return {f"p{share * 100:.0f}": at for share, at in zip(SHARES, times, strict=True)}


def _rate(measure: Measure, row: dict[str, Any]) -> dict[str, Any]:
    counted, among = (_whole(row[f"{measure.name}_{part}"]) for part in ("is", "of"))
    return {
        "chinese": measure.chinese,
        "rate": counted / among if among else None,
        "numerator": counted,
        "denominator": among,
    }


def _whole(number: float) -> float:
    """Without a fraction where there is none: ratings may be weighed, and mostly are not."""
    return int(number) if number == int(number) else number
