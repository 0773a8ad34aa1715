"""Within v1 only optional fields may be added; all else is named in a sentence."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from schemas.compatibility import differences
from schemas.export import opened


class Spot(BaseModel):
    """A part of the event."""

    grid: str
    floor: int | None = None


class Seen(BaseModel):
    """The event as it was released."""

    id: str
    text: str = Field(max_length=100)
    grade: Literal["low", "high"]
    count: int = 1
    spot: Spot
    notes: tuple[str, ...] = ()


def told(**changes: Any) -> list[str]:
    """What is said of `Seen` after some fields were changed; None takes a field away."""
    fields: dict[str, Any] = {name: (f.annotation, f) for name, f in Seen.model_fields.items()}
    changed = {name: field for name, field in (fields | changes).items() if field is not None}
    now = create_model("Seen", **changed)
    return differences({"e": _schema(Seen)}, {"e": _schema(now)})


def _schema(model: type[BaseModel]) -> Any:
    return opened(model.model_json_schema())


class Deeper(BaseModel):
    """`Spot` with a field more, and one less."""

    grid: str
    building: str = ""


def test_the_same_event_and_one_with_an_optional_field_more_are_compatible() -> None:
    assert told() == []
    assert told(extra=(str | None, None)) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"count": None}, "e: 'count' was removed"),
        ({"id": None, "ident": (str, ...)}, "e: 'ident' was added as required"),
        ({"count": (str, "1")}, "e: 'count' was retyped from integer to string"),
        ({"count": (int, ...)}, "e: 'count' became required"),
        ({"count": (int, 2)}, "e: 'count' changed its default"),
        ({"id": (str, "")}, "e: 'id' became optional"),
        ({"grade": (Literal["low", "high", "worst"], ...)}, "e: 'grade' was widened"),
        ({"grade": (str, ...)}, "e: 'grade' lost its list of values"),
        ({"text": (str, Field(max_length=50))}, "e: 'text' changed its maxLength from 100 to 50"),
        ({"notes": (tuple[int, ...], ())}, "e: 'notes[]' was retyped from string to integer"),
        ({"spot": (Deeper, ...)}, "e: 'spot.floor' was removed"),
        ({"spot": (Spot | None, None)}, "e: 'spot' was retyped: one type became object or null"),
    ],
)
def test_whatever_would_break_a_released_reader_is_named(
    change: dict[str, Any], sentence: str
) -> None:
    assert any(each.startswith(sentence) for each in told(**change)), told(**change)


def test_a_narrowed_list_names_the_values_that_are_gone() -> None:
    assert told(grade=(Literal["low"], ...)) == [
        "e: 'grade' was narrowed: high can no longer be read"
    ]


def test_a_renamed_field_is_guessed() -> None:
    assert "e: 'spot' was removed (renamed to 'place'?)" in told(spot=None, place=(Spot, ...))


def test_an_event_that_is_gone_is_named() -> None:
    assert differences({"e": {}}, {}) == ["e: the event was removed or renamed"]


def test_a_moved_event_is_named() -> None:
    before, after = {"e": {"x-topic": "a.v1"}}, {"e": {"x-topic": "b.v1"}}
    assert differences(before, after) == ["e: the event changed its x-topic from a.v1 to b.v1"]
