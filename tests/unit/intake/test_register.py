"""The register of sources: what is shipped is good, each fault has its line, changes are taken."""

import asyncio
from pathlib import Path

import pytest

from schemas.report import Source
from services.intake.adapters.register import RegisterError, load_register
from services.intake.adapters.register_watch import RegisterWatch, read_secrets
from services.intake.domain.registered import camera_id

GOOD = """version: 1
sources:
  - id: one
    name: 第一个来源
    kind: public
    keys: [ONE]
"""


def written(folder: Path, text: str) -> Path:
    """A register in a file."""
    path = folder / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_register_that_is_shipped_names_every_kind_of_source() -> None:
    register = load_register()
    kinds = {each.kind for each in register.sources}
    assert kinds == set(Source) - {Source.HUB}
    assert register.desk and register.desk.id == "duty-desk"


def test_a_register_is_known_by_its_content(tmp_path: Path) -> None:
    first = load_register(written(tmp_path, GOOD)).version
    assert load_register(written(tmp_path, GOOD)).version == first
    assert load_register(written(tmp_path, GOOD + "\n")).version != first


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (GOOD.replace("kind: public", "kind: rumour"), 5, "应为"),
        (GOOD.replace("name:", "nmae:"), 4, "不认识这一项"),
        (GOOD.replace("    name: 第一个来源\n", ""), 3, "缺少这一项"),
        (GOOD + "    bytes: 0\n", 7, "应不小于 1"),
        (GOOD + "    bytes: many\n", 7, "integer"),
        (GOOD.replace("[ONE]", "[one-secret-in-clear]"), 3, "不写密钥本身"),
        (GOOD.replace("[ONE]", "[A, B, C]"), 6, "最多 2 项"),
        (GOOD.replace("    keys: [ONE]\n", ""), 3, "缺少 keys"),
        (GOOD + "    topic: upstream.nothing\n", 3, "topic 应为"),
        (GOOD + "    heartbeat: {slow: 60, expired: 30}\n", 7, "slow 不能大于 expired"),
        (GOOD + "    cameras: {slow: 6, expired: 30}\n", 3, "channel 为 camera"),
        (GOOD + "    channel: rows\n    fields: {title: a}\n", 3, "缺少 text"),
        (GOOD + "    vendor: nobody\n", 3, "vendor 应为"),
        (GOOD + "    rows: data\n", 3, "channel 为 rows"),
        (GOOD + "    name: 又一个名字\n", 7, "name 写了两次"),
        (GOOD + GOOD.partition("sources:\n")[2], 3, "不止一次"),
        (GOOD.replace("sources:", "sources: ["), 3, "不是有效的 YAML"),
        ("", 0, "是空的"),
        ("- a\n", 1, ""),
    ],
)
def test_each_fault_names_file_and_line_and_what_to_do(
    tmp_path: Path, text: str, line: int, why: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(RegisterError) as caught:
        load_register(path)
    assert str(path) in str(caught.value) and why in str(caught.value)
    assert not line or f"第 {line} 行" in str(caught.value)


async def test_a_changed_register_is_taken_without_a_restart(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    watch = RegisterWatch(path, None)
    before = watch.register
    written(tmp_path, GOOD.replace("id: one", "id: another"))
    watch.look()
    assert watch.register.named("another") and not watch.register.named("one")
    written(tmp_path, "sources: nonsense")
    watch.look()
    assert watch.register.named("another"), "a bad register changes nothing"
    path.unlink()
    watch.look()
    assert watch.register.named("another")
    written(tmp_path, GOOD)
    stopping = asyncio.Event()
    running = asyncio.create_task(watch.run(stopping))
    while watch.register.version != before.version:
        await asyncio.sleep(0.01)
    stopping.set()
    await running


def test_keys_come_from_the_file_and_the_environment_and_never_from_the_register(
    tmp_path: Path,
) -> None:
    path = tmp_path / "secrets"
    path.write_text("# two keys\nONE=first\n\nTWO = second=2\n", encoding="utf-8")
    found = read_secrets(path, {"HUB_INTAKE_KEY_ONE": "older", "HUB_INTAKE_KEY_THREE": "3"})
    assert found == {"ONE": "first", "TWO": "second=2", "THREE": "3"}
    path.write_text("ONE\n", encoding="utf-8")
    with pytest.raises(RegisterError, match="第 1 行"):
        read_secrets(path, {})


def test_a_changed_key_is_taken_without_a_restart(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.write_text("ONE=first\n", encoding="utf-8")
    watch = RegisterWatch(written(tmp_path, GOOD), secrets)
    source = watch.register.by_id["one"]
    assert list(watch.keys(source)) == ["first"]
    secrets.write_text("ONE=the second\n", encoding="utf-8")
    watch.look()
    assert list(watch.keys(source)) == ["the second"]


def test_a_camera_is_named_below_its_gateway() -> None:
    assert camera_id("gate", "44:19:b6:0a", "1") == "gate/44-19-b6-0a/1"
    assert camera_id("gate", "d", "") == "gate/d"
