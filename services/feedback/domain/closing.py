"""What must be there before a case of a category may be closed (结案条件), from a rule file."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from schemas.incident import Category, Kind
from services.reference.catalogue import Catalogue
from services.reference.rule_files import Fault, RuleFileError, Written, read_rules, understood

FILE = "closing.yaml"
STRICT = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Needed(StrEnum):
    """What a condition can ask for."""

    MEASURE = "measure"
    BEFORE = "before"
    AFTER = "after"


CHINESE = {
    Needed.MEASURE: "处置措施说明",
    Needed.BEFORE: "处置前照片",
    Needed.AFTER: "处置后照片",
}


class Condition(BaseModel):
    """All of `needs`, and the word of one of `confirmed_by` if any is named."""

    model_config = STRICT

    name: str = Field(min_length=1)
    needs: tuple[Needed, ...] = ()
    confirmed_by: tuple[str, ...] = ()
    categories: Mapping[str, str] = {}

    def lacks(self, shown: Collection[str], confirmed: Collection[str]) -> list[str]:
        """What is still missing, in Chinese; `shown` holds values of Needed, `confirmed` units."""
        found = [CHINESE[each] for each in self.needs if each not in shown]
        if self.confirmed_by and not set(self.confirmed_by) & set(confirmed):
            found.append(f"{'或'.join(self.confirmed_by)}的确认")
        return found


WORDS = Condition(name="说明措施", needs=(Needed.MEASURE,))


@dataclass(frozen=True)
class Closing:
    """One version of the conditions; `version` is the hash of the file."""

    version: str = ""
    default: Condition = WORDS
    by_category: Mapping[str, Condition] = field(default_factory=dict)

    def of(self, category: Category, kind: Kind) -> Condition:
        """What holds for a case; a question or a warning is answered by words."""
        if kind in {Kind.REQUEST, Kind.WARNING}:
            return WORDS
        return self.by_category.get(category.code, self.default)


PLAIN = Closing()
"""What holds where there is no file: words."""


class _File(BaseModel):
    model_config = STRICT

    default: str
    conditions: tuple[Condition, ...] = Field(min_length=1)


def read_closing(text: str, catalogue: Catalogue, file: str = FILE) -> Closing:
    """The conditions of a file; raises RuleFileError with file, line and what to do."""
    written = read_rules(text, file)
    said = understood(_File, written)
    faults = list(_faults(written, said, catalogue))
    if faults:
        raise RuleFileError(faults)
    by_category: dict[str, Condition] = {}
    for each in said.conditions:
        by_category |= dict.fromkeys(each.categories, each)
    default = next(each for each in said.conditions if each.name == said.default)
    return Closing(written.version, default, by_category)


def _faults(written: Written, said: _File, catalogue: Catalogue) -> Iterable[Fault]:
    names = [each.name for each in said.conditions]
    if said.default not in names:
        yield written.fault(
            ("default",), f"没有名为“{said.default}”的条件。", f"请改为{'、'.join(names)}之一。"
        )
    seen: dict[str, str] = {}
    for number, each in enumerate(said.conditions):
        if each.name in names[:number]:
            yield written.fault(
                ("conditions", number, "name"), f"条件“{each.name}”写了两次。", "请改名或合并。"
            )
        for code, name in each.categories.items():
            problem = _wrong_category(code, name, seen, catalogue)
            seen.setdefault(code, each.name)
            if problem:
                at = ("conditions", number, "categories", code)
                yield written.fault(at, *problem)


def _wrong_category(
    code: str, name: str, seen: Mapping[str, str], catalogue: Catalogue
) -> tuple[str, str] | None:
    known = catalogue.entries.get(code)
    if known is None:
        return f"目录中没有类别 {code}。", "请核对编码。"
    if known.name != name:
        return f"类别 {code} 在目录中是“{known.name}”，这里写的是“{name}”。", "请改成一致。"
    if code in seen:
        return f"类别 {code} 在条件“{seen[code]}”中已经写过。", "请删去其中一处。"
    return None
