"""Rules, calendar, catalogue and roster in a service that does not stop."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.dispatch.adapters.files_in_use import watch_roster, watch_rules
from services.dispatch.settings import DispatchSettings
from services.hosting import file_watch
from services.hosting.file_watch import FILE_REFUSED, FileWatch
from services.reference.catalogue import SHIPPED
from services.reference.ground import load_ground
from tests.unit.dispatch.cases import after, dispatched, situation

GROUND = load_ground()


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_watch, "LOOK_EVERY", 0.01)


@asynccontextmanager
async def running(watch: FileWatch[Any]) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    task = asyncio.create_task(watch.run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


async def test_another_catalogue_reaches_dispatch_and_each_dispatch_names_it(
    tmp_path: Path,
) -> None:
    file = Path(shutil.copy(SHIPPED, tmp_path / "catalogue.csv"))
    watch = watch_rules(DispatchSettings(HUB_CATALOGUE=file))
    before = watch.value.book
    async with running(watch), asyncio.timeout(20):
        file.write_text(file.read_text("utf-8").replace("占用消防通道", "占用消防车道"), "utf-8")
        while watch.value.book is before:
            await asyncio.sleep(0.01)
    book = watch.value.book
    assert book.catalogue.version != before.catalogue.version and book.version != before.version
    seen = situation()
    seen.book = book
    made = dispatched(after(), seen)
    assert (made.catalogue_version, made.rules_version) == (book.catalogue.version, book.version)
    assert any("占用消防车道" in reason for reason in made.reasons)


async def test_a_catalogue_that_the_rules_can_not_go_by_is_told_of_and_the_old_one_stays(
    tmp_path: Path,
) -> None:
    file = Path(shutil.copy(SHIPPED, tmp_path / "catalogue.csv"))
    watch = watch_rules(DispatchSettings(HUB_CATALOGUE=file))
    before = watch.value
    async with running(watch), asyncio.timeout(20):
        rows = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join(row for row in rows if not row.startswith("95")), "utf-8")
        while not FILE_REFUSED.labels("dispatch", "rules")._value.get():
            await asyncio.sleep(0.01)
    assert watch.value is before


def test_a_roster_with_a_hole_is_in_use_and_the_hole_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = GROUND.estates[0]
    (tmp_path / "roster.yaml").write_text(
        f"""
people:
  - {{id: A, level: micro_grid, areas: ["{estate.micro_grid}"]}}
shifts:
  - {{name: 白班, hours: "08:00-20:00", people: [A]}}
""",
        "utf-8",
    )
    watch = watch_roster(DispatchSettings(roster=tmp_path), lambda: GROUND)
    assert watch.value is not None and set(watch.value.people) == {"A"}
    told = capsys.readouterr().out
    assert "roster.yaml:3" in told and "无人在岗" in told and "请排班" in told
