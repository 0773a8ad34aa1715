"""`hub model`: train, evaluate and explain what recognises texts. Needs no servers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.classification.domain.harmless import is_harmless
from services.classification.domain.verdict import judge
from services.cli.failures import one_sentence
from services.cli.printing import AsJson, console, print_json, table
from services.cli.progress import bar_of
from services.reference.catalogue import load_catalogue
from services.reference.danger import danger_in

if TYPE_CHECKING:
    from services.classification.adapters.recogniser.corpus import Labelled

Existing = typer.Option(exists=True, help="CSV: text, channel, code, danger_to_life, is_hazard.")
Messages = Annotated[
    Path, typer.Option(exists=True, dir_okay=False, help="CSV of messages by domain: text, label.")
]
More = Annotated[list[Path] | None, Existing]
Reviews = Annotated[
    list[Path] | None,
    typer.Option(exists=True, dir_okay=False, help="What people answered: hub review export."),
]
Out = Annotated[Path | None, typer.Option(help="Where to write it. Default: the shipped one.")]
ModelFile = Annotated[Path | None, typer.Option("--model", help="Default: the one shipped.")]
Seed = Annotated[int, typer.Option(help="The same seed and data give the same model.")]
MORE_IMPORTANCE = 2.0
"""Of reports that others have judged, beside the corpus of the project."""


def register(app: typer.Typer) -> None:
    """Add the commands to `hub`."""
    group = typer.Typer(help="What recognises texts: train, evaluate, explain (识别模型).")
    group.command()(train)
    group.command()(evaluate)
    group.command()(explain)
    app.add_typer(group, name="model")


def train(
    messages: Messages,
    reports: More = None,
    reviews: Reviews = None,
    out: Out = None,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Learn from the project's corpus, further reports, answers of people, and messages."""
    with one_sentence():
        from services.classification.adapters.recogniser import corpus, training
        from services.classification.adapters.recogniser.model import SHIPPED
        from services.classification.adapters.recogniser.reviewed import (
            REVIEWS,
            effect,
            read_answers,
        )

        codes = load_catalogue().entries
        rows = corpus.read_reports(corpus.CORPUS, codes)
        for path in reports or ():
            rows += corpus.read_reports(path, codes, MORE_IMPORTANCE)
        answers = read_answers(reviews or (), codes)
        before = _figures(answers) if answers else {}
        rows += answers
        with bar_of(console(as_json), "learning", 1.0) as bar:
            model = training.train(
                rows,
                corpus.read_messages(messages),
                names=corpus.names_of(rows, codes),
                seed=seed,
                lexicon=danger_in,
                progress=lambda what, share: bar(share),
            )
        card = dict(model.card)
        if answers:
            card["reviews"] = effect(rows, before, card["unseen"][REVIEWS])
        replace(model, card=card).save(out or SHIPPED)
    _show(card, as_json)


def evaluate(
    reports: Annotated[Path, Existing], model: ModelFile = None, as_json: AsJson = False
) -> None:
    """Measure a model on reports that it has not learned from."""
    with one_sentence():
        from services.classification.adapters.recogniser import corpus

        found = _figures(corpus.read_reports(reports, load_catalogue().entries), model)
    _show(found, as_json)


def _figures(rows: "Sequence[Labelled]", model: Path | None = None) -> dict[str, Any]:
    from services.classification.adapters.recogniser.evaluation import figures
    from services.classification.adapters.recognising import load_recogniser

    return figures(load_recogniser(load_catalogue(), model), rows)


def explain(text: str, channel: str = "", model: ModelFile = None, as_json: AsJson = False) -> None:
    """Say what a text is taken for, and which words spoke for it (解释)."""
    with one_sentence():
        from services.classification.adapters.recogniser.model import Text, load_model

        catalogue = load_catalogue()
        asked = load_model(model, catalogue.entries)
        said = Text(text, channel=channel)
        (verdict,) = asked.verdicts([said], candidates=5)
        judgement = judge(
            verdict,
            catalogue,
            asked.thresholds,
            danger_in(text),
            harmless=is_harmless(text),
        )
    if as_json:
        print_json({"verdict": verdict, "judgement": judgement, "model": asked.version})
        return
    screen = console()
    for reason in judgement.reasons:
        screen.print(f"· {reason}")
    rows = [(code, catalogue.entries[code].name, f"{p:.1%}") for code, p in verdict.candidates]
    screen.print(table(("code", "category", "probability"), rows))


def _show(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    flat = [(name, each) for name, each in figures.items() if not isinstance(each, dict)]
    console().print(table(("figure", "value"), flat))
    groups = figures.get("unseen", {})
    for name, group in groups.items():
        console().print(table((f"unseen: {name}", ""), group.items()))
