"""The workflow: which step is allowed where, by whom, what it needs, and where it leads.

One table, drawn into the READMEs by `make diagrams`. A step that is not in it is refused
with a sentence (refusals.py); what comes of one that is stands in effects.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from schemas.case import (
    CaseAccepted,
    CaseArrived,
    CaseAsked,
    CaseChecked,
    CaseClosed,
    CaseConfirmed,
    CaseDeclined,
    CaseDenied,
    CaseDeparted,
    CaseDisposed,
    CaseEvent,
    CaseExcused,
    CaseExtended,
    CaseRegistered,
    CaseReopened,
    CaseResumed,
    CaseReturned,
    CaseSuspended,
    CaseTaskDone,
)
from schemas.incident import Kind
from schemas.worker import Action
from services.feedback.domain.case import State


class By(Enum):
    """Who may take a step."""

    ASSIGNED = "接单人"
    WITNESS = "接单人或物业值守人员"
    ANOTHER = "处置人以外的人"
    DESK = "值班派遣员"
    LEADER = "审批人"
    HOLDER = "接单人或审批人"
    PARTY = "接单人或协办单位"


class Need(Enum):
    """What a step must bring with it."""

    REASON = "理由"
    VERDICT = "是否通过"
    NEARNESS = "在现场的位置和时间"
    END = "恢复日期"
    CONDITION = "本类别的结案条件"


@dataclass(frozen=True)
class Step:
    """From these states, done by this person with these things, a step leads there.

    `to` is where the case stands afterwards, as far as the step decides it alone; None: where
    it was before. `emits` is what is told of it, in order; where one depends on another's verdict,
    as far as that goes.
    """

    name: str
    states: frozenset[State]
    by: By
    to: tuple[State, ...] | None
    needs: frozenset[Need] = frozenset()
    emits: tuple[type[CaseEvent], ...] = ()


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


def _with(*needs: Need) -> frozenset[Need]:
    return frozenset(needs)


ASKED = _from(State.PENDING_VERIFICATION, State.PENDING_ACCEPTANCE)
AT_WORK = _from(State.HANDLING, State.EN_ROUTE, State.ON_SITE)
UNDER_WAY = AT_WORK | {State.PENDING_CHECK}

WORKFLOW: dict[Action, Step] = {
    Action.CONFIRM: Step(
        "核实",
        _from(State.PENDING_VERIFICATION),
        By.WITNESS,
        (State.PENDING_ACCEPTANCE,),
        emits=(CaseConfirmed,),
    ),
    Action.FALSE_ALARM: Step(
        "误报",
        _from(State.PENDING_VERIFICATION),
        By.WITNESS,
        (State.CLOSED,),
        _with(Need.REASON),
        emits=(CaseClosed,),
    ),
    Action.ACCEPT: Step(
        "接单",
        _from(State.PENDING_ACCEPTANCE),
        By.ASSIGNED,
        (State.HANDLING,),
        emits=(CaseAccepted,),
    ),
    Action.DECLINE: Step(
        "退单",
        ASKED,
        By.ASSIGNED,
        (State.PENDING_DISPATCH,),
        _with(Need.REASON),
        emits=(CaseDeclined,),
    ),
    Action.DEPART: Step(
        "出发", _from(State.HANDLING), By.ASSIGNED, (State.EN_ROUTE,), emits=(CaseDeparted,)
    ),
    Action.ARRIVE: Step(
        "到场",
        _from(State.HANDLING, State.EN_ROUTE),
        By.ASSIGNED,
        (State.ON_SITE,),
        _with(Need.NEARNESS),
        emits=(CaseArrived,),
    ),
    Action.DISPOSE: Step(
        "处置",
        _from(State.ON_SITE),
        By.ASSIGNED,
        (State.PENDING_CHECK,),
        _with(Need.CONDITION),
        emits=(CaseDisposed,),
    ),
    Action.TASK_DONE: Step("报任务完成", AT_WORK, By.PARTY, None, emits=(CaseTaskDone,)),
    Action.CHECK: Step(
        "核查",
        _from(State.PENDING_CHECK),
        By.ANOTHER,
        (State.CLOSED, State.ON_SITE),
        _with(Need.VERDICT, Need.CONDITION),
        emits=(CaseChecked, CaseClosed),
    ),
    Action.ASK_HELP: Step(
        "申请协办", AT_WORK, By.ASSIGNED, None, _with(Need.REASON), emits=(CaseAsked,)
    ),
    Action.ASK_EXTENSION: Step(
        "申请延期", AT_WORK, By.ASSIGNED, None, _with(Need.REASON), emits=(CaseAsked,)
    ),
    Action.ASK_SUSPENSION: Step(
        "申请挂账", AT_WORK, By.ASSIGNED, None, _with(Need.REASON, Need.END), emits=(CaseAsked,)
    ),
    Action.GRANT: Step("批准", AT_WORK, By.LEADER, None, emits=(CaseExtended, CaseSuspended)),
    Action.DENY: Step(
        "不予批准", AT_WORK, By.LEADER, None, _with(Need.REASON), emits=(CaseDenied,)
    ),
    Action.RESUME: Step("恢复办理", _from(State.SUSPENDED), By.HOLDER, None, emits=(CaseResumed,)),
    Action.RETURN: Step(
        "退回立案",
        ASKED | {State.PENDING_DISPATCH},
        By.DESK,
        (State.PENDING_REGISTRATION,),
        _with(Need.REASON),
        emits=(CaseReturned,),
    ),
    Action.REGISTER: Step(
        "重新立案",
        _from(State.PENDING_REGISTRATION),
        By.DESK,
        (State.PENDING_DISPATCH,),
        emits=(CaseRegistered,),
    ),
    Action.NOT_ACCEPT: Step(
        "不予受理",
        _from(State.PENDING_REGISTRATION),
        By.DESK,
        (State.CLOSED,),
        _with(Need.REASON),
        emits=(CaseClosed,),
    ),
    Action.EXCUSE: Step(
        "超时免责", frozenset(State), By.LEADER, None, _with(Need.REASON), emits=(CaseExcused,)
    ),
    Action.REOPEN: Step(
        "重新办理",
        _from(State.CLOSED),
        By.DESK,
        (State.PENDING_DISPATCH,),
        _with(Need.REASON),
        emits=(CaseReopened,),
    ),
}

LOOKS: Mapping[Action, Step] = {
    Action.FALSE_ALARM: Step(
        "误报",
        _from(State.ON_SITE),
        By.ASSIGNED,
        (State.CLOSED,),
        _with(Need.REASON),
        emits=(CaseDisposed, CaseClosed),
    ),
    Action.DISPOSE: replace(WORKFLOW[Action.DISPOSE], needs=_with(Need.REASON, Need.CONDITION)),
}
"""Where a warning goes another way: whoever looked into it says what was found, or closes it
there and then as one without ground.
"""


def step_of(action: Action, kind: Kind) -> Step:
    """What holds for a step in a case of this kind."""
    return LOOKS.get(action, WORKFLOW[action]) if kind is Kind.WARNING else WORKFLOW[action]


BY_THEMSELVES: tuple[tuple[str, frozenset[State], State], ...] = (
    ("派单", _from(State.PENDING_DISPATCH), State.PENDING_ACCEPTANCE),
    ("派单（疑似）", _from(State.PENDING_DISPATCH), State.PENDING_VERIFICATION),
    ("批准挂账", AT_WORK, State.SUSPENDED),
    ("挂账到期或恢复（回到原环节）", _from(State.SUSPENDED), State.HANDLING),
    ("回访未解决", _from(State.CLOSED), State.PENDING_DISPATCH),
    ("撤单或并入", frozenset(State) - {State.CLOSED}, State.CLOSED),
)
"""What leads on without a step of somebody: name, from, to. For the drawing."""
