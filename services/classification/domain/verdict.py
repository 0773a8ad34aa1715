"""What the model says of a text, and what follows from it: pure, so that it can be replayed."""

from dataclasses import dataclass

from services.reference.catalogue import Catalogue, Entry


class ModelError(Exception):
    """A model, or what it is to learn from, can not be used; the message says what to do."""


OF_LIFE = frozenset(
    {"91002", "91005", "91006", "91007", "91010", "91011", "91012", "92005", "92007"}
    | {"93001", "93005", "93006", "96002", "97001", "08013"}
)
"""Categories that are about somebody's life or limb: in these a hint of danger is believed sooner.
In the others it is mostly a thing that is broken, however alarming that sounds.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model thinks. `candidates` are (code, probability), the best first.

    `report` is the probability that somebody has to act upon it, `danger` that a life is in
    danger now. `phrases` are the words that spoke most for the best candidate. `domain` is one
    of the seven of a government board (城乡建设, 环境保护 …).
    """

    candidates: tuple[tuple[str, float], ...]
    report: float
    danger: float
    domain: str
    domain_confidence: float
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on something counts; set by what a mistake costs, in training."""

    report: float
    danger: float
    life: float
    """That of danger where the likeliest category is one of OF_LIFE."""

    def of_danger(self, code: str) -> float:
        """The threshold of danger for a text whose likeliest category is this."""
        return self.life if code in OF_LIFE else self.danger


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict weighed: the category, whether anybody has to act, whether a life is in danger."""

    entry: Entry
    confidence: float
    is_report: bool
    is_danger: bool
    severity: str
    reasons: tuple[str, ...]


def judge(
    verdict: Verdict,
    catalogue: Catalogue,
    thresholds: Thresholds,
    alarming: str | None = None,
    *,
    express: bool = False,
    harmless: bool = False,
) -> Judgement:
    """Weigh a verdict; `alarming` is the word of the danger lexicon that the text holds, if any.

    `express` says that intake took it for danger to life already, `harmless` that the text
    itself says that nobody is in danger, which outweighs the model, but no word of the lexicon.
    Danger comes first: what may cost a life is never taken for chat.
    """
    code, confidence = verdict.candidates[0]
    entry = catalogue.entries[code]
    by_model = verdict.danger >= thresholds.of_danger(code) and not harmless
    is_danger = bool(alarming) or by_model or express
    is_report = is_danger or verdict.report >= thresholds.report
    return Judgement(
        entry=entry,
        confidence=confidence,
        is_report=is_report,
        is_danger=is_danger,
        severity="danger" if is_danger else entry.severity,
        reasons=(
            *_reasons(verdict, catalogue, alarming, by_model, is_report),
            *(("来源已按危及生命报来",) if express and not alarming else ()),
        ),
    )


def _reasons(
    verdict: Verdict, catalogue: Catalogue, alarming: str | None, by_model: bool, is_report: bool
) -> list[str]:
    (code, confidence), *others = verdict.candidates
    words = "".join(f"“{each}”" for each in verdict.phrases)
    because = f"依据{words}" if words else "按整体措辞"
    reasons = [f"{because}，判为{catalogue.entries[code].name}（把握 {confidence:.0%}）"]
    if others and confidence < SURE:
        named = "、".join(f"{catalogue.entries[each].name} {share:.0%}" for each, share in others)
        reasons.append(f"也可能是：{named}")
    if alarming:
        reasons.append(f"提到“{alarming}”，可能危及生命")
    elif by_model:
        reasons.append(f"措辞近似危及生命的报告（{verdict.danger:.0%}）")
    if not is_report:
        reasons.append(f"像是闲聊或已办结，无需处置（需处置的可能 {verdict.report:.0%}）")
    return reasons


SURE = 0.8
"""Above this nobody needs to see the other candidates."""
