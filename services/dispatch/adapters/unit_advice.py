"""The responsible unit, asked of what was learned from history: beside the service, never in it.

Learning takes seconds of a core: it is done in a process of its own, at the lowest priority, at
the start and whenever the file changes. Until there is a model, or where it fails, nothing is
suggested and nothing waits.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from schemas.dispatch import Mode
from schemas.flow import Service
from schemas.incident import IncidentClassified, Kind
from services.dispatch.adapters.units.history import HistoryError, read_matters
from services.dispatch.adapters.units.incidents import matter_of
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.suggestion import Suggestion
from services.hosting.file_watch import FILE_REFUSED
from services.hosting.rounds import rounds
from services.kernel.record import Message
from services.reference.catalogue import Entry
from services.reference.ground import Ground

if TYPE_CHECKING:
    from services.dispatch.adapters.units.model import UnitModel

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0
"""Seconds between two looks at the file."""
LONGEST = 0.5
"""Seconds for which a batch waits for suggestions."""
MOST_AT_ONCE = 50
"""What comes by the hundred is not waited for."""
Suggestions = Mapping[str, Sequence[Suggestion]]
"""By incident."""


class UnitAdvice:
    """Suggests units by the history in a file; without a file it suggests nothing."""

    def __init__(
        self, history: Path | None, book: Callable[[], RuleBook], ground: Callable[[], Ground]
    ) -> None:
        self._history = history
        self._book, self._ground = book, ground
        self._seen: tuple[int, int] | None = None
        self.model: UnitModel | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Learn, and learn again from another file, until told to stop."""

        async def learn_units() -> None:
            if self._history and (seen := _stamp(self._history)) != self._seen:
                await self._learn(self._history, stopping)
                self._seen = seen

        await rounds(learn_units, LOOK_EVERY, stopping)

    async def _learn(self, history: Path, stopping: asyncio.Event) -> None:
        """Take what the other process has learned; the old model stays if there is none."""
        context = get_context("spawn")
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_learn, args=(history, there), daemon=True)
        process.start()
        there.close()
        learned = asyncio.create_task(asyncio.to_thread(_received, here))
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait([learned, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        process.terminate()
        found = await learned
        is_bad = isinstance(found, str)
        FILE_REFUSED.labels(Service.DISPATCH, "history").set(is_bad)
        if isinstance(found, str):
            log.warning("units.refused", file=history.name, problem=found)
        else:
            self.model = found
            log.info("units.learned", file=history.name)

    async def suggest(self, messages: Sequence[Message]) -> Suggestions:
        """The likeliest three of each new incident that several may have to handle together."""
        model, known = self.model, self._book().catalogue.entries
        opened = (each.event for each in messages if isinstance(each.event, IncidentClassified))
        wanted = [each for each in opened if _is_coordinated(each, known)]
        if model is None or not 0 < len(wanted) <= MOST_AT_ONCE:
            return {}
        asking = asyncio.to_thread(_suggested, model, wanted, self._ground())
        try:
            return await asyncio.wait_for(asking, LONGEST)
        except (TimeoutError, ValueError, KeyError) as error:
            log.warning("units.nothing", problem=repr(error)[:200])
            return {}


def _is_coordinated(incident: IncidentClassified, known: Mapping[str, Entry]) -> bool:
    """Whether several may have to handle it together: by the catalogue, or as it came back."""
    entry = known.get(incident.category.code)
    return incident.kind is Kind.RECURRENCE or entry is None or entry.mode == Mode.COORDINATED


def _suggested(
    model: "UnitModel", incidents: Sequence[IncidentClassified], ground: Ground
) -> Suggestions:
    matters = [
        matter_of(
            each.category,
            each.place.community or "",
            each.voice.source,
            each.voice.reported_at,
            ground,
        )
        for each in incidents
    ]
    found = zip(incidents, model.suggest(matters), strict=True)
    return {each.incident_id: suggested for each, suggested in found}


def _learn(history: Path, there: Connection) -> None:
    """In a process of its own: the model, or the sentence why there is none.

    SciPy is loaded there, and here only with a model: who has no history has no SciPy.
    """
    from services.dispatch.adapters.units.model import UnitModel  # noqa: PLC0415

    os.nice(19)
    try:
        there.send(UnitModel(read_matters(history, with_units=True)))
    except (HistoryError, OSError, UnicodeError) as error:
        there.send(str(error))


def _received(here: Connection) -> "UnitModel | str":
    try:
        found: UnitModel | str = here.recv()
    except (EOFError, OSError):
        return "学习中断"
    return found


def _stamp(file: Path) -> tuple[int, int] | None:
    """When a file was written and how large it is; None while it is not there."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
