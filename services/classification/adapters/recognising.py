"""The recogniser as the service and `hub classify` ask it: one model, one catalogue, the rules."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from schemas.flow import Service
from schemas.report import ReportReceived
from services.classification import metrics
from services.classification.adapters.families import load_families
from services.classification.adapters.recogniser.features import unknown_share
from services.classification.adapters.recogniser.model import Model, Text, load_model
from services.classification.domain.judging import Rules, RulesError, parse_rules
from services.classification.domain.recognition import Book, Opinion, Said, recognise, said_in
from services.classification.domain.verdict import ModelError, Verdict
from services.classification.domain.writing import legible
from services.hosting.file_watch import FileWatch
from services.reference.catalogue import SHIPPED, Catalogue, load_catalogue

SHIPPED_RULES = Path(__file__).parents[1] / "judging.toml"
AT_ONCE = 128
"""Texts that the model reads in one go: between two goes the event loop gets its turn."""
LOOKED_AT = 16
"""Texts of a batch whose unknown pieces are counted."""
THREADS = 2
"""One for the ordinary lane, one for the express lane: danger waits for no batch."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of one text: the model's verdict, and what the rules say to it."""

    verdict: Verdict
    opinion: Opinion


class Recogniser:
    """Reads texts by a model that fits its catalogue. `book` is what it goes by now."""

    def __init__(self, model: Model, catalogue: Catalogue, rules: Rules) -> None:
        """Raises ModelError or FamilyError if the model or the families do not fit."""
        self._model = model
        self._rules = rules
        self._threads = ThreadPoolExecutor(THREADS, "recogniser")
        self.take(catalogue)

    def take(self, catalogue: Catalogue) -> None:
        """Go by another version of the catalogue from now on.

        Raises ModelError or FamilyError, and keeps the old one, if the model or the table of
        families does not fit it.
        """
        check_fit(self._model, catalogue)
        version = f"{self._model.version}+{self._rules.version}"
        families = load_families(catalogue.entries)
        self.book = Book(catalogue, self._model.thresholds, self._rules, version, families)

    def read(self, said: Sequence[Said]) -> list[Reading]:
        """What texts are about: the one way by which the service and `hub classify` judge."""
        book, found = self.book, list[Reading]()
        for start in range(0, len(said), AT_ONCE):
            portion = said[start : start + AT_ONCE]
            texts = [
                Text(legible(each.text), legible(each.title), each.channel) for each in portion
            ]
            verdicts = self._model.verdicts(texts)
            found += (
                Reading(verdict, recognise(each, verdict, book))
                for each, verdict in zip(portion, verdicts, strict=True)
            )
        return found

    def _heard(self, reports: Sequence[ReportReceived]) -> tuple[list[Said], list[Reading]]:
        said = list(map(said_in, reports))
        return said, self.read(said)

    async def opinions(self, reports: Sequence[ReportReceived]) -> dict[str, Opinion]:
        """The opinion of each report by its id, formed in a thread of its own."""
        if not reports:
            return {}
        loop = asyncio.get_running_loop()
        with metrics.MODEL_SECONDS.time():
            said, readings = await loop.run_in_executor(self._threads, self._heard, reports)
        metrics.MODEL_REPORTS.inc(len(said))
        metrics.UNKNOWN_PIECES.set(
            unknown_share(self._model.reports, [each.whole for each in said[:LOOKED_AT]])
        )
        return {
            report.report_id: reading.opinion
            for report, reading in zip(reports, readings, strict=True)
        }


def check_fit(model: Model, catalogue: Catalogue) -> None:
    """Raise ModelError, in Chinese, if the model speaks of categories that are not there."""
    unknown = sorted(set(model.category.answers) - set(catalogue.entries))
    if unknown:
        named = "、".join(unknown[:5]) + ("等" if len(unknown) > 5 else "")
        raise ModelError(
            f"识别模型 {model.version} 与目录 {catalogue.version} 不相符：目录中没有类别 {named}；"
            "请用 hub model train 重新训练，或恢复原目录"
        )


def load_rules(path: Path | None = None) -> Rules:
    """Read the rules, the shipped ones if none are given. Raises RulesError."""
    path = path or SHIPPED_RULES
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}：无法读取（{error}）") from error
    return parse_rules(text, path.name)


def load_recogniser(
    catalogue: Catalogue, model: Path | None = None, rules: Path | None = None
) -> Recogniser:
    """Put it together from files, the shipped ones where none are given.

    Raises ModelError, FamilyError or RulesError with what to do.
    """
    return Recogniser(load_model(model), catalogue, load_rules(rules))


def watch_catalogue(path: Path | None, recogniser: Recogniser) -> FileWatch[Catalogue]:
    """The catalogue in use: one that the model does not fit is refused like one with a fault."""

    def read() -> Catalogue:
        catalogue = load_catalogue(path)
        recogniser.take(catalogue)
        return catalogue

    return FileWatch("catalogue", Service.CLASSIFICATION, [path or SHIPPED], read)
