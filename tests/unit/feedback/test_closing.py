"""What a category asks for before it may be closed, and what a rule file may not say."""

from dataclasses import replace
from pathlib import Path

import pytest

from schemas.case import CaseDisposed, StepRefused
from schemas.dispatch import Level
from schemas.incident import Category, Kind
from schemas.worker import Action, Evidence
from services.feedback.adapters.rule_files import SHIPPED, load_closing, load_retention
from services.feedback.domain.case import Case, State
from services.feedback.domain.closing import read_closing
from services.feedback.domain.effects import step
from services.feedback.domain.evolve import evolve
from services.feedback.domain.refusals import Limits
from services.feedback.domain.retention import read_retention
from services.reference.catalogue import load_catalogue
from services.reference.rule_files import RuleFileError
from tests.unit.feedback.cases import CHECKER, NOON, case_in, did

CATALOGUE = load_catalogue()
CLOSING = load_closing(None, CATALOGUE)
LIMITS = Limits(closing=CLOSING)
LANE, LIFT = "09012", "91004"
GAS = "91005"


def case_of(code: str, state: State = State.ON_SITE) -> Case:
    """A case of a category that has come as far as this."""
    name = CATALOGUE.entries[code].name
    return replace(case_in(state), category=Category(code=code, name=name, scene="社区安全"))


def shown(*shows: str) -> tuple[Evidence, ...]:
    """Pictures that show these things."""
    return tuple(
        Evidence.model_validate(
            {
                "digest": f"{n:064}",
                "media_type": "image/jpeg",
                "width": 1,
                "height": 1,
                "shows": each,
            }
        )
        for n, each in enumerate(shows)
    )


def lacking(case: Case, action: Action = Action.DISPOSE, **more: object) -> str:
    """What the refusal says is missing; empty if it is not refused."""
    worker = CHECKER if action is Action.CHECK else case.worker_id
    first, *_ = step(case, did(action, worker, **more), NOON, LIMITS)  # type: ignore[arg-type]
    return first.reason.partition("还缺")[2] if isinstance(first, StepRefused) else ""


@pytest.mark.parametrize(
    ("code", "shows", "confirmed_by", "missing"),
    [
        ("06028", (), "", ""),
        (LANE, (), "", "处置后照片，请补齐后再报"),
        (LANE, ("before",), "", "处置后照片，请补齐后再报"),
        (LANE, ("after",), "", ""),
        (LIFT, ("after",), "", "处置前照片，请补齐后再报"),
        (LIFT, (), "", "处置前照片、处置后照片，请补齐后再报"),
        (LIFT, ("before", "after"), "", ""),
        (GAS, (), "", "燃气公司的确认，请补齐后再报"),
        (GAS, (), "物业", "燃气公司的确认，请补齐后再报"),
        (GAS, (), "燃气公司", ""),
        ("96004", ("after",), "", "住建或水务或供水公司的确认，请补齐后再报"),
        ("96004", ("after",), "水务", ""),
    ],
)
def test_each_category_has_a_condition_of_its_own(
    code: str, shows: tuple[str, ...], confirmed_by: str, missing: str
) -> None:
    said = lacking(case_of(code), evidence=shown(*shows), confirmed_by=confirmed_by)
    assert said == missing


def test_the_refusal_names_category_condition_and_version() -> None:
    (refused,) = step(case_of(LANE), did(Action.DISPOSE, note="  "), NOON, LIMITS)
    assert isinstance(refused, StepRefused)
    assert refused.reason == (
        f"占用消防通道的结案条件是“清障后照片”（版本 {CLOSING.version}）："
        "还缺处置措施说明、处置后照片，请补齐后再报"
    )


def test_a_department_that_disposes_confirms_by_that_and_a_task_that_is_done_confirms_too() -> None:
    case = case_of(GAS)
    assert case.sending
    by_them = replace(case.sending, level=Level.DEPARTMENT, unit="燃气公司")
    assert lacking(replace(case, sending=by_them)) == ""
    assert lacking(replace(case, sending=replace(by_them, level=Level.COMMUNITY)))
    assert lacking(replace(case, confirmations=("燃气公司",))) == ""


@pytest.mark.parametrize("kind", [Kind.REQUEST, Kind.WARNING])
def test_a_question_or_a_warning_is_answered_by_words(kind: Kind) -> None:
    assert lacking(replace(case_of(LANE), kind=kind)) == ""


def test_a_picture_before_may_come_with_the_arrival_and_one_after_is_void_after_rework() -> None:
    case = case_of(LIFT, State.HANDLING)
    for action, shows in ((Action.ARRIVE, "before"), (Action.DISPOSE, "after")):
        for event in step(case, did(action, evidence=shown(shows)), NOON, LIMITS):
            case = evolve(case, event) or case
    assert case.state is State.PENDING_CHECK and set(case.shown) == {"before", "after"}
    for event in step(case, did(Action.CHECK, CHECKER, passed=False), NOON, LIMITS):
        case = evolve(case, event) or case
    assert lacking(case) == "处置后照片，请补齐后再报"


def test_a_check_passes_only_what_the_category_asks_for_now() -> None:
    (disposed,) = step(case_of("06028"), did(Action.DISPOSE), NOON, LIMITS)
    assert isinstance(disposed, CaseDisposed)
    case = replace(case_of(LANE, State.PENDING_CHECK))
    assert lacking(case, Action.CHECK, passed=True) == "处置后照片，请补齐后再报"
    assert lacking(case, Action.CHECK, passed=True, evidence=shown("after")) == ""
    assert lacking(case, Action.CHECK, passed=False) == ""


GOOD = (SHIPPED / "closing.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("default: 说明措施", "default: 随便", "default: ", "没有名为“随便”的条件"),
        ('"09019": 占用无障碍通道', '"09999": 占用无障碍通道', '"09019"', "目录中没有类别 09999"),
        ('"09019": 占用无障碍通道', '"09019": 占道', '"09019"', "在目录中是“占用无障碍通道”"),
        ('"06011": 积存垃圾渣土', '"09012": 占用消防通道', '"06011"', "已经写过"),
        ("needs: [measure, before, after]", "needs: [picture]", "needs: [measure, b", "只能是"),
        ("name: 清理后照片", "name: 清障后照片", "name: 清理后照片", "写了两次"),
        (
            "confirmed_by: [燃气公司]",
            "confirmed: [燃气公司]",
            "confirmed_by: [燃",
            "没有这样的项目",
        ),
    ],
)
def test_a_fault_of_the_file_is_named_with_its_line_and_what_to_do(
    old: str, new: str, line: str, said: str
) -> None:
    number = GOOD[: GOOD.index(line)].count("\n") + 1
    with pytest.raises(RuleFileError) as raised:
        read_closing(GOOD.replace(old, new, 1), CATALOGUE)
    first = str(raised.value).splitlines()[0]
    assert first.startswith(f"closing.yaml:{number}: ") and said in first and "请" in first


def test_a_rule_of_keeping_is_checked_as_well() -> None:
    text = (SHIPPED / "retention.yaml").read_text("utf-8")
    for old, new, said in (
        ("keep_days: 730", "keep_days: 0", "keep_days"),
        ('["91001"]', '["99999"]', "目录中没有类别 99999"),
        ('["91001"]', '["91002"]', "已经写过"),
        ('["91001"]', "[]", "没有写类别的规则有 2 条"),
    ):
        with pytest.raises(RuleFileError, match=said):
            read_retention(text.replace(old, new, 1), CATALOGUE)


def test_an_operators_own_files_are_taken(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("default: 甲\nconditions: [{name: 甲, needs: [after]}]", "utf-8")
    assert load_closing(own, CATALOGUE).default.name == "甲"
    own.write_text("rules: [{name: 乙, keep_days: 3}]", "utf-8")
    assert load_retention(own, CATALOGUE).of("91001").keep_days == 3
