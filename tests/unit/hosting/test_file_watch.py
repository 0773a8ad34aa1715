"""Files that are taken anew while a process runs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.hosting import file_watch
from services.hosting.file_watch import FILE_REFUSED, FileWatch


@asynccontextmanager
async def running(watch: FileWatch[int]) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    task = asyncio.create_task(watch.run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


async def until(holds: object, watch: FileWatch[int]) -> None:
    async with asyncio.timeout(10):
        while watch.value != holds:
            await asyncio.sleep(0.01)


def refused(service: str) -> float:
    return float(FILE_REFUSED.labels(service, "numbers")._value.get())


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_watch, "LOOK_EVERY", 0.01)


async def test_a_change_is_taken_and_what_can_not_be_used_is_told_of_and_left(
    tmp_path: Path,
) -> None:
    file = tmp_path / "number"
    file.write_text("1")
    watch = FileWatch("numbers", "changing", [tmp_path, None], lambda: int(file.read_text()))
    async with running(watch):
        assert watch.value == 1
        file.write_text("22")
        await until(22, watch)
        file.write_text("three")
        async with asyncio.timeout(10):
            while not refused("changing"):
                await asyncio.sleep(0.01)
        assert watch.value == 22
        file.write_text("4444")
        await until(4444, watch)
        assert not refused("changing")


class Folder(type(Path())):  # type: ignore[misc]
    """A folder that can be taken away between two looks at it."""

    is_there = True

    def iterdir(self) -> Iterator[Path]:
        if not Folder.is_there:
            raise FileNotFoundError(2, "No such file or directory", str(self))
        return super().iterdir()  # type: ignore[no-any-return]


async def test_a_folder_that_goes_away_while_it_is_looked_at_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "1").touch()
    folder = Folder(tmp_path)
    watch = FileWatch("numbers", "gone", [folder], lambda: len(list(folder.iterdir())))
    try:
        async with running(watch), asyncio.timeout(10):
            Folder.is_there = False
            while not refused("gone"):
                await asyncio.sleep(0.01)
            assert watch.value == 1
            (tmp_path / "2").touch()
            Folder.is_there = True
            await until(2, watch)
    finally:
        Folder.is_there = True


def test_what_can_not_be_used_at_the_start_stops_it(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("one")
    with pytest.raises(ValueError, match="one"):
        FileWatch("numbers", "stopped", [tmp_path], lambda: int((tmp_path / "number").read_text()))
