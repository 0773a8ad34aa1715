"""A leader watches a case: who has it is reminded each day until it is over."""

from datetime import timedelta

from schemas.case import CaseReminded
from schemas.dispatch import SupervisionOrdered
from services.feedback.domain.case import Case, State
from services.feedback.domain.clocks import deadlines
from services.feedback.domain.decide import decide_timer
from services.feedback.domain.evolve import after as taken
from services.feedback.domain.supervising import REMIND
from tests.unit.feedback.cases import NOON, WORKER, case_in, minutes, sent

DAY = timedelta(days=1)
ORDERED = SupervisionOrdered(incident_id="I1", by="L-1", ordered_at=NOON)


def watched(state: State) -> Case:
    return taken(case_in(state), [ORDERED])


def test_a_case_that_is_watched_is_reminded_of_each_day() -> None:
    case = watched(State.HANDLING)
    assert deadlines(case)[REMIND] == NOON + DAY
    (told,) = decide_timer("I1", case, REMIND, NOON + DAY)
    assert isinstance(told, CaseReminded)
    assert (told.by, told.number, told.worker_id) == ("L-1", 1, WORKER)
    assert told.due_at == sent().deadlines.dispose_by
    again = taken(case, [told])
    assert deadlines(again)[REMIND] == NOON + 2 * DAY
    assert again.watch is not None and again.watch.since == NOON


def test_the_moment_before_the_disposal_is_due_is_not_passed_over() -> None:
    due = sent().deadlines.model_copy(update={"remind_at": minutes(100)})
    case = taken(case_in(State.PENDING_DISPATCH), [sent().model_copy(update={"deadlines": due})])
    case = taken(case, [ORDERED])
    assert deadlines(case)[REMIND] == minutes(100)
    (told,) = decide_timer("I1", case, REMIND, minutes(100))
    assert deadlines(taken(case, [told]))[REMIND] == minutes(100) + DAY


def test_nobody_is_reminded_of_what_is_over_rests_or_is_not_watched() -> None:
    for case in (watched(State.CLOSED), watched(State.SUSPENDED), case_in(State.HANDLING)):
        assert REMIND not in deadlines(case)
