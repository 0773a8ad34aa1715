"""What comes of the orders of people, and of what holds an incident back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.case import CaseAccepted, CaseAsked, CaseDeclined, CaseExtended, Stage
from schemas.dispatch import (
    DispatchHeld,
    DisputeDecided,
    IncidentDispatched,
    IncidentEscalated,
    Level,
    PushdownRefused,
    SupervisionOrdered,
)
from schemas.event import Event
from schemas.incident import IncidentClassified, Severity
from services.dispatch.domain import standing
from services.dispatch.domain.control import (
    OrderRefused,
    decide_dispute,
    decide_handover,
    decide_help,
    decide_mended,
    decide_mode,
    decide_mode_end,
    decide_redispatch,
    decide_released,
    decide_supervision,
    decide_takeover,
)
from services.dispatch.domain.decide import decide_accepted, decide_overdue, dispatch
from services.dispatch.domain.inhibition import read_inhibitions
from services.dispatch.domain.orders import (
    DecideDispute,
    DeclareMode,
    EndMode,
    HandOver,
    LiftSilence,
    Mend,
    OrderSilence,
    Redispatch,
    Supervise,
    TakeOver,
    TapOff,
    TapOn,
)
from services.dispatch.domain.plan import Plan, deadlines, evolve
from services.dispatch.domain.situation import Situation
from services.dispatch.domain.standing import Absence, EmergencyMode, Silence
from services.dispatch.main import State
from services.reference.rule_files import RuleFileError
from tests.unit.dispatch.cases import (
    BOOK,
    CATALOGUE,
    ESTATE,
    FIRST,
    LEADER,
    NOON,
    SECOND,
    after,
    due,
    incident,
    overdue,
    sent,
    situation,
)

ACCEPTED = CaseAccepted(incident_id="I1", round=1, worker_id=FIRST, at=NOON)
DECLINED = CaseDeclined(incident_id="I1", round=1, worker_id=FIRST, at=NOON, reason="不是我的网格")
HOUR = timedelta(hours=1)
WATER = "93001"


def only(events: Iterator[Event]) -> IncidentDispatched:
    """The one dispatch."""
    (made,) = events
    assert isinstance(made, IncidentDispatched)
    return made


def silence(**fields: object) -> OrderSilence:
    """The micro-grid is being repaired for an hour."""
    said = {"silence_id": "silence:1", "areas": [ESTATE.grid], "by": "L1", "reason": "管网检修"}
    return OrderSilence.model_validate(said | {"at": NOON, "until": NOON + HOUR} | fields)


def silenced(**fields: object) -> Situation:
    """A batch in which that holds."""
    made = standing.evolve(None, silence(**fields))
    assert isinstance(made, Silence)
    return Situation(BOOK, "g1", silences=[made])


def test_a_person_sends_it_to_another_and_what_was_due_stays_due() -> None:
    extended = due(Severity.HIGH).model_copy(update={"dispose_by": NOON + 9 * HOUR})
    more = CaseExtended(incident_id="I1", round=1, at=NOON, deadlines=extended)
    order = Redispatch(incident_id="I1", by="L1", reason="离得近", worker_id="W9")
    made = only(decide_redispatch(order, after(sent(), ACCEPTED, more), situation(), NOON + HOUR))
    assert (made.round, made.assignee.worker_id, made.origin) == (2, "W9", "person")
    assert made.deadlines.dispose_by == NOON + 9 * HOUR
    assert made.deadlines.accept_by == NOON + HOUR + timedelta(minutes=5)
    assert made.reasons[0] == "L1 改派：离得近"


def test_a_person_sends_it_to_a_rung() -> None:
    order = Redispatch(incident_id="I1", by="L1", reason="升级", level=Level.GRID)
    made = only(decide_redispatch(order, after(sent()), situation(), NOON))
    assert made.assignee.worker_id == LEADER


def test_whoever_takes_over_has_it() -> None:
    order = TakeOver(incident_id="I1", by="L1", reason="我来")
    made = only(decide_takeover(order, after(sent()), situation(), NOON))
    assert (made.assignee.worker_id, made.assignee.level) == ("L1", Level.STREET)


def test_an_order_can_not_push_a_department_s_matter_down_and_the_attempt_is_told() -> None:
    entry = next(e for e in CATALOGUE.entries.values() if e.mode == "跟踪办" and e.code != WATER)
    event = incident(severity=Severity.MEDIUM, code=entry.code)
    plan = evolve(None, event)
    assert isinstance(plan, Plan)
    order = Redispatch(incident_id="I1", by="L1", reason="试试", worker_id="W9")
    (told,) = decide_redispatch(order, plan, situation(), NOON)
    assert isinstance(told, PushdownRefused)
    assert (told.by, told.to_level) == ("L1", Level.MICRO_GRID)


def test_a_refusal_that_is_not_upheld_brings_it_back_and_is_looked_at_once() -> None:
    plan = after(sent(), DECLINED, sent(2, SECOND))
    order = DecideDispute(incident_id="I1", by="L1", reason="是您的网格", upheld=False)
    told, made = decide_dispute(order, plan, situation(), NOON)
    assert isinstance(told, DisputeDecided) and isinstance(made, IncidentDispatched)
    assert (made.assignee.worker_id, made.round) == (FIRST, 3)
    decided = evolve(plan, told)
    assert isinstance(decided, Plan)
    with pytest.raises(OrderRefused, match="没有待复核的退单"):
        list(decide_dispute(order, decided, situation(), NOON))


def test_a_refusal_that_is_upheld_moves_nothing() -> None:
    plan = after(sent(), DECLINED, sent(2, SECOND))
    order = DecideDispute(incident_id="I1", by="L1", reason="边界以外", upheld=True)
    (told,) = decide_dispute(order, plan, situation(), NOON)
    assert isinstance(told, DisputeDecided) and told.upheld


def test_a_leader_watches() -> None:
    order = Supervise(incident_id="I1", by="L1", note="盯紧")
    (told,) = decide_supervision(order, after(sent()), NOON)
    assert isinstance(told, SupervisionOrdered)
    assert [each.worker_id for each in told.to] == [FIRST, f"C{ESTATE.community}"]
    assert told.to[1].desk
    watched = evolve(after(sent()), told)
    assert isinstance(watched, Plan) and watched.supervised == "L1：盯紧"


def test_whoever_gets_a_supervised_incident_next_is_told_so() -> None:
    order = Supervise(incident_id="I1", by="L1", note="盯紧")
    (told,) = decide_supervision(order, after(sent()), NOON)
    plan = evolve(after(sent()), told)
    assert isinstance(plan, Plan)
    late, made = decide_overdue(overdue(Stage.ACCEPT), plan, situation(), NOON)
    assert isinstance(late, IncidentEscalated) and late.reason == "督办件，微网格员接单超时"
    assert isinstance(made, IncidentDispatched) and "督办件（L1：盯紧）" in made.reasons


def test_who_asks_for_help_keeps_it_and_gets_the_next_one() -> None:
    asked = CaseAsked(
        incident_id="I1", round=1, worker_id=FIRST, at=NOON, asked="help", reason="抬不动"
    )
    plan = after(sent(), ACCEPTED)
    made = only(decide_help(asked, plan, situation(), NOON))
    assert made.assignee.worker_id == FIRST
    assert [each.worker_id for each in made.helpers] == [SECOND]
    helped = evolve(plan, made)
    assert isinstance(helped, Plan) and helped.is_accepted and helped.is_about(2)


def test_at_the_change_of_shift_who_is_there_has_it_or_it_stays() -> None:
    plan = after(sent(), ACCEPTED)
    order = HandOver(incident_id="I1", round=1, worker_id=FIRST, reason="交接班")
    assert only(decide_handover(order, plan, situation(), NOON)).assignee.worker_id == SECOND
    for moot in (
        order.model_copy(update={"round": 2}),
        order.model_copy(update={"worker_id": "X"}),
    ):
        assert not list(decide_handover(moot, plan, situation(), NOON))


def test_an_acceptance_that_crosses_an_order_is_moot() -> None:
    order = Redispatch(incident_id="I1", by="L1", reason="离得近", worker_id="W9")
    plan = after(sent())
    moved = evolve(plan, only(decide_redispatch(order, plan, situation(), NOON)))
    assert isinstance(moved, Plan)
    assert not list(decide_accepted(ACCEPTED, moved, NOON))
    assert evolve(moved, ACCEPTED) == moved


def test_a_silence_holds_what_it_covers_until_it_ends_and_then_it_goes_out() -> None:
    (held,) = dispatch("I1", after(), silenced(), NOON)
    assert isinstance(held, DispatchHeld)
    assert (held.because, held.behind, held.until) == ("silence", "silence:1", NOON + HOUR)
    assert held.reason == "静默中（L1：管网检修），至 03-02 13:00"
    plan = evolve(after(), held)
    assert isinstance(plan, Plan) and deadlines(plan) == {"held": NOON + HOUR}
    made = only(decide_released("I1", plan, silenced(), NOON + HOUR))
    out = evolve(plan, made)
    assert isinstance(out, Plan) and not deadlines(out)


@pytest.mark.parametrize(
    "fields", [{"areas": ["510199"]}, {"categories": ["93"]}, {"sources": ["camera"]}]
)
def test_a_silence_holds_nothing_else(fields: dict[str, object]) -> None:
    assert only(dispatch("I1", after(), silenced(**fields), NOON)).round == 1


def test_danger_to_life_and_what_people_order_is_never_held() -> None:
    danger = replace(after(), severity=Severity.DANGER)
    assert isinstance(list(dispatch("I1", danger, silenced(), NOON))[-1], IncidentDispatched)
    order = Redispatch(incident_id="I1", by="L1", reason="急", worker_id="W9")
    assert only(decide_redispatch(order, after(), silenced(), NOON)).round == 1


@pytest.mark.parametrize(
    "fields", [{"until": NOON}, {"until": NOON + timedelta(days=31)}, {"areas": []}]
)
def test_a_silence_without_an_end_or_over_everything_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        silence(**fields)


def test_a_silence_ends_before_its_time() -> None:
    made = standing.evolve(None, silence())
    lift = LiftSilence(silence_id="silence:1", by="L1", at=NOON)
    ended = standing.evolve(made, lift)
    assert isinstance(ended, Silence) and ended.until == NOON


POWER = """
inhibitions:
  - {name: 停电, cause: ["93003"], holds: ["09012"], within: grid, minutes: 60}
"""


def explained() -> Situation:
    """A batch in which the power was just reported to be out here."""
    seen = Situation(BOOK, "g1", inhibitions=read_inhibitions(POWER, CATALOGUE))
    seen.observe(cut())
    return seen


def cut() -> IncidentClassified:
    """A power cut."""
    return incident(code="93003").model_copy(update={"incident_id": "CUT"})


def test_what_another_incident_explains_waits_for_it_once() -> None:
    (held,) = dispatch("I1", after(), explained(), NOON)
    assert isinstance(held, DispatchHeld)
    assert (held.because, held.behind, held.until) == ("inhibition", "CUT", NOON + HOUR)
    plan = evolve(after(), held)
    assert isinstance(plan, Plan)
    assert only(decide_released("I1", plan, explained(), NOON + HOUR)).round == 1


def test_what_lies_elsewhere_or_is_danger_is_not_explained() -> None:
    elsewhere = replace(
        after(),
        place=after().place.model_copy(update={"micro_grid": None, "grid": "510108004003099"}),
    )
    danger = replace(after(), severity=Severity.DANGER)
    for plan in (elsewhere, danger):
        assert isinstance(list(dispatch("I1", plan, explained(), NOON))[-1], IncidentDispatched)


def test_an_inhibition_of_unknown_categories_is_named_with_its_line() -> None:
    with pytest.raises(RuleFileError, match=r"inhibitions.yaml:3: 目录中没有类别 00000"):
        read_inhibitions(POWER.replace("09012", "00000"), CATALOGUE)


def test_the_auditor_sends_what_has_nobody_and_leaves_the_rest() -> None:
    order = Mend(incident_id="I1", problem="无人负责", release=False)
    made = only(decide_mended(order, after(), situation(), NOON))
    assert made.origin == "audit" and made.reasons[0] == "巡检补派：无人负责"
    assert not list(decide_mended(order, after(sent()), situation(), NOON))


def test_a_mode_ends_by_a_person_or_by_itself_and_once() -> None:
    order = DeclareMode(
        mode_id="mode:1", area="510108004", level="red", trigger="暴雨", by="L1",
        expires_at=NOON + HOUR,
    )  # fmt: skip
    (declared,) = decide_mode(order, None, NOON)
    mode = standing.evolve(None, declared)
    assert isinstance(mode, EmergencyMode)
    assert standing.deadlines(mode) == {"expires": NOON + HOUR}
    (ended,) = decide_mode_end(None, "mode:1", mode, NOON + HOUR)
    over = standing.evolve(mode, ended)
    assert isinstance(over, EmergencyMode) and not standing.deadlines(over)
    assert not list(decide_mode_end(None, "mode:1", over, NOON))
    with pytest.raises(OrderRefused):
        list(decide_mode_end(EndMode(mode_id="mode:1", by="L1"), "mode:1", over, NOON))
    with pytest.raises(OrderRefused):
        list(decide_mode(order, None, NOON + HOUR))
    for known in (mode, over):
        with pytest.raises(OrderRefused, match="已用过"):
            list(decide_mode(order, known, NOON))


def test_who_taps_off_is_off_until_the_end_of_the_shift_or_until_they_tap_on() -> None:
    off = TapOff(duty_id="duty:W1", worker_id="W1", at=NOON, until=NOON + HOUR)
    absent = standing.evolve(None, off)
    assert absent == Absence("W1", NOON, NOON + HOUR)
    back = standing.evolve(absent, TapOn(duty_id="duty:W1", worker_id="W1", at=NOON))
    assert isinstance(back, Absence) and back.until == NOON


def test_every_state_survives_being_written_down() -> None:
    adapter: TypeAdapter[object] = TypeAdapter(State)
    mode = EmergencyMode("mode:1", NOON)
    for each in (after(sent()), mode, Absence("W1", NOON, NOON), standing.evolve(None, silence())):
        assert adapter.validate_json(adapter.dump_json(each)) == each
