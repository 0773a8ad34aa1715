"""How well a model does on texts that it has not learned from, as the service would judge them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from services.classification.adapters.recogniser.corpus import Labelled
from services.classification.adapters.recogniser.model import Model
from services.classification.domain.verdict import judge
from services.reference.catalogue import Catalogue


def figures(
    model: Model,
    reports: Sequence[Labelled],
    catalogue: Catalogue,
    lexicon: Callable[[str], str | None],
) -> dict[str, Any]:
    """Shares of right answers; `lexicon` finds the word that means danger to life, or None."""
    verdicts = model.verdicts([each.text for each in reports])
    judged = [
        judge(verdict, catalogue, model.thresholds, lexicon(each.text.whole))
        for verdict, each in zip(verdicts, reports, strict=True)
    ]
    pairs = list(zip(reports, verdicts, judged, strict=True))
    real = [each for each in pairs if each[0].code]
    chat = [each for each in pairs if not each[0].code]
    alarms = [each for each in pairs if each[2].is_danger]
    grave = [each for each in pairs if each[0].is_danger]
    return {
        "texts": len(pairs),
        "top1": _share(verdict.candidates[0][0] == report.code for report, verdict, _ in real),
        "top3": _share(
            report.code in {code for code, _ in verdict.candidates} for report, verdict, _ in real
        ),
        "non_reports_recognised": _share(not judgement.is_report for _, _, judgement in chat),
        "reports_dropped": _share(not judgement.is_report for _, _, judgement in real),
        "danger_recall": _share(judgement.is_danger for _, _, judgement in grave),
        "danger_precision": _share(report.is_danger for report, _, _ in alarms),
    }


def _share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return round(sum(found) / len(found), 4) if found else 0.0
