"""What goes by the express lane (危及生命) beside what its words say.

The lane only: what is missed still travels, in the ordinary lane, and is graded by
classification; what is taken by mistake is only earlier than it need be.
"""

from schemas.report import Source
from services.reference.danger import HORIZON, UNREAL

ALARM_HINTS = frozenset({"91001", "91005", "91010", "91011", "92005", "92007", "93006", "96007"})
"""Categories for which a camera's word alone is enough: a thrown object is a suspicion of
danger (高空抛物) and does not wait."""

DANGER_HINTS = frozenset(
    {"91005", "91007", "91010", "91011", "92005", "92007", "93005", "93006"}
    | {"96002", "96004", "96007"}
)
"""Categories that are danger to life by their nature: where a person at the source chose one,
the words need not say it again, unless they say that it is over or a drill."""


def is_alarming(source: Source, hint: str | None) -> bool:
    """Whether a camera's alarm is one of danger to life."""
    return source is Source.CAMERA and hint in ALARM_HINTS


def is_hinted(hint: str | None, text: str) -> bool:
    """Whether the source itself chose a category of danger to life, and means it now."""
    return hint in DANGER_HINTS and not UNREAL.search(text[:HORIZON])
