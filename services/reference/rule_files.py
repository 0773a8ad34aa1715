"""Rule files in YAML (规则文件): every fault is named with file, line and what to do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from services.reference.text_files import NotUtf8, read_utf8

M = TypeVar("M", bound=BaseModel)
At = tuple[str | int, ...]
"""Where something stands in a file: keys and positions from the top."""
NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)")
FRACTION = re.compile(r"[-+]?\d+\.\d+")
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a line of a file, and what to do about it, in Chinese."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem} {self.remedy}"


class RuleFileError(Exception):
    """A rule file that cannot be used, with all of its faults."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Written:
    """What a file says, and at which line each part of it stands."""

    file: str
    value: Any
    lines: dict[At, int]
    version: str

    def line(self, *at: str | int) -> int:
        """The line of a part; of what holds it, if it is not written itself."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)

    def fault(self, at: At, problem: str, remedy: str) -> Fault:
        """Something is wrong there."""
        return Fault(self.file, self.line(*at), problem, remedy)


def rule_text(path: Path) -> str:
    """The text of a rule file; raises RuleFileError where it is no UTF-8, OSError."""
    try:
        return read_utf8(path)
    except NotUtf8 as error:
        fault = Fault(error.file, error.line, f"这里起{error.problem}。", error.remedy)
        raise RuleFileError([fault]) from None


def read_rules(text: str, file: str) -> Written:
    """Read YAML; raises RuleFileError for what is no YAML and for keys that are there twice.

    Plain `true`, `false` and decimal numbers are what they look like; all else is text, so that
    06010 is a code, 14:00 a time and `on` a word.
    """
    reading = _Reading(file)
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"不是正确的 YAML：{error.problem or error.context}。"
        remedy = "请检查缩进、冒号后的空格和引号。"
        fault = Fault(file, mark.line + 1 if mark else 1, problem, remedy)
        raise RuleFileError([fault]) from None
    value = {} if node is None else reading.value(node, ())
    if reading.faults:
        raise RuleFileError(reading.faults)
    return Written(file, value, reading.lines, sha256(text.encode()).hexdigest()[:12])


class _Reading:
    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[At, int] = {}
        self.faults: list[Fault] = []

    def value(self, node: yaml.Node, at: At) -> Any:
        self.lines.setdefault(at, node.start_mark.line + 1)
        if len(at) > DEEPEST:
            self._wrong(node, "层次太深，或引用了自身。", "请去掉自引用的 * 别名。")
            return None
        match node:
            case yaml.MappingNode():
                return self._mapping(node, at)
            case yaml.SequenceNode():
                return [self.value(each, (*at, index)) for index, each in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, at: At) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                self._wrong(key, f"“{name}”写了两次。", "请删去其中一个，或合并为一项。")
            self.lines[*at, name] = key.start_mark.line + 1
            found[name] = self.value(value, (*at, name))
        return found

    def _wrong(self, node: yaml.Node, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, node.start_mark.line + 1, problem, remedy))


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style in {"'", '"', "|", ">"}:
        return text
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if NUMBER.fullmatch(text):
        return int(text)
    return float(text) if FRACTION.fullmatch(text) else text


def understood(model: type[M], written: Written) -> M:
    """The file as what it is meant to be; raises RuleFileError with each fault and its line."""
    try:
        return model.model_validate(written.value)
    except ValidationError as error:
        found = error.errors()
        places = {each["loc"][:depth] for each in found for depth in range(len(each["loc"]))}
        inner = [each for each in found if each["loc"] not in places]
        raise RuleFileError(_fault(written, each) for each in inner) from None


REMEDIES = {
    "missing": "请补上这一项。",
    "extra_forbidden": "请检查拼写，或删去这一项。",
    "enum": "请改用列出的值之一。",
    "literal_error": "请改用列出的值之一。",
}
PROBLEMS = {
    "missing": "缺少",
    "extra_forbidden": "没有这样的项目",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "too_short": "不能为空",
    "string_type": "应为文字",
    "string_too_short": "不能少于 {min_length} 个字",
    "string_too_long": "不能多于 {max_length} 个字",
    "string_pattern_mismatch": "写法不对（应符合 {pattern}）",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "dict_type": "应为键和值",
    "model_type": "应为键和值",
    "greater_than": "必须大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "必须小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "date_from_datetime_parsing": "不是日期（应如 2026-03-02）",
    "datetime_from_date_parsing": "不是时间（应如 2026-03-02T10:00:00+08:00）",
    "datetime_parsing": "不是时间（应如 2026-03-02T10:00:00+08:00）",
    "timezone_aware": "时间缺少时区（应如 2026-03-02T10:00:00+08:00）",
}


def _fault(written: Written, error: Any) -> Fault:
    at = tuple(error["loc"])
    remedy = REMEDIES.get(error["type"], "请按说明改正。")
    return written.fault(at, f"{in_chinese(error)}。", remedy)


def in_chinese(error: Any) -> str:
    """One of the errors of a ValidationError: where, what, and what was given."""
    at = tuple(error["loc"])
    name = ".".join(str(part) if isinstance(part, str) else f"[{part + 1}]" for part in at)
    sort, context = error["type"], error.get("ctx", {})
    told = str(error["msg"]).removeprefix("Value error, ")
    said = PROBLEMS[sort].format(**context) if sort in PROBLEMS else told
    said = said.replace("' or '", "' 或 '")
    value = error["input"]
    given = f"，现为 {value!r}" if isinstance(value, str | int | float) else ""
    return f"{name}：{said}{given}" if name else f"{said}{given}"
