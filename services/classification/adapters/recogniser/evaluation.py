"""How well reports are recognised that were not learned from: as the service would judge them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from services.classification.adapters.recogniser.corpus import Labelled
from services.classification.adapters.recogniser.honesty import calibration_error
from services.classification.adapters.recognising import Reading, Recogniser
from services.classification.domain.recognition import Said
from services.reference.danger import danger_in


def figures(recogniser: Recogniser, reports: Sequence[Labelled]) -> dict[str, Any]:
    """Shares of right answers, by the model and the rules together."""
    readings = recogniser.read(list(map(_said, reports)))
    pairs = list(zip(reports, readings, strict=True))
    real = [(report, reading) for report, reading in pairs if report.code]
    chat = [reading for report, reading in pairs if not report.code]
    alarms = [report for report, reading in pairs if reading.opinion.is_danger]
    grave = [reading for report, reading in pairs if report.is_danger]
    return {
        "texts": len(pairs),
        "top1": _share(_code(reading) == report.code for report, reading in real),
        "top3": _share(
            report.code in {code for code, _ in reading.verdict.candidates}
            for report, reading in real
        ),
        "calibration_error": _calibration_error(real),
        "non_reports_recognised": _share(not reading.opinion.is_report for reading in chat),
        "reports_dropped": _share(not reading.opinion.is_report for _, reading in real),
        "dangers": len(grave),
        "danger_recall": _share(reading.opinion.is_danger for reading in grave),
        "danger_precision": _share(report.is_danger for report in alarms),
    }


def _said(report: Labelled) -> Said:
    text = report.text
    return Said(text.text, text.title, text.channel, alarming=danger_in(text.whole) or "")


def _code(reading: Reading) -> str:
    entry = reading.opinion.entry
    is_named = entry and reading.opinion.is_report
    return entry.code if entry and is_named else reading.verdict.candidates[0][0]


def _calibration_error(real: Sequence[tuple[Labelled, Reading]]) -> float:
    sure = [each.verdict.candidates[0][1] for _, each in real]
    right = [each.verdict.candidates[0][0] == report.code for report, each in real]
    return round(calibration_error(np.array(sure, np.float32), np.array(right, bool)), 4)


def _share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return round(sum(found) / len(found), 4) if found else 0.0
