"""What other rules would have done."""

from datetime import timedelta

from schemas.dispatch import ModeDeclared, ModeEnded
from schemas.incident import Alertness
from services.dispatch.adapters.rule_folder import texts
from services.dispatch.domain.book import ROUTING, read_book
from services.dispatch.domain.replaying import Comparison, past_mode
from services.dispatch.domain.situation import Situation
from services.reference.calendar import load_calendar
from tests.unit.dispatch.cases import (
    BOOK,
    CATALOGUE,
    ESTATE,
    LANE,
    NOON,
    after,
    dispatched,
    incident,
)

HOUR = timedelta(hours=1)


def test_the_same_rules_would_have_done_the_same() -> None:
    found = Comparison()
    found.add(incident(), dispatched(after()), BOOK, {})
    assert (found.total, found.differences, found.before) == (1, [], found.after)


def test_other_rules_are_counted_and_what_differs_is_named() -> None:
    files = texts(None)
    here = f'category: "{LANE}", area: "{ESTATE.micro_grid}"'
    rule = (
        f"\nrules:\n  - {{name: 先到街道, when: {{{here}}}, then: {{level: street}}, "
        f"examples: [{{{here}}}]}}\n"
    )
    other = files | {ROUTING: files[ROUTING].replace("\nrules:\n", rule, 1)}
    book, _ = read_book(other, CATALOGUE, load_calendar(), NOON)
    found = Comparison()
    found.add(incident(), dispatched(after()), book, {})
    (told,) = found.differences
    assert (told.before.level, told.after.level) == ("微网格员", "街道运行中心（值班台）")
    assert told.after.rule == "先到街道" and found.after["rule", "先到街道"] == 1


def test_what_was_done_in_an_emergency_is_played_in_that_emergency() -> None:
    declared = ModeDeclared(
        mode_id="mode:1", area=ESTATE.community, level=Alertness.RED, trigger="暴雨", by="L1",
        expires_at=NOON + HOUR, declared_at=NOON - HOUR,
    )  # fmt: skip
    past = past_mode(declared, None)
    then = dispatched(after(), Situation(BOOK, "g1", modes=[past.mode]))
    found = Comparison()
    found.add(incident(), then, BOOK, {}, [past])
    assert not found.differences
    ended = ModeEnded(mode_id="mode:1", ended_at=NOON - HOUR / 2)
    later = past_mode(declared.model_copy(update={"declared_at": NOON + HOUR / 2}), None)
    for other in (past_mode(declared, ended), later):
        found.add(incident(), then, BOOK, {}, [other])
    assert [each.after.hours for each in found.differences] == [4.0, 4.0]
