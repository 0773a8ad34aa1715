"""What comes of the orders of people, and of what holds an incident back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from schemas.case import CaseAsked
from schemas.dispatch import (
    Assignee,
    DisputeDecided,
    Level,
    ModeDeclared,
    ModeEnded,
    SupervisionOrdered,
)
from schemas.event import Event
from services.dispatch.domain.crew_choice import area, duty_desk
from services.dispatch.domain.decide import dispatch, hand_to, refused_pushdown
from services.dispatch.domain.orders import (
    DecideDispute,
    DeclareMode,
    EndMode,
    HandOver,
    Mend,
    Redispatch,
    Supervise,
    TakeOver,
)
from services.dispatch.domain.plan import Plan, holder_of
from services.dispatch.domain.situation import Situation, facts_of
from services.dispatch.domain.standing import EmergencyMode
from services.dispatch.domain.waiting import ran_out

SILENCE = "silence:"
"""What the names of silences and maintenance windows begin with."""


class OrderRefused(ValueError):
    """An order that can not be followed, with a sentence in Chinese that says why."""


def decide_redispatch(
    order: Redispatch, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """To the person who is named, or to whoever answers from the rung that is named."""
    _open(plan)
    because = f"{order.by} 改派：{order.reason}"
    if refused := situation.book.refusal(facts_of(plan, situation, now), order.level):
        yield refused_pushdown(order.incident_id, refused, now, order.by)
        return
    if order.worker_id:
        whom = Assignee(worker_id=order.worker_id, level=order.level, area=order.area)
        yield from hand_to(order.incident_id, plan, situation, now, whom, (because,))
        return
    above = _below(order.level)
    yield from dispatch(order.incident_id, plan, situation, now, because, above, "person")


def _below(level: Level) -> Level | None:
    """Whoever is sought above this rung is sought from `level` on."""
    rungs = list(Level)
    return rungs[rungs.index(level) - 1] if rungs.index(level) else None


def decide_takeover(
    order: TakeOver, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """Whoever says so has it."""
    _open(plan)
    where = area(plan.place, order.level) or ""
    whom = Assignee(worker_id=order.by, level=order.level, area=where)
    why = f"{order.by} 接管：{order.reason}"
    yield from hand_to(order.incident_id, plan, situation, now, whom, (why,))


def decide_dispute(
    order: DecideDispute, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """Upheld: it stays where it went. Not upheld: back to who refused it."""
    _open(plan)
    if plan.disputed is None:
        raise OrderRefused("没有待复核的退单：这一事件没有人退过，或已复核。")
    yield DisputeDecided(
        incident_id=order.incident_id,
        round=plan.round,
        upheld=order.upheld,
        by=order.by,
        reason=order.reason,
        decided_at=now,
    )
    if not order.upheld:
        why = f"退单不成立（{order.by}）：{order.reason}"
        yield from hand_to(order.incident_id, plan, situation, now, plan.disputed, (why,))


def decide_supervision(order: Supervise, plan: Plan, now: datetime) -> Iterator[Event]:
    """A leader watches it from now on: who has it, who helps and the duty desk are to know."""
    _open(plan)
    there = () if plan.assignee is None or plan.held_until else (holder_of(plan, plan.assignee),)
    told = {each.worker_id: each for each in (*there, *plan.helpers, duty_desk(plan.place))}
    yield SupervisionOrdered(
        incident_id=order.incident_id,
        by=order.by,
        note=order.note,
        to=tuple(told.values()),
        ordered_at=now,
    )


def decide_handover(
    order: HandOver, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """To who is on duty on the same rung; where nobody is, it stays where it is."""
    if plan.is_over or plan.assignee is None or plan.round != order.round:
        return
    if plan.holder != order.worker_id:
        return
    rung = plan.assignee.level
    others = replace(plan, tried=(order.worker_id,))
    pick = situation.pick((), now)
    whom, who = pick(plan.place, situation.load, others.tried, None, rung)
    if whom.level is rung and not whom.desk:
        why = (order.reason, who)
        yield from hand_to(order.incident_id, plan, situation, now, whom, why)


def decide_help(
    asked: CaseAsked, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """Who has it keeps it; the next one near by helps (协办)."""
    if asked.asked != "help" or plan.assignee is None or not plan.is_about(asked.round):
        return
    there = (plan.holder, *(each.worker_id for each in plan.helpers))
    pick = situation.pick((), now)
    helper, who = pick(plan.place, situation.load, there, None, Level.MICRO_GRID)
    why = f"请求协办：{asked.reason}；协办：{who}"
    holder = holder_of(plan, plan.assignee)
    helped = replace(plan, helpers=(*plan.helpers, helper))
    yield from hand_to(asked.incident_id, helped, situation, now, holder, (why,))


def decide_mended(order: Mend, plan: Plan, situation: Situation, now: datetime) -> Iterator[Event]:
    """What has nobody goes out; what has somebody meanwhile is left alone."""
    nobody = plan.assignee is None and plan.held_until is None
    if not plan.is_over and (nobody or (order.release and plan.held_until)):
        because = f"巡检补派：{order.problem}"
        free = replace(plan, held_until=None, inhibited=True)
        yield from dispatch(order.incident_id, free, situation, now, because, None, "audit")


def decide_released(
    incident_id: str, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """The time for which it was held is over."""
    if not plan.is_over and plan.held_until:
        because = ran_out(plan.window, now) if plan.window else f"{_behind(plan)}，派单"
        free = replace(plan, held_until=None, inhibited=True)
        yield from dispatch(incident_id, free, situation, now, because)


def _behind(plan: Plan) -> str:
    """What is over that an incident waited for."""
    if plan.behind.startswith(SILENCE):
        return "静默或检修窗口到期"
    return f"因事件 {plan.behind} 暂缓，现已到期"


def decide_mode(order: DeclareMode, known: EmergencyMode | None, now: datetime) -> Iterator[Event]:
    """The mode holds, and everybody hears of it. Each has an id of its own."""
    if known is not None:
        raise OrderRefused(f"模式编号 {order.mode_id} 已用过：请换一个编号，延长也是另行声明。")
    if order.expires_at <= now:
        raise OrderRefused("模式必须有晚于现在的结束时间。")
    yield ModeDeclared(
        mode_id=order.mode_id,
        area=order.area,
        level=order.level,
        trigger=order.trigger,
        pauses_routine=order.pauses_routine,
        by=order.by,
        expires_at=order.expires_at,
        declared_at=now,
    )


def decide_mode_end(
    order: EndMode | None, mode_id: str, mode: EmergencyMode | None, now: datetime
) -> Iterator[Event]:
    """By a person, or because its time is up."""
    if mode is None or mode.is_over:
        if order:
            raise OrderRefused(f"没有在用的模式 {mode_id}。")
        return
    yield ModeEnded(mode_id=mode_id, by=order.by if order else "", ended_at=now)


def _open(plan: Plan) -> None:
    if plan.is_over:
        raise OrderRefused("事件已结束，不能再派。")
