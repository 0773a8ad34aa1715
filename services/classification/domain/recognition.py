"""What a report is about: the model's verdict, and the rules that are surer than it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from schemas.incident import Candidate, Category, Kind, Severity
from schemas.report import ReportReceived, Source
from services.classification.domain.families import Families
from services.classification.domain.harmless import is_harmless
from services.classification.domain.judging import Rules
from services.classification.domain.mention import mention_in
from services.classification.domain.verdict import Judgement, Thresholds, Verdict, judge
from services.classification.domain.writing import is_foreign
from services.reference.catalogue import Catalogue, Entry
from services.reference.danger import danger_in

UNRECOGNISED = "95001"
"""Where a report goes that nothing was recognised in: a person answers it (政策与办事咨询)."""

REQUESTS = frozenset({"93", "94", "95"})
"""The first two digits of categories in which somebody asks for something: no hazard."""

CHANNEL_OF: Mapping[Source, str] = {
    Source.HOTLINE: "hotline",
    Source.DUTY_DESK: "hotline",
    Source.TRANSFER: "hotline",
    Source.WECHAT: "wechat",
    Source.MINI_PROGRAM: "mini_program",
    Source.PUBLIC: "mini_program",
    Source.WORKER: "patrol",
    Source.VISIT: "patrol",
}
"""By whose way of writing the model reads a source."""
CHAT = "wechat"
"""Only what comes by this channel can be no report at all."""
HINTED = 0.95
SPELLED_OUT = 0.9
SURELY_NOTHING = 0.3
"""Below this probability even what came by an official way is taken to ask for nothing: to send a
real matter to the consultation desk costs more than to look at one that is none.
"""
PERHAPS_SOMETHING = 0.35
"""From this probability on chat is no longer dismissed unseen: a person is asked first."""
LONGEST_NAME = 12
"""Characters of a text that may be nothing but the name of a matter."""
LEAST_NAMED = 3
LONGEST_SPELLED = 40
PLACE = re.compile("^.{0,20}[0-9一二三四五六七八九十](?:[栋幢期楼]|号楼?|单元)")
"""What a brief report begins with."""
FOREIGN = 0.1


@dataclass(frozen=True, slots=True)
class Said:
    """A text that is to be recognised.

    `hint` is a category that its source is sure of, `alarming` the word of the danger lexicon
    that it holds, `express` whether intake took it for danger to life.
    """

    text: str
    title: str = ""
    channel: str = ""
    hint: str | None = None
    alarming: str = ""
    express: bool = False
    is_sensor: bool = False
    """Whether a device says it, which never chats."""

    @property
    def is_alarming(self) -> bool:
        """Whether it is taken for danger to life already."""
        return self.express or bool(self.alarming)

    @property
    def whole(self) -> str:
        """Title and text as one."""
        return f"{self.title}。{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a report seems to be; `entry` is None where it is chat that reports nothing."""

    entry: Entry | None
    confidence: float
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()
    """The likeliest categories, best first."""
    is_danger: bool = False
    is_report: bool = True
    """Whether somebody has to act."""
    is_mention: bool = False
    """Whether it only asks about a hazard in general."""
    is_unsure: bool = False
    """Whether a person should be asked first (复核)."""
    raised: Severity | None = None
    """The severity that circumstances have raised it to."""
    sensitive: tuple[str, ...] = ()
    model_version: str = ""
    catalogue_version: str = ""
    reviewer: str = ""
    """Staff number of who decided the category."""
    unreviewed: bool = False
    """Whether nobody answered its review in time."""

    @property
    def category(self) -> Category:
        """The category as it travels. Raises ValueError if there is none."""
        if self.entry is None:
            raise ValueError("what reports nothing has no category")
        return category_of(self.entry)

    @property
    def kind(self) -> Kind:
        """A hazard, or a request."""
        asks = self.is_mention or self.entry is None
        return Kind.REQUEST if asks else kind_of(self.entry)

    def severity(self, express: bool) -> Severity:
        """Danger if it came as such or reads like it; else the category's own, raised."""
        if express or self.is_danger:
            return Severity.DANGER
        if self.raised is not None or self.entry is None:
            return self.raised or Severity.LOW
        return Severity(self.entry.severity)


@dataclass(frozen=True)
class Book:
    """By what texts are recognised: one version of catalogue, thresholds and rules."""

    catalogue: Catalogue
    thresholds: Thresholds
    rules: Rules
    model_version: str = ""
    """Of the model and of the rules."""
    families: Families = field(default_factory=Families)
    """Which categories may be one matter."""


def said_in(report: ReportReceived) -> Said:
    """What a report says, as it is to be recognised; a device's own words are no cry for help."""
    is_sensor = report.source is Source.CAMERA
    said = Said(
        text=report.text,
        title=report.title,
        channel=CHANNEL_OF.get(report.source, ""),
        hint=report.hint,
        express=report.express,
        is_sensor=is_sensor,
    )
    return said if is_sensor else replace(said, alarming=danger_in(said.whole) or "")


def recognise(said: Said, verdict: Verdict, book: Book) -> Opinion:
    """What a text is about: what its source is sure of, then danger, then the model."""
    if said.hint in book.catalogue.entries:
        return _hinted(said, book)
    mention = None if said.is_alarming else mention_in(said.whole)
    if mention and not mention.is_question:
        return _nothing(said, verdict, book, (mention.reason,))
    judgement = judge(
        verdict,
        book.catalogue,
        book.thresholds,
        said.alarming or None,
        express=said.express,
        harmless=is_harmless(said.whole),
    )
    if mention:
        return _question(verdict, book, (*judgement.reasons[:1], mention.reason))
    judgement = _spelled_out(said, judgement, book)
    if said.is_sensor:
        judgement = replace(judgement, is_report=True)
    if not judgement.is_report and said.channel == CHAT and verdict.report >= PERHAPS_SOMETHING:
        return _perhaps(verdict, judgement, book)
    if not judgement.is_report and (said.channel == CHAT or verdict.report < SURELY_NOTHING):
        return _nothing(said, verdict, book, judgement.reasons)
    if not judgement.is_report:
        judgement = replace(judgement, reasons=judgement.reasons[:-1])
    if is_foreign(said.whole):
        judgement = _in_another_script(judgement)
    return _report(verdict, judgement, book)


def _spelled_out(said: Said, judgement: Judgement, book: Book) -> Judgement:
    """A place and words of one category of the catalogue, and little else: that is what it is."""
    matter = PLACE.sub("", "".join(filter(str.isalnum, said.whole[:LONGEST_SPELLED])))
    named = book.catalogue.named_in(matter)
    if len(matter) > LONGEST_NAME or len(named) != 1 or len(said.whole) > LONGEST_SPELLED:
        return judgement
    ((code, words),) = named.items()
    if not LEAST_NAMED <= sum(map(len, words)) >= len(matter) / 2:
        return judgement
    entry, word = book.catalogue.entries[code], "、".join(words)
    return replace(
        judgement,
        entry=entry,
        confidence=SPELLED_OUT,
        is_report=True,
        severity="danger" if judgement.is_danger else entry.severity,
        reasons=(f"写明“{word}”，归入{entry.name}",),
    )


def _in_another_script(judgement: Judgement) -> Judgement:
    """What the model has hardly read it knows nothing of, however sure it seems."""
    return replace(
        judgement,
        confidence=min(judgement.confidence, FOREIGN),
        severity="danger" if judgement.is_danger else "medium",
        reasons=(*judgement.reasons, "主要不是中文，模型不熟悉"),
    )


def _report(verdict: Verdict, judgement: Judgement, book: Book) -> Opinion:
    """Somebody has to act; whether a person is asked first is a matter of what that costs."""
    floor = book.rules.review.from_confidence
    is_grave = judgement.is_danger or judgement.severity == Severity.DANGER
    is_unsure = judgement.confidence < floor and not is_grave
    doubt = (f"把握低于 {floor:.0%}，请人复核",) if is_unsure else ()
    return Opinion(
        entry=judgement.entry,
        confidence=judgement.confidence,
        reasons=(*judgement.reasons, *doubt),
        candidates=candidates_of(verdict, book.catalogue),
        is_danger=judgement.is_danger,
        is_report=judgement.is_report,
        is_unsure=is_unsure,
        model_version=book.model_version,
        catalogue_version=book.catalogue.version,
    )


def _perhaps(verdict: Verdict, judgement: Judgement, book: Book) -> Opinion:
    """It reads like chat, and may be none: a person is asked, unless it is known already."""
    return replace(_report(verdict, judgement, book), is_unsure=True)


def _hinted(said: Said, book: Book) -> Opinion:
    entry = book.catalogue.entries[said.hint or ""]
    reasons = (f"来源已注明类别 {entry.code}（{entry.name}）",)
    danger = ("来源已按危及生命报来",) if said.express else ()
    if said.alarming:
        danger = (f"提到“{said.alarming}”，可能危及生命",)
    return Opinion(
        entry=entry,
        confidence=HINTED,
        reasons=(*reasons, *danger),
        candidates=(Candidate(code=entry.code, name=entry.name, confidence=HINTED),),
        is_danger=said.is_alarming,
        model_version=book.model_version,
        catalogue_version=book.catalogue.version,
    )


def _question(verdict: Verdict, book: Book, reasons: tuple[str, ...]) -> Opinion:
    """Somebody asks about hazards in general: a consultation, which is answered."""
    return Opinion(
        entry=book.catalogue.entries[UNRECOGNISED],
        confidence=round(1.0 - verdict.danger, 4),
        reasons=reasons,
        candidates=candidates_of(verdict, book.catalogue),
        is_mention=True,
        model_version=book.model_version,
        catalogue_version=book.catalogue.version,
    )


def _nothing(said: Said, verdict: Verdict, book: Book, reasons: tuple[str, ...]) -> Opinion:
    """Nobody has to act. Chat is dismissed; all else is answered, like a consultation."""
    answered = Opinion(
        entry=book.catalogue.entries[UNRECOGNISED],
        confidence=round(1.0 - verdict.report, 4),
        reasons=(*reasons, "来自正式渠道，仍予答复"),
        candidates=candidates_of(verdict, book.catalogue),
        is_report=False,
        model_version=book.model_version,
        catalogue_version=book.catalogue.version,
    )
    if said.channel == CHAT:
        return replace(answered, entry=None, reasons=reasons)
    return answered


def candidates_of(verdict: Verdict, catalogue: Catalogue) -> tuple[Candidate, ...]:
    """The likeliest categories as they travel, best first."""
    return tuple(
        Candidate(code=code, name=catalogue.entries[code].name, confidence=share)
        for code, share in verdict.candidates
    )


def category_of(entry: Entry) -> Category:
    """A category of the catalogue as it travels."""
    return Category(code=entry.code, name=entry.name, scene=entry.scene, standard=entry.standard)


def kind_of(entry: Entry | None) -> Kind:
    """What sort of matter a category is: a hazard, or a request."""
    return Kind.REQUEST if entry and entry.code[:2] in REQUESTS else Kind.HAZARD
