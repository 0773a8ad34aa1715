"""Responsible units that history suggests, beside the rules."""

import asyncio
import csv
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from schemas.dispatch import IncidentDispatched
from schemas.incident import IncidentClassified, Severity
from services.dispatch.adapters import unit_advice
from services.dispatch.adapters.rule_folder import texts
from services.dispatch.adapters.unit_advice import UnitAdvice
from services.dispatch.adapters.units.history import COLUMNS, UNIT, read_matters
from services.dispatch.adapters.units.incidents import columns_of
from services.dispatch.adapters.units.model import UnitModel
from services.dispatch.domain.book import SCHEMES, read_book
from services.dispatch.domain.decide import dispatch
from services.dispatch.domain.plan import evolve
from services.dispatch.domain.situation import Situation
from services.dispatch.domain.suggestion import Suggestion
from services.hosting.file_watch import FILE_REFUSED
from services.kernel.record import Message
from services.reference.calendar import load_calendar
from services.reference.ground import load_ground
from tests.unit.dispatch.cases import BOOK, CATALOGUE, ESTATE, LANE, NOON, category, incident

GROUND = load_ground()
MEDIATION = "92001"
LIKELY = (Suggestion("示例街道司法所", 0.62), Suggestion("示例社区", 0.2))
UNITS = {MEDIATION: "示例街道司法所", LANE: "示例街道综合执法队"}


def dispute() -> IncidentClassified:
    """What several have to handle together."""
    return incident(Severity.MEDIUM, code=MEDIATION)


def sent(
    event: IncidentClassified, *suggested: Suggestion, responsible: bool = True
) -> IncidentDispatched:
    """The dispatch, where the rules name a responsible unit or leave it open."""
    schemes = texts(None)[SCHEMES]
    said = schemes if responsible else schemes.replace('        responsible: "{lead}"\n', "")
    book = read_book(texts(None) | {SCHEMES: said}, CATALOGUE, load_calendar(), NOON)[0]
    seen = Situation(book, "g1", suggestions={"I1": suggested})
    plan = evolve(None, event)
    assert plan is not None
    *_, made = dispatch("I1", plan, seen, NOON)
    assert isinstance(made, IncidentDispatched)
    return made


def test_who_coordinates_is_told_what_history_suggests_and_how_sure_it_is() -> None:
    made = sent(dispute(), *LIKELY)
    assert made.responsible_unit == "司法所", "the rules come first"
    assert (
        "按历史相似事件建议责任单位：示例街道司法所（62%）、示例社区（20%），供牵头单位参考"
        in made.reasons
    )


def test_where_the_rules_name_nobody_a_sure_suggestion_is_taken_and_an_unsure_one_is_not() -> None:
    assert sent(dispute(), *LIKELY, responsible=False).responsible_unit == "示例街道司法所"
    unsure = sent(dispute(), Suggestion("示例社区", 0.4), responsible=False)
    assert not unsure.responsible_unit and any("示例社区（40%）" in why for why in unsure.reasons)


def test_what_is_handled_at_once_or_has_no_like_is_not_advised_on() -> None:
    assert not any("建议责任单位" in why for why in sent(incident(), *LIKELY).reasons)
    assert not any("建议责任单位" in why for why in sent(dispute()).reasons)


def history(path: Path) -> Path:
    """Some months in which each sort of matter had one unit."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*COLUMNS, UNIT])
        writer.writeheader()
        for number in range(80):
            code = (MEDIATION, LANE)[number % 2]
            at = NOON - timedelta(days=100 - number)
            row = columns_of(category(code), ESTATE.community, "public_report", at, GROUND)
            writer.writerow({**row, UNIT: UNITS[code]})
    return path


@asynccontextmanager
async def learning(path: Path | None) -> AsyncIterator[UnitAdvice]:
    """The advice while it looks at its file."""
    advice = UnitAdvice(path, lambda: BOOK, lambda: GROUND)
    stopping = asyncio.Event()
    task = asyncio.create_task(advice.run(stopping))
    try:
        yield advice
    finally:
        stopping.set()
        await task


def asks(event: IncidentClassified) -> list[Message]:
    """A batch of one."""
    return [Message("1", "test", "I1", event)]


async def test_the_service_learns_beside_its_work_and_then_suggests(tmp_path: Path) -> None:
    async with learning(history(tmp_path / "history.csv")) as advice, asyncio.timeout(60):
        assert await advice.suggest(asks(dispute())) == {}, "nothing waits until it has learned"
        while advice.model is None:
            await asyncio.sleep(0.05)
        (first, *_) = (await advice.suggest(asks(dispute())))["I1"]
        assert first.unit == "示例街道司法所" and first.confidence > 0.5
        assert await advice.suggest(asks(incident())) == {}, "nobody coordinates that"
        assert await advice.suggest(asks(dispute()) * (unit_advice.MOST_AT_ONCE + 1)) == {}


async def test_a_history_that_can_not_be_used_is_told_of_and_suggests_nothing(
    tmp_path: Path,
) -> None:
    bad = tmp_path / "history.csv"
    bad.write_text("create_time,street\n2026-01-01,示例街道\n", "utf-8")
    async with learning(bad) as advice, asyncio.timeout(60):
        while not FILE_REFUSED.labels("dispatch", "history")._value.get():
            await asyncio.sleep(0.05)
        assert advice.model is None and await advice.suggest(asks(dispute())) == {}


async def test_what_fails_once_while_learning_is_tried_again_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_advice, "LOOK_EVERY", 0.01)
    tried = []

    def no_memory_at_first(method: str) -> object:
        tried.append(method)
        if len(tried) == 1:
            raise OSError(12, "Cannot allocate memory")
        return get_context(method)

    monkeypatch.setattr(unit_advice, "get_context", no_memory_at_first)
    async with learning(history(tmp_path / "history.csv")) as advice, asyncio.timeout(60):
        while advice.model is None:
            await asyncio.sleep(0.05)
    assert len(tried) == 2


async def test_without_a_history_nothing_is_suggested() -> None:
    async with learning(None) as advice:
        assert await advice.suggest(asks(dispute())) == {}


@pytest.mark.parametrize("error", [ValueError, KeyError])
async def test_what_goes_wrong_while_asking_never_stops_a_dispatch(
    tmp_path: Path, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    advice = UnitAdvice(None, lambda: BOOK, lambda: GROUND)
    advice.model = UnitModel(read_matters(history(tmp_path / "h.csv"), with_units=True))

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(unit_advice, "_suggested", fail)
    assert await advice.suggest(asks(dispute())) == {}


def test_what_was_learned_can_be_handed_from_one_process_to_another(tmp_path: Path) -> None:
    model = UnitModel(read_matters(history(tmp_path / "h.csv"), with_units=True))
    assert isinstance(pickle.loads(pickle.dumps(model)), UnitModel)
