"""What people answered in the review queue: it is learned from, and its share and effect are told.

A report is reviewed because the model was unsure of it, so these are no typical texts: they
teach, but set neither confidence nor thresholds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.classification.adapters.recogniser.corpus import Labelled, read_reports

REVIEWS = "reviews"
"""By this name their figures stand in the card."""
IMPORTANCE = 2.0
"""Of an answer, beside a report of the corpus: it is of this city, and a person thought of it."""
TOLD = ("texts", "top1", "top3", "non_reports_recognised", "reports_dropped", "danger_recall")


def read_answers(paths: Sequence[Path], codes: Collection[str]) -> list[Labelled]:
    """The answers of files as `hub review export` writes them; of one text the last answer.

    Raises ModelError with file and line for a row that can not be learned from.
    """
    given = [row for path in paths for row in read_reports(path, codes, IMPORTANCE)]
    last = {(row.text.channel, row.text.whole): row for row in given}
    return [replace(row, source=REVIEWS, is_typical=False) for row in last.values()]


def effect(
    rows: Sequence[Labelled], before: Mapping[str, Any], unseen: Mapping[str, Any]
) -> dict[str, Any]:
    """Their share of what is learned, and how the answers are met before and after.

    `before` are the figures of the model used so far, asked about the answers; `unseen` those
    of models that learned from the other answers, but not from the one they were asked about.
    """
    weight = sum(row.importance for row in rows)
    of_reviews = [row.importance for row in rows if row.source == REVIEWS]
    return {
        "answers": len(of_reviews),
        "share_of_weight": round(sum(of_reviews) / weight, 4),
        **{f"{name}_before": before[name] for name in TOLD[1:]},
        **{f"{name}_after": unseen[name] for name in TOLD[1:]},
    }
