"""The data dictionary (数据字典): what can be taken home, and what each column means."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.feedback.domain.measures import MEASURES, STAGES

LEDGER: Mapping[str, str] = {
    "incident_id": "事件编号",
    "opened_at": "立案时间",
    "street_code": "街道代码（9 位）",
    "community": "社区代码（12 位）",
    "grid": "网格代码（15 位）",
    "micro_grid": "微网格代码（18 位）",
    "source": "首个来源",
    "camera": "首个来源是摄像头时：设备/通道",
    "suspicion": "是否疑似（需先核实）",
    "category_code": "类别代码（5 位）",
    "category_name": "类别名称",
    "scene": "场景",
    "kind": "性质：hazard 隐患，request 求助咨询，recurrence 复发，"
    "maintenance 设备维护，warning 预警",
    "severity": "严重程度：danger 危及生命，high 高，medium 中，low 低",
    "severity_name": "严重程度（中文）",
    "state": "案件状态",
    "state_name": "案件状态（中文）",
    "state_order": "案件状态的先后",
    "mode": "办理方式",
    "level": "当前派遣的层级",
    "unit": "责任单位",
    "rule": "派遣所依据的规则",
    "rules_version": "派遣规则版本",
    "ground_version": "网格底图版本",
    "accepted_level": "首次接单的层级",
    "dispatched_at": "首次派遣时间",
    "accepted_at": "首次接单时间",
    "arrived_at": "首次到场时间",
    "disposed_at": "最近一次处置完成时间",
    "checked_at": "核查通过时间",
    "closed_at": "结案时间",
    "accept_by": "首次接单时限（错过之后，改派升级不再顺延）",
    "due_at": "处置时限",
    "check_by": "核查时限",
    "recurred_at": "30 天内首次复发的时间",
    "suspended_until": "挂账到期时间",
    "paused_by": "正在暂停计时的应急模式",
    "supervised_at": "督办时间",
    "rounds": "派遣轮次",
    "voices": "诉求数",
    "rework": "返工次数",
    "declines": "退单次数",
    "reopened": "重新办理次数",
    "extensions": "延期次数",
    "on_time": "是否按期处置",
    "excused": "超时申诉是否通过",
    "outcome": "结果：rectified 已整改，answered 已答复，looked_into 已查看，withdrawn 已撤回，"
    "false_alarm 误报，absorbed 并入，not_accepted 不予受理",
    "overdue": "是否有环节超时",
    "solved": "回访：是否解决",
    "satisfied": "回访：满意程度",
}

INCIDENT = "事件编号"
RECORDED = "入账时间"


@dataclass(frozen=True)
class Sheet:
    """A table that can be taken home: its view, its Chinese name, its columns.

    `place` is the expression of its grid code, or "" where it has none of its own: then it is
    that of its incident.
    """

    view: str
    chinese: str
    columns: Mapping[str, str]
    time: str
    place: str = ""


WHERE = "coalesce(micro_grid, grid, community)"
MEASURED: Mapping[str, str] = {
    "incident_id": INCIDENT,
    "opened_at": LEDGER["opened_at"],
    "counted_at": "计入统计的时间：应办或办结，先到为准",
    **{
        name: LEDGER[name]
        for name in (
            "street_code",
            "community",
            "grid",
            "micro_grid",
            "source",
            "camera",
            "category_code",
            "category_name",
            "scene",
            "kind",
            "severity",
            "mode",
            "state",
        )
    },
    "is_suspended": "是否挂账（不计入时限类指标）",
    **{f"{each.name}_of": f"{each.chinese}分母：{each.of}" for each in MEASURES},
    **{f"{each.name}_is": f"{each.chinese}分子：{each.counts}" for each in MEASURES},
    **{stage: f"{chinese}（秒）" for stage, chinese in STAGES.items()},
}
"""Whoever adds up the columns of a rate has the very numbers of the API."""

SHEETS: Mapping[str, Sheet] = {
    "ledger": Sheet("v_ledger", "台账", LEDGER, "opened_at", WHERE),
    "measures": Sheet("v_measures", "指标明细", MEASURED, "counted_at", WHERE),
    "voices": Sheet(
        "v_voices",
        "诉求",
        {
            "incident_id": INCIDENT,
            "recorded_at": RECORDED,
            "opened_it": "是否由它立案",
            "thread": "诉求编号",
            "source": "来源",
            "ticket_number": "热线工单编号",
            "reported_at": "上报时间",
            "confidential": "是否保密",
            "left_at": "离开本事件的时间（撤回、拆分、并入、并案被拒）",
            "solved": "回访：是否解决",
            "satisfied": "回访：满意程度",
            "rated_at": "回访时间",
        },
        "recorded_at",
    ),
    "dispatches": Sheet(
        "v_dispatches",
        "派遣",
        {
            "incident_id": INCIDENT,
            "recorded_at": RECORDED,
            "round": "轮次",
            "worker_id": "人员工号",
            "level": "层级",
            "area": "负责范围代码",
            "mode": "办理方式",
            "rule": "规则",
            "lead_unit": "牵头单位",
            "responsible_unit": "责任单位",
            "origin": "起因：rules 规则，escalation 升级，decline 退单，person 人工，"
            "reopening 重办，audit 巡检",
            "rules_version": "规则版本",
            "roster_version": "排班版本",
            "ground_version": "底图版本",
            "accept_by": "接单时限",
            "dispose_by": "处置时限",
            "check_by": "核查时限",
            "reasons": "理由（JSON 数组）",
        },
        "recorded_at",
    ),
    "steps": Sheet(
        "v_steps",
        "环节",
        {
            "incident_id": INCIDENT,
            "recorded_at": RECORDED,
            "what": "环节",
            "worker_id": "人员工号",
            "round": "轮次",
            "said": "说明",
            "action": "被拒绝的操作",
            "asked": "申请事项：help 协办，extension 延期，suspension 挂账",
            "stage": "超时的环节",
            "passed": "核查是否通过",
            "outcome": "结案结果",
            "task_id": "完成的协办任务",
            "until": "挂账到期时间",
            "said_at": "到场时间（按人员手机）",
            "distance": "到场时离事件地点（米）",
            "pictures": "照片张数",
        },
        "recorded_at",
    ),
    "tasks": Sheet(
        "v_tasks",
        "协办任务",
        {
            "incident_id": INCIDENT,
            "recorded_at": RECORDED,
            "round": "轮次",
            "task_id": "任务编号",
            "unit": "承办单位",
            "what": "任务内容",
            "due_by": "任务时限",
            "done_at": "完成时间",
            "done_by": "完成人员工号",
            "on_time": "是否按期完成",
        },
        "recorded_at",
    ),
    "evidence": Sheet(
        "v_evidence",
        "证据",
        {
            "incident_id": INCIDENT,
            "recorded_at": RECORDED,
            "stage": "环节：arrived 到场，disposed 处置，checked 核查",
            "worker_id": "人员工号",
            "round": "轮次",
            "digest": "照片摘要（SHA-256）",
            "media_type": "格式",
            "shows": "内容：before 处置前，after 处置后，other 其他",
            "taken_at": "拍摄时间（按照片自述）",
        },
        "recorded_at",
    ),
    "people": Sheet(
        "v_people",
        "人员办理",
        {
            "worker_id": "人员工号",
            "incident_id": INCIDENT,
            "round": "轮次",
            "sent_at": "派单时间",
            "accepted_at": "接单时间",
            "arrived_at": "到场时间",
            "disposed_at": "处置完成时间",
            "checked_at": "核查时间",
            "declined_at": "退单时间",
            "overdue": "超时环节数",
            "refused": "被拒操作数",
            "recorded_at": "首次入账时间",
        },
        "recorded_at",
    ),
    "sources": Sheet(
        "v_sources",
        "来源静默",
        {
            "source_id": "来源编号",
            "recorded_at": RECORDED,
            "silenced": "静默（否：恢复）",
            "name": "名称",
            "source": "来源类别",
            "silent_for": "静默时长（秒）",
            "community": "社区代码",
        },
        "recorded_at",
        "community",
    ),
    "warnings": Sheet(
        "v_warnings",
        "预警",
        {
            "warning_id": "预警编号",
            "recorded_at": RECORDED,
            "level": "等级",
            "category_code": "类别代码",
            "category_name": "类别名称",
            "area": "范围代码",
            "days": "统计天数",
            "observed": "实际件数",
            "expected": "通常件数",
            "incident_id": "据此派人查看的事件",
            "state": "查看进度（案件状态）",
            "outcome": "查看结果：looked_into 已查看，false_alarm 不属实",
            "closed_at": "查看完成时间",
        },
        "recorded_at",
        "area",
    ),
    "hot_spots": Sheet(
        "v_hot_spots",
        "热点",
        {
            "hotspot_id": "热点编号",
            "recorded_at": RECORDED,
            "sort": "类型：voices 多人反映，recurrences 反复出现，theme 同一主题",
            "theme": "主题",
            "voices": "诉求数",
            "community": "社区代码",
            "since": "起始时间",
        },
        "recorded_at",
        "community",
    ),
}


def query(sheet: Sheet) -> str:
    """The rows of a sheet: $1 a prefix of the grid code ('' for all), $2 and $3 the period."""
    own = f"{sheet.place} LIKE $1 || '%'" if sheet.place else ""
    of_incident = (
        "incident_id IN (SELECT incident_id FROM v_ledger "
        "WHERE coalesce(micro_grid, grid, community) LIKE $1 || '%')"
    )
    return (
        f"SELECT {', '.join(sheet.columns)} FROM {sheet.view} "  # noqa: S608  # our own names
        f"WHERE ($1 = '' OR {own or of_incident}) AND {sheet.time} >= $2 AND {sheet.time} < $3 "
        f"ORDER BY {sheet.time}"
    )
