"""The model as it is shipped and asked: what a text is about, and why that is thought."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from services.classification.adapters.recogniser.features import Vocabulary, clean, written
from services.classification.adapters.recogniser.headline import headline
from services.classification.adapters.recogniser.linear import Head, packed, unpacked
from services.classification.adapters.recogniser.meanings import Meanings, is_meaning
from services.classification.domain.verdict import ModelError, Thresholds, Verdict

SHIPPED = Path(__file__).parents[2] / "data" / "model.npz"
CHANNELS = {
    "hotline": "\ue001",
    "wechat": "\ue002",
    "mini_program": "\ue003",
    "patrol": "\ue004",
}
"""How a text came, as a character that nobody writes: it stands before the text."""
AT_ONCE = 512
PHRASES = 3
LONGEST_PHRASE = 12
MARKS = " ，。！？、；：,.!?;:~…—-()（）\n\t"
REPORT, DANGER = "report", "danger"


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be recognised; `channel` is one of CHANNELS, or empty if unknown."""

    text: str
    title: str = ""
    channel: str = ""

    @property
    def whole(self) -> str:
        """Title and text as one."""
        return f"{self.title}。{self.text}" if self.title else self.text


@dataclass(frozen=True)
class Model:
    """Two vocabularies (of short reports, of long messages) and the heads over them."""

    reports: Vocabulary
    messages: Vocabulary
    category: Head
    report: Head
    danger: Head
    domain: Head
    card: Mapping[str, Any]
    """How it was made and how well it does, as figures."""
    version: str = ""
    """The hash of its file."""

    @property
    def thresholds(self) -> Thresholds:
        """From which probability on a text is a report, and a danger."""
        named = ("report_from", "danger_from", "life_from")
        return Thresholds(*(float(self.card[each]) for each in named))

    def verdicts(self, texts: Sequence[Text], candidates: int = 3) -> list[Verdict]:
        """What each text is about; the same for a text alone and in a batch."""
        found: list[Verdict] = []
        for start in range(0, len(texts), AT_ONCE):
            found += self._verdicts(texts[start : start + AT_ONCE], candidates)
        return found

    def _verdicts(self, texts: Sequence[Text], candidates: int) -> list[Verdict]:
        wholes = [each.whole for each in texts]
        vectors = self.report_vectors(texts)
        categories = self.category.probabilities(vectors)
        says = [any(map(str.isalnum, whole)) for whole in wholes]
        best = np.argsort(-categories, axis=1)[:, : max(2, candidates)]
        reports = self.report.probabilities(vectors)[:, self._yes_report]
        dangers = self.danger.probabilities(vectors)[:, self._yes_danger]
        domains = self.domain.probabilities(self.message_vectors(texts))
        return [
            Verdict(
                candidates=tuple(
                    (self.category.answers[code], round(float(categories[row, code]), 4))
                    for code in best[row, :candidates]
                ),
                report=float(reports[row]) if says[row] else 0.0,
                danger=float(dangers[row]) if says[row] else 0.0,
                domain=self.domain.answers[domains[row].argmax()],
                domain_confidence=float(domains[row].max()),
                phrases=self._phrases(vectors, row, best[row], whole),
            )
            for row, whole in enumerate(wholes)
        ]

    def report_vectors(self, texts: Sequence[Text]) -> csr_array:
        """Texts as the heads of short reports see them."""
        return self.reports.vectors([CHANNELS.get(each.channel, "") + each.whole for each in texts])

    def message_vectors(self, texts: Sequence[Text]) -> csr_array:
        """Texts as the head of the domains sees them."""
        titles = [each.title or headline(each.text) for each in texts]
        return self.messages.vectors([each.whole for each in texts], titles)

    @cached_property
    def _yes_report(self) -> int:
        return self.report.answers.index(REPORT)

    @cached_property
    def _yes_danger(self) -> int:
        return self.danger.answers.index(DANGER)

    def _phrases(
        self, vectors: csr_array, row: int, best: np.ndarray[Any, Any], whole: str
    ) -> tuple[str, ...]:
        """The pieces that tell the best candidate from the next one, grown to phrases."""
        inside = slice(vectors.indptr[row], vectors.indptr[row + 1])
        columns, values = vectors.indices[inside], vectors.data[inside]
        first, second = (self.category.weights[columns, each] for each in best[:2])
        gains = np.where(is_meaning(self.reports.keys[columns]), 0.0, values * (first - second))
        strongest = np.argsort(-gains)[: 2 * PHRASES]
        told = [
            written(int(self.reports.keys[columns[each]])) for each in strongest if gains[each] > 0
        ]
        return phrases(clean(whole), told)

    def save(self, path: Path) -> None:
        """Write the model down, in eight bits a weight."""
        arrays: dict[str, Any] = {"card": _text(json.dumps(dict(self.card), ensure_ascii=False))}
        for name in ("reports", "messages"):
            vocabulary: Vocabulary = getattr(self, name)
            arrays[f"{name}.keys"] = vocabulary.keys
            arrays[f"{name}.weights"] = vocabulary.weights.astype(np.float16)
            arrays[f"{name}.longest"] = np.array(vocabulary.longest)
            arrays[f"{name}.words"] = vocabulary.meanings.words
            arrays[f"{name}.characters"] = vocabulary.meanings.characters
        for name in ("category", "report", "danger", "domain"):
            head: Head = getattr(self, name)
            arrays[f"{name}.eight"], arrays[f"{name}.scale"] = packed(head.weights)
            arrays[f"{name}.bias"] = head.bias
            arrays[f"{name}.answers"] = _text("\n".join(head.answers))
            arrays[f"{name}.sharpness"] = np.array([head.sharpness, *head.first])
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **arrays)


def phrases(text: str, told: Sequence[str]) -> tuple[str, ...]:
    """Where pieces stand in a text, those that touch put together; the longest first."""
    marked = set[int]()
    for piece in told:
        at = text.find(piece)
        if at >= 0:
            marked.update(range(at, at + len(piece)))
    found: list[str] = []
    start = -1
    for place in range(len(text) + 1):
        if place in marked and start < 0:
            start = place
        elif place not in marked and start >= 0:
            found.append(text[start:place][:LONGEST_PHRASE])
            start = -1
    spoken = (each.strip(MARKS) for each in found)
    return tuple(
        sorted((each for each in spoken if len(each) > 1), key=len, reverse=True)[:PHRASES]
    )


def load_model(path: Path | None = None, codes: Collection[str] = ()) -> Model:
    """Read a model, the shipped one if none is given.

    Raises ModelError if the file can not be read, or if it speaks of categories that are not
    among `codes`: then it does not fit the catalogue.
    """
    path = path or SHIPPED
    try:
        content = path.read_bytes()
        with np.load(path, allow_pickle=False) as arrays:
            model = _model(arrays, sha256(content).hexdigest()[:12])
            _ = model.thresholds
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(
            f"{path} is no model of this hub ({error}); make one with 'hub model train'"
        ) from error
    unknown = sorted(set(model.category.answers) - set(codes)) if codes else []
    if unknown:
        raise ModelError(
            f"{path} does not fit the catalogue: it knows {', '.join(unknown[:5])}"
            f"{' and more' if len(unknown) > 5 else ''}, which the catalogue does not have; "
            "train it anew with 'hub model train', or use the catalogue it was made for"
        )
    return model


def _model(arrays: Mapping[str, Any], version: str) -> Model:
    def vocabulary(name: str) -> Vocabulary:
        weights = arrays[f"{name}.weights"].astype(np.float32)
        table = Meanings(arrays[f"{name}.words"], arrays[f"{name}.characters"])
        return Vocabulary(arrays[f"{name}.keys"], weights, int(arrays[f"{name}.longest"]), table)

    def head(name: str) -> Head:
        sharpness, slope, offset = arrays[f"{name}.sharpness"].tolist()
        return Head(
            tuple(_words(arrays[f"{name}.answers"]).split("\n")),
            unpacked(arrays[f"{name}.eight"], arrays[f"{name}.scale"]),
            arrays[f"{name}.bias"],
            sharpness,
            (slope, offset),
        )

    return Model(
        reports=vocabulary("reports"),
        messages=vocabulary("messages"),
        category=head("category"),
        report=head("report"),
        danger=head("danger"),
        domain=head("domain"),
        card=json.loads(_words(arrays["card"])),
        version=version,
    )


def _text(text: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(text.encode(), np.uint8)


def _words(array: np.ndarray[Any, Any]) -> str:
    return array.tobytes().decode()
