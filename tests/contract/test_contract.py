"""The machinery of the contract: export, golden messages, freezing."""

import json
import shutil
from pathlib import Path

import pytest

from schemas import contract, golden
from schemas.contract import CURRENT, ContractBroken
from schemas.event import Event
from schemas.export import events

FIXED = {"hub.camera.state.v1": {"source"}}
"""Fields that have but one sensible value, their default."""


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A folder with a fresh export and nothing frozen."""
    contract.export(tmp_path / "frozen" / CURRENT)
    return tmp_path / "frozen"


def test_the_contract_holds() -> None:
    assert contract.problems() == []


@pytest.mark.parametrize("event", [event for event, _ in events()], ids=lambda e: e.ce_type)
def test_golden_messages_show_the_least_and_everything(event: type[Event]) -> None:
    """Or else an optional field could break without anybody noticing."""
    text = (golden.GOLDEN / f"{event.ce_type}.json").read_text(encoding="utf-8")
    messages = json.loads(text)
    needed = {name for name, field in event.model_fields.items() if field.is_required()}
    assert set(messages["least"]) == needed
    assert set(messages["full"]) == event.model_fields.keys() - FIXED.get(event.ce_type, set())


def test_a_stale_export_is_told(frozen: Path) -> None:
    (frozen / CURRENT / "hub.case.closed.v1.json").unlink()
    assert contract.problems(frozen) == ["frozen/current is stale: run 'make contracts'"]


def test_an_export_removes_what_is_no_longer_there(frozen: Path) -> None:
    (frozen / CURRENT / "hub.long.gone.v1.json").write_text("{}", encoding="utf-8")
    contract.export(frozen / CURRENT)
    assert contract.problems(frozen) == []


def test_a_frozen_version_is_kept_whole_and_never_overwritten(frozen: Path) -> None:
    target = contract.freeze("1.0.0", frozen)
    assert contract.load(target / "schemas") == contract.load(frozen / CURRENT)
    assert golden.missing(target / "golden") == []
    with pytest.raises(ContractBroken, match="frozen already"):
        contract.freeze("1.0.0", frozen)


def test_what_a_frozen_version_promised_is_held(frozen: Path) -> None:
    """A field that v1.0.0 had and the code has not breaks the contract, and the freeze."""
    schema = contract.freeze("1.0.0", frozen) / "schemas" / "hub.case.closed.v1.json"
    promised = json.loads(schema.read_text(encoding="utf-8"))
    promised["properties"]["grade"] = {"type": "string"}
    schema.write_text(json.dumps(promised), encoding="utf-8")
    told = "since 1.0.0: hub.case.closed.v1: 'grade' was removed"
    assert contract.problems(frozen) == [told]
    with pytest.raises(ContractBroken, match="'grade' was removed"):
        contract.freeze("1.1.0", frozen)


def test_messages_of_a_frozen_version_must_be_read(frozen: Path) -> None:
    message = contract.freeze("1.0.0", frozen) / "golden" / "hub.case.closed.v1.json"
    message.write_text('{"least": {"incident_id": "i"}}', encoding="utf-8")
    assert contract.problems(frozen) == [
        "since 1.0.0: hub.case.closed.v1.json: least: round: Field required"
    ]


def test_versions_are_ordered_by_number(frozen: Path) -> None:
    for version in ("1.10.0", "1.2.0"):
        (frozen / version).mkdir()
    assert [path.name for path in contract.releases(frozen)] == ["1.2.0", "1.10.0"]


def test_a_message_that_is_missing_or_of_nobody_is_told(tmp_path: Path) -> None:
    messages = tmp_path / "golden"
    shutil.copytree(golden.GOLDEN, messages)
    (messages / "hub.case.closed.v1.json").rename(messages / "hub.case.shut.v1.json")
    assert golden.missing(messages)[0].startswith("hub.case.closed.v1 has no golden messages")
    told = golden.faults(messages)
    assert told == ["hub.case.shut.v1.json: nobody writes hub.case.shut.v1 any more"]


def test_a_message_that_is_written_differently_is_told() -> None:
    event = next(event for event, _ in events() if event.ce_type == "hub.report.withdrawn.v1")
    text = (golden.GOLDEN / "hub.report.withdrawn.v1.json").read_text(encoding="utf-8")
    message = json.loads(text)["least"] | {"reason": ""}
    assert "written differently" in (golden.fault(event, message) or "")


@pytest.mark.parametrize("arguments", [[], ["freeze"], ["freeze", "one"], ["thaw"]])
def test_a_wrong_command_says_how(arguments: list[str]) -> None:
    with pytest.raises(ContractBroken, match=r"usage|is no version"):
        contract.main(arguments)
