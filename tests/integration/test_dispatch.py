"""Dispatch on a real PostgreSQL: shifts, hours, help, and what would be forgotten."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.case import CaseAccepted, CaseAsked, CaseClosed, CaseDeclined, Stage, StageOverdue
from schemas.dispatch import DispatchHeld, IncidentDispatched, ModeEnded
from schemas.event import Event
from schemas.flow import Service
from schemas.incident import IncidentClassified, Severity
from services.cli.prepare import folders_of
from services.dispatch.adapters.audit import Audit
from services.dispatch.adapters.inhibition_file import load_inhibitions
from services.dispatch.domain.orders import DeclareMode, LiftSilence, OrderSilence, TapOff
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.roster.reading import read_roster
from services.dispatch.main import References, make_domain
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of
from services.kernel.postgres import connect
from services.kernel.processor import Processor
from services.kernel.record import Readers
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground
from tests.unit.dispatch.cases import BOOK, CATALOGUE, ESTATE, HERE, incident

pytestmark = pytest.mark.integration

GROUND = load_ground()
NOW = datetime.now(UTC)
INHIBITIONS = load_inhibitions(None, CATALOGUE)


def shift(name: str, begins: float, ends: float, people: str) -> str:
    """A shift, in hours from now."""
    local = datetime.now(BEIJING)
    hours = f"{local + timedelta(hours=begins):%H:%M}-{local + timedelta(hours=ends):%H:%M}"
    return f'  - {{name: {name}, hours: "{hours}", people: [{people}]}}\n'


PEOPLE = f"""
people:
  - {{id: EARLY, level: micro_grid, areas: ["{ESTATE.micro_grid}"]}}
  - {{id: LATE, level: micro_grid, areas: ["{ESTATE.micro_grid}"]}}
  - {{id: LEADER, level: grid, areas: ["{ESTATE.grid}"]}}
shifts:
"""
BOTH = read_roster(PEOPLE + shift("白班", -2, 6, "EARLY, LATE, LEADER"))
ALONE = read_roster(PEOPLE + shift("早班", -2, 6, "EARLY, LEADER") + shift("晚班", 6, 8, "LATE"))
LATER = read_roster(PEOPLE + shift("早班", 6, 8, "EARLY") + shift("晚班", -2, 6, "LATE, LEADER"))
NIGHT = read_roster(PEOPLE + shift("夜班", 6, 8, "EARLY, LATE, LEADER"))


class Desk:
    """The rules of dispatch over real tables, told one event at a time."""

    def __init__(self, processor: Processor, in_use: dict[str, Roster]) -> None:
        self.processor = processor
        self._in_use = in_use
        self._count = 0
        self.audit = Audit(processor, lambda: in_use["roster"], pace=1.0)

    def now_by(self, roster: Roster) -> None:
        """Another roster is in use, as if time had passed."""
        self._in_use["roster"] = roster

    async def hears(self, event: Event) -> list[Any]:
        """What follows from an event."""
        self._count += 1
        return await self.processor.command(event, f"test/{self._count}", "test")

    async def opens(self, name: str) -> IncidentDispatched:
        """A new incident; its dispatch."""
        *_, sent = await self.hears(opened(name))
        assert isinstance(sent, IncidentDispatched)
        return sent

    async def rows(self, query: str, *arguments: object) -> list[dict[str, Any]]:
        """What a table says."""
        return [dict(row) for row in await self.processor.pool.fetch(query, *arguments)]

    async def mail(self, incident_id: str) -> list[str]:
        """The types of what was told of an incident."""
        query = "SELECT type FROM outbox WHERE aggregateid = $1 ORDER BY seq"
        return [row["type"] for row in await self.rows(query, incident_id)]


def opened(name: str) -> IncidentClassified:
    """A blocked fire lane of its own."""
    return incident(place=HERE).model_copy(update={"incident_id": name, "classified_at": NOW})


@pytest.fixture
async def desk(database: str) -> AsyncIterator[Desk]:
    """By a roster with two members of the micro-grid on duty."""
    name = Service.DISPATCH
    await migrate(database, name, folders_of(name), None)
    pool = await connect(database, name)
    in_use = {"roster": BOTH}
    using = References(lambda: BOOK, lambda: GROUND, lambda: in_use["roster"], lambda: INHIBITIONS)
    processor = Processor(
        name, make_domain(using), pool, Readers({}, 1_000_000), outlet_of(name), shards=4
    )
    try:
        yield Desk(processor, in_use)
    finally:
        await pool.close()


def accepted(incident_id: str, worker: str, round_: int = 1) -> CaseAccepted:
    """Somebody took it on."""
    return CaseAccepted(incident_id=incident_id, round=round_, worker_id=worker, at=NOW)


async def test_hours_of_work_decide_between_two_who_have_equally_much_in_hand(desk: Desk) -> None:
    first = await desk.opens("I1")
    worker = first.assignee.worker_id
    await desk.hears(accepted("I1", worker))
    closed = CaseClosed(incident_id="I1", round=1, at=NOW, outcome="rectified", on_time=True)
    await desk.hears(closed)
    (row,) = await desk.rows("SELECT * FROM worker_week WHERE minutes > 0")
    assert (row["worker_id"], row["minutes"]) == (worker, first.expected_minutes) and row["minutes"]
    second = await desk.opens("I2")
    assert second.assignee.worker_id != worker, "with nothing in hand, who worked less goes"
    assert any("本周约 0.0 小时" in reason for reason in second.reasons)


async def test_who_helps_has_it_in_hand_too_and_their_hours_count_once(desk: Desk) -> None:
    first = await desk.opens("I1")
    holder = first.assignee.worker_id
    await desk.hears(accepted("I1", holder))
    ask = CaseAsked(
        incident_id="I1", round=1, worker_id=holder, at=NOW, asked="help", reason="抬不动"
    )
    (helped,) = await desk.hears(ask)
    (helper,) = (each.worker_id for each in helped.helpers)
    assert helper != holder
    load = "SELECT worker_id, minutes FROM worker_week WHERE minutes > 0 ORDER BY 1"
    counted = {row["worker_id"]: row["minutes"] for row in await desk.rows(load)}
    assert counted == {holder: first.expected_minutes, helper: first.expected_minutes}
    assert len(await desk.rows("SELECT * FROM helping WHERE worker_id = $1", helper)) == 1
    third = await desk.opens("I2")
    assert any("手上在办 1 件" in reason for reason in third.reasons), "both have one in hand"
    closed = CaseClosed(incident_id="I1", round=2, at=NOW, outcome="rectified", on_time=True)
    await desk.hears(closed)
    assert not await desk.rows("SELECT * FROM helping")


async def test_at_the_change_of_shift_what_somebody_has_goes_to_who_comes(desk: Desk) -> None:
    desk.now_by(ALONE)
    sent = await desk.opens("I1")
    assert sent.assignee.worker_id == "EARLY"
    await desk.hears(accepted("I1", "EARLY"))
    desk.now_by(LATER)
    await desk.audit.hand_over(datetime.now(UTC))
    (row,) = await desk.rows("SELECT worker_id, round FROM assignment")
    assert row == {"worker_id": "LATE", "round": 2}
    await desk.audit.hand_over(datetime.now(UTC))
    assert len(await desk.mail("I1")) == 2, "handed over once"


async def test_where_nobody_comes_it_stays_with_who_had_it(desk: Desk) -> None:
    desk.now_by(ALONE)
    await desk.opens("I1")
    desk.now_by(NIGHT)
    await desk.audit.hand_over(datetime.now(UTC))
    (row,) = await desk.rows("SELECT worker_id FROM assignment")
    assert row["worker_id"] == "EARLY"


async def test_who_taps_off_is_off_at_once_and_hands_over_what_they_have(desk: Desk) -> None:
    holder = (await desk.opens("I1")).assignee.worker_id
    off = TapOff(duty_id=f"duty:{holder}", worker_id=holder, at=NOW, until=NOW + timedelta(hours=1))
    await desk.hears(off)
    await desk.audit.hand_over(datetime.now(UTC))
    (row,) = await desk.rows("SELECT worker_id FROM assignment")
    assert {holder, row["worker_id"]} == {"EARLY", "LATE"}
    assert (await desk.opens("I2")).assignee.worker_id != holder


async def test_declined_then_silent_goes_to_the_next_then_up_the_ladder_to_the_desk(
    desk: Desk,
) -> None:
    asked = [(await desk.opens("I1")).assignee]
    declined = CaseDeclined(
        incident_id="I1", round=1, worker_id=asked[0].worker_id, at=NOW, reason="不是我的网格"
    )
    (made,) = await desk.hears(declined)
    asked.append(made.assignee)
    while not asked[-1].desk or asked[-1].level != "street":
        late = StageOverdue(
            incident_id="I1", round=len(asked), at=NOW, stage=Stage.ACCEPT, due_at=NOW
        )
        *_, made = await desk.hears(late)
        asked.append(made.assignee)
    assert {each.worker_id for each in asked[:2]} == {"EARLY", "LATE"}
    assert [each.worker_id for each in asked[2:]] == ["LEADER", f"C{ESTATE.community}", "S-DUTY"]
    assert [each.desk for each in asked] == [False, False, False, True, True]


async def test_nobody_on_duty_is_the_desk_with_the_reason_and_a_figure_that_raises_the_alarm(
    desk: Desk,
) -> None:
    from services.dispatch.metrics import NOBODY  # noqa: PLC0415

    before = NOBODY._value.get()
    desk.now_by(NIGHT)
    sent = await desk.opens("I1")
    assert sent.assignee.desk and sent.assignee.worker_id == f"C{ESTATE.community}"
    assert any("无人在岗" in reason for reason in sent.reasons)
    assert NOBODY._value.get() == before + 1


async def test_the_auditor_finds_each_sort_of_hole_in_one_round_and_closes_it(desk: Desk) -> None:
    desk.now_by(BOTH)
    for name in ("NOBODY", "UNWRITTEN"):
        await desk.opens(name)
    silence = OrderSilence(
        silence_id="silence:1", areas=(ESTATE.grid,), by="L1", reason="检修", at=NOW,
        until=datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip
    await desk.hears(silence)
    for name in ("NO_CLOCK", "RELEASED"):
        (held,) = await desk.hears(opened(name))
        assert isinstance(held, DispatchHeld)
    pool = desk.processor.pool
    await pool.execute(
        "UPDATE subject SET state = (state::jsonb || $1::jsonb)::json WHERE id = 'NOBODY'",
        '{"assignee": null, "holder": ""}',
    )
    await pool.execute("UPDATE assignment SET worker_id = '' WHERE incident_id = 'NOBODY'")
    await pool.execute("DELETE FROM assignment WHERE incident_id = 'UNWRITTEN'")
    await pool.execute("DELETE FROM timer WHERE subject = 'NO_CLOCK'")
    await desk.hears(LiftSilence(silence_id="silence:1", by="L1", at=NOW))
    await pool.execute("UPDATE assignment SET changed_at = changed_at - interval '5 seconds'")
    await desk.audit.sweep()
    await desk.audit.mend()
    written = {row["incident_id"]: row for row in await desk.rows("SELECT * FROM assignment")}
    assert all(written[name]["worker_id"] for name in ("NOBODY", "UNWRITTEN", "RELEASED"))
    (clock,) = await desk.rows("SELECT name FROM timer WHERE subject = 'NO_CLOCK'")
    assert clock["name"] == "held"
    assert (await desk.mail("NOBODY"))[-1] == IncidentDispatched.ce_type


async def test_what_a_power_cut_explains_waits_for_its_end_and_no_longer(desk: Desk) -> None:
    cut = incident(Severity.MEDIUM, code="93003").model_copy(update={"incident_id": "CUT"})
    await desk.hears(cut)
    lift = incident(Severity.MEDIUM, code="91007").model_copy(update={"incident_id": "LIFT"})
    (held,) = await desk.hears(lift)
    assert isinstance(held, DispatchHeld)
    assert (held.because, held.behind) == ("inhibition", "CUT")
    over = CaseClosed(incident_id="CUT", round=1, at=NOW, outcome="rectified", on_time=True)
    await desk.hears(over)
    await desk.audit.mend()
    assert (await desk.mail("LIFT"))[-1] == DispatchHeld.ce_type, "a second passes first"
    await desk.processor.pool.execute(
        "UPDATE assignment SET changed_at = changed_at - interval '5 seconds'"
    )
    await desk.audit.mend()
    assert (await desk.mail("LIFT"))[-1] == IncidentDispatched.ce_type


async def test_a_mode_that_nobody_ends_is_over_by_its_own_clock(desk: Desk) -> None:
    order = DeclareMode(
        mode_id="mode:1", area=ESTATE.community, level="red", trigger="暴雨", by="L1",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip
    await desk.hears(order)
    sent = await desk.opens("I1")
    assert "应急模式（红色：暴雨）" in sent.reasons and sent.deadlines.rule == "战时两小时"
    await desk.processor.pool.execute("UPDATE timer SET due_at = now() WHERE subject = 'mode:1'")
    assert await desk.processor.fire_timers() == 1
    assert await desk.mail("mode:1") == ["hub.mode.declared.v1", ModeEnded.ce_type]
    assert (await desk.opens("I2")).deadlines.rule == "四小时"
