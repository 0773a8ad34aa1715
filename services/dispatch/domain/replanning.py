"""Another category (改类): its own rule, deadlines, kind of handling, perhaps other people."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from schemas.dispatch import Assignee, Deadlines, IncidentDispatched, Level
from schemas.event import Event
from schemas.incident import IncidentRecategorised
from services.dispatch.domain.crew_choice import department
from services.dispatch.domain.decide import dispatch, hand_to
from services.dispatch.domain.handling import RUNGS, Handling
from services.dispatch.domain.plan import Plan, holder_of, recategorised
from services.dispatch.domain.situation import Situation, facts_of


def decide_recategorised(
    event: IncidentRecategorised, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """Who has it keeps it where the other category leaves it with them; else the right one goes.

    Under the same limits its clock goes on, under others it begins anew.
    """
    if plan.is_over:
        return
    now_is = replace(recategorised(plan, event), held_until=None)
    why = f"{event.by} 改类：{event.previous.name}改为{event.category.name}"
    why = f"{why}（{event.reason}）" if event.reason else why
    if plan.assignee is None or plan.held_until:
        yield from dispatch(event.incident_id, now_is, situation, now, why)
        return
    handling = situation.book.handling(facts_of(now_is, situation, now))
    holder = holder_of(plan, plan.assignee)
    if stays(holder, handling, situation):
        because = (why, *handling.reasons, f"仍由 {holder.worker_id} 办理")
        sent = hand_to(event.incident_id, now_is, situation, now, holder, because, anew=True)
    else:
        fresh = replace(now_is, tried=())
        sent = dispatch(event.incident_id, fresh, situation, now, why, None, "person")
    yield from _anew(sent, plan)


def stays(holder: Assignee, handling: Handling, situation: Situation) -> bool:
    """Whether an incident of this handling is right with who has it."""
    if handling.desk:
        return holder.desk
    if handling.level is Level.DEPARTMENT:
        return holder == department(handling.responsible_unit or handling.lead_unit)
    is_below = RUNGS.index(holder.level) < RUNGS.index(handling.level)
    is_elsewhere = holder.desk or holder.level is Level.DEPARTMENT or is_below
    return not is_elsewhere and _is_able(holder, handling.skills, situation)


def _is_able(holder: Assignee, skills: Sequence[str], situation: Situation) -> bool:
    person = situation.roster.people.get(holder.worker_id) if situation.roster else None
    return person is None or set(skills) <= set(person.skills)


def _anew(sent: Iterator[Event], plan: Plan) -> Iterator[Event]:
    """The dispatch replaces what the earlier one said; the same limits go on."""
    for event in sent:
        if isinstance(event, IncidentDispatched):
            due = _due(event, plan)
            yield event.model_copy(update={"anew": True, "deadlines": due})
        else:
            yield event


def _due(event: IncidentDispatched, plan: Plan) -> Deadlines:
    """What was due stays due under the same limits; who is new has time to accept it."""
    due = event.deadlines
    if plan.due is None or plan.due.rule != due.rule:
        return due
    is_new = event.assignee.worker_id != plan.holder
    return plan.due.model_copy(update={"accept_by": due.accept_by}) if is_new else plan.due
