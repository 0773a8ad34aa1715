"""How long evidence is kept, and whose is held (保存期限、证据保全), from a rule file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from services.reference.catalogue import Catalogue
from services.reference.rule_files import Fault, RuleFileError, read_rules, understood

FILE = "retention.yaml"
STRICT = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Rule(BaseModel):
    """So many days after the closing; with `hold`, evidence is held for that reason at once."""

    model_config = STRICT

    name: str = Field(min_length=1)
    keep_days: int = Field(ge=1, le=36_500)
    hold: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Retention:
    """One version of the rules; `version` is the hash of the file."""

    version: str
    default: Rule
    by_category: Mapping[str, Rule] = field(default_factory=dict)

    def of(self, category: str) -> Rule:
        """What holds for a category."""
        return self.by_category.get(category, self.default)

    def over(self, category: str) -> str:
        """Why evidence of a category is deleted when its time has come."""
        rule = self.of(category)
        return f"保存期满：规则“{rule.name}”，结案后 {rule.keep_days} 天（版本 {self.version}）"


class _File(BaseModel):
    model_config = STRICT

    rules: tuple[Rule, ...] = Field(min_length=1)


def read_retention(text: str, catalogue: Catalogue, file: str = FILE) -> Retention:
    """The rules of a file; raises RuleFileError with file, line and what to do."""
    written = read_rules(text, file)
    said = understood(_File, written)
    faults: list[Fault] = []
    seen: dict[str, Rule] = {}
    for row, rule in enumerate(said.rules):
        for column, code in enumerate(rule.categories):
            at = ("rules", row, "categories", column)
            if code not in catalogue.entries:
                faults.append(written.fault(at, f"目录中没有类别 {code}。", "请核对编码。"))
            elif code in seen:
                told = f"类别 {code} 在规则“{seen[code].name}”中已经写过。"
                faults.append(written.fault(at, told, "请删去其中一处。"))
            seen.setdefault(code, rule)
    general = [rule for rule in said.rules if not rule.categories]
    if len(general) != 1:
        told = f"没有写类别的规则有 {len(general)} 条。"
        faults.append(written.fault(("rules",), told, "请恰好留一条，对其余类别生效。"))
    if faults:
        raise RuleFileError(faults)
    return Retention(written.version, general[0], seen)
