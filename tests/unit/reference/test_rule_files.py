"""Rule files: what is read, and where it stands."""

import pytest

from services.reference.rule_files import RuleFileError, read_rules


def test_codes_times_and_words_stay_what_they_are() -> None:
    text = "a: 06010\nb: 14:00\non: yes\nc: 3\nd: 0.75\ne: true\nf: ~\ng: '3'\nh: 2026-01-01\n"
    assert read_rules(text, "f").value == {
        "a": "06010",
        "b": "14:00",
        "on": "yes",
        "c": 3,
        "d": 0.75,
        "e": True,
        "f": None,
        "g": "3",
        "h": "2026-01-01",
    }


def test_each_part_knows_its_line_and_what_is_missing_has_that_of_its_holder() -> None:
    written = read_rules("rules:\n  - name: a\n\n  - name: b\n    when:\n      x: 1\n", "f")
    assert written.line("rules", 1, "when", "x") == 6
    assert written.line("rules", 1, "then", "level") == 4


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\na: 2\n", 2, "“a”写了两次"),
        ("a:\n  b: [1\n", 3, "YAML"),
        ("a: &x [*x]\n", 1, "自身"),
        ("a: *nobody\n", 1, "YAML"),
    ],
)
def test_what_is_no_rule_file_is_refused_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        read_rules(text, "f.yaml")
    fault = refused.value.faults[0]
    assert fault.line == line and problem in fault.problem and fault.remedy
