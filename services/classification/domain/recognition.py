"""What a report is about: words of the catalogue, weighed by where they stand."""

from dataclasses import dataclass

from schemas.incident import Category, Kind, Severity
from schemas.report import ReportReceived, Source
from services.reference.catalogue import Catalogue, Entry

CHAT = frozenset({Source.WECHAT})
"""Only what comes from here can be no report at all."""

UNRECOGNISED = "95001"
"""Where a report goes that nothing was recognised in: a person answers it (政策与办事咨询)."""

REQUESTS = frozenset({"93", "94", "95"})
"""The first two digits of categories in which somebody asks for something: no hazard."""

TITLE_WEIGHT = 3.0
READ_CHARACTERS = 400
"""How much of a body is read: what it is about stands at its beginning."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a report seems to be; `entry` is None where it seems to report nothing."""

    entry: Entry | None
    confidence: float
    reasons: tuple[str, ...]

    @property
    def category(self) -> Category:
        """The category as it travels. Raises ValueError if there is none."""
        if self.entry is None:
            raise ValueError("what reports nothing has no category")
        entry = self.entry
        return Category(
            code=entry.code, name=entry.name, scene=entry.scene, standard=entry.standard
        )

    @property
    def kind(self) -> Kind:
        """A hazard, or a request."""
        is_request = self.entry is not None and self.entry.code[:2] in REQUESTS
        return Kind.REQUEST if is_request else Kind.HAZARD

    def severity(self, express: bool) -> Severity:
        """The category's own severity, or danger where the report came by the express lane."""
        if express or self.entry is None:
            return Severity.DANGER if express else Severity.LOW
        return Severity(self.entry.severity)


def recognise(report: ReportReceived, catalogue: Catalogue) -> Opinion:
    """The category that the report's words speak for most."""
    if report.hint in catalogue.entries:
        return Opinion(catalogue.entries[report.hint], 0.95, (f"来源已注明类别 {report.hint}",))
    scores = _scores(report, catalogue)
    if scores:
        return _best(scores, catalogue)
    if report.source in CHAT and not report.express:
        return Opinion(None, 0.6, ("群聊消息中没有反映具体事项",))
    return Opinion(catalogue.entries[UNRECOGNISED], 0.1, ("未识别出类别，转人工答复",))


def _scores(report: ReportReceived, catalogue: Catalogue) -> dict[str, tuple[float, list[str]]]:
    scores: dict[str, tuple[float, list[str]]] = {}
    for text, weight in ((report.title, TITLE_WEIGHT), (report.text[:READ_CHARACTERS], 1.0)):
        for code, words in catalogue.named_in(text).items() if text else ():
            score, known = scores.get(code, (0.0, []))
            gain = weight * sum(len(word) ** 1.5 for word in words)
            scores[code] = score + gain, known + words
    return scores


def _best(scores: dict[str, tuple[float, list[str]]], catalogue: Catalogue) -> Opinion:
    code = max(scores, key=lambda each: (scores[each][0], each))
    score, words = scores[code]
    total = sum(each for each, _ in scores.values())
    named = "、".join(dict.fromkeys(words))
    return Opinion(
        entry=catalogue.entries[code],
        confidence=round(min(0.95, score / total), 3),
        reasons=(f"文中提到“{named}”，归入{catalogue.entries[code].name}",),
    )
