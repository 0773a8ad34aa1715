"""The register of sources as it lies in a file (YAML), each fault with its line."""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from schemas.flow import CAMERA_ALARMS, HOTLINE_TICKETS, MESSAGES, WORKER_REPORTS
from services.intake.adapters.cameras import VENDORS
from services.intake.domain.registered import (
    KEY_NAME,
    Proof,
    Register,
    RegisteredSource,
    Row,
    register_of,
)
from services.kernel.errors import HubError

SHIPPED = Path(__file__).parents[1] / "data" / "sources.yaml"
TOPICS = ("", *(each.name for each in (HOTLINE_TICKETS, CAMERA_ALARMS, MESSAGES, WORKER_REPORTS)))
MOST_TOLD = 20
SENTENCES = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这一项，请检查拼写",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "enum": "应为 {expected} 之一",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "too_long": "最多 {max_length} 项",
    "string_too_long": "最多 {max_length} 个字符",
    "string_too_short": "不能为空",
    "value_error": "{error}",
}


class RegisterError(HubError):
    """The register can not be used; each line of the message names file, line and what to do."""


class _File(Row):
    version: int
    sources: tuple[RegisteredSource, ...]


def load_register(path: Path | None = None) -> Register:
    """Read a register, the shipped one if none is given. Raises RegisterError or OSError."""
    chosen = path or SHIPPED
    content = chosen.read_bytes()
    root = _parsed(content, chosen)
    if repeated := [f"{chosen} 第 {line} 行：{name} 写了两次" for line, name in _repeated(root)]:
        raise RegisterError("\n".join(repeated[:MOST_TOLD]))
    try:
        found = _File.model_validate(_plain(root))
    except ValidationError as error:
        raise RegisterError(_told(error, root, chosen)) from None
    faults = [
        f"{chosen} 第 {_line(root, ('sources', index))} 行（{found.sources[index].id}）：{fault}"
        for index, fault in _faults(found)
    ]
    if faults:
        raise RegisterError("\n".join(faults[:MOST_TOLD]))
    return register_of(found.sources, sha256(content).hexdigest()[:12])


def _parsed(content: bytes, path: Path) -> Node:
    try:
        root = yaml.compose(content, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RegisterError(f"{path} 第 {line} 行：不是有效的 YAML（{error.problem}）") from None
    except (yaml.YAMLError, UnicodeError):
        raise RegisterError(f"{path} 不是有效的 YAML 文本：请存为 UTF-8") from None
    if root is None:
        raise RegisterError(f"{path} 是空的：至少写 version 和 sources")
    return root


def _plain(node: Node) -> Any:
    """The values of a document, texts and numbers as YAML reads them."""
    match node:
        case MappingNode():
            return {str(_plain(name)): _plain(value) for name, value in node.value}
        case SequenceNode():
            return [_plain(each) for each in node.value]
        case ScalarNode(tag="tag:yaml.org,2002:null"):
            return None
        case ScalarNode(tag="tag:yaml.org,2002:int" | "tag:yaml.org,2002:float"):
            return yaml.safe_load(node.value)
    return node.value


def _repeated(node: Node) -> Iterator[tuple[int, str]]:
    """Names that stand twice in one mapping, of which YAML would take the last."""
    if isinstance(node, MappingNode):
        names = [name.value for name, _ in node.value]
        for index, (name, value) in enumerate(node.value):
            if name.value in names[:index]:
                yield name.start_mark.line + 1, str(name.value)
            yield from _repeated(value)
    elif isinstance(node, SequenceNode):
        for each in node.value:
            yield from _repeated(each)


def _line(node: Node, where: tuple[int | str, ...]) -> int:
    """The line on which a part of the document stands, or the nearest part around it."""
    line = node.start_mark.line + 1
    for step in where:
        below = _below(node, step)
        if below is None:
            break
        node, line = below, below.start_mark.line + 1
    return line


def _below(node: Node, step: int | str) -> Node | None:
    if isinstance(node, SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, MappingNode):
        return next((value for name, value in node.value if name.value == str(step)), None)
    return None


def _told(error: ValidationError, root: Node, path: Path) -> str:
    found = error.errors(include_url=False, include_input=False)
    return "\n".join(
        f"{path} 第 {_line(root, each['loc'])} 行（{'.'.join(map(str, each['loc'])) or '全文'}）："
        f"{_sentence(each)}"
        for each in found[:MOST_TOLD]
    )


def _sentence(fault: ErrorDetails) -> str:
    known = SENTENCES.get(fault["type"])
    return known.format(**fault.get("ctx", {})) if known else fault["msg"]


def _faults(found: _File) -> Iterator[tuple[int, str]]:
    """What no single source shows: (its index, what is wrong and what to do)."""
    times = Counter(each.id for each in found.sources)
    desks = [each.id for each in found.sources if each.proof is Proof.DESK]
    for index, each in enumerate(found.sources):
        if times[each.id] > 1:
            yield index, "这个 id 登记了不止一次：各来源的 id 不能相同"
        if each.topic not in TOPICS:
            yield index, f"topic 应为 {'、'.join(TOPICS[1:])} 之一"
        if each.vendor and each.vendor not in VENDORS:
            yield index, f"vendor 应为 {'、'.join(VENDORS)} 之一"
        for name in each.keys:
            if not re.fullmatch(KEY_NAME, name):
                yield index, "keys 里只写密钥的名字（大写字母、数字、下划线），不写密钥本身"
        if each.proof is Proof.DESK and len(desks) > 1:
            yield index, "proof 为 desk 的来源只能有一个"
