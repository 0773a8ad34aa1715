"""The contract's machinery: `python -m schemas.contract export | check | freeze VERSION`.

export  writes the schemas as they are now to frozen/current
check   says whether frozen/current is fresh, every golden message is read and written as
        before, and every frozen version can still be read
freeze  keeps schemas and golden messages for ever, under frozen/VERSION
"""

import json
import re
import shutil
import sys
from pathlib import Path

from schemas import compatibility, golden
from schemas.export import Schema, as_text, current

FROZEN = Path(__file__).parent / "frozen"
CURRENT = "current"
USAGE = "usage: python -m schemas.contract export | check | freeze VERSION"


class ContractBroken(Exception):
    """The contract does not hold; each line says where."""


def export(folder: Path) -> None:
    """Write one schema a file into a folder, and remove what is no longer there."""
    folder.mkdir(parents=True, exist_ok=True)
    schemas = current()
    for path in folder.glob("*.json"):
        if path.stem not in schemas:
            path.unlink()
    for ce_type, schema in schemas.items():
        (folder / f"{ce_type}.json").write_text(as_text(schema), encoding="utf-8")


def load(folder: Path) -> dict[str, Schema]:
    """The schemas of a folder by ce_type."""
    paths = sorted(folder.glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def releases(frozen: Path = FROZEN) -> list[Path]:
    """The folders of all frozen versions, oldest first."""
    found = [path for path in frozen.glob("*") if path.is_dir() and path.name != CURRENT]
    return sorted(found, key=lambda path: _version(path.name))


def problems(frozen: Path = FROZEN, messages: Path = golden.GOLDEN) -> list[str]:
    """Whatever is wrong with the contract, a sentence each."""
    found = golden.missing(messages) + golden.faults(messages)
    now = current()
    if load(frozen / CURRENT) != now:
        found.append("frozen/current is stale: run 'make contracts'")
    for release in releases(frozen):
        told = compatibility.differences(load(release / "schemas"), now)
        told += golden.faults(release / "golden")
        found += [f"since {release.name}: {each}" for each in told]
    return found


def freeze(version: str, frozen: Path = FROZEN, messages: Path = golden.GOLDEN) -> Path:
    """Keep the contract as it is now under a version; raises ContractBroken if it may not be."""
    _version(version)
    target = frozen / version
    if target.exists():
        raise ContractBroken(f"{version} is frozen already: choose a new version")
    if found := problems(frozen, messages):
        raise ContractBroken("\n".join(found))
    export(target / "schemas")
    shutil.copytree(messages, target / "golden")
    return target


def _version(name: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d+\.\d+\.\d+", name):
        raise ContractBroken(f"'{name}' is no version: write it as 1.0.0")
    return tuple(map(int, name.split(".")))


def main(arguments: list[str]) -> str:
    """Do what the command line asks; returns what to print. Raises ContractBroken."""
    match arguments:
        case ["export"]:
            export(FROZEN / CURRENT)
            return f"{len(current())} schemas are in {FROZEN / CURRENT}"
        case ["check"]:
            if found := problems():
                raise ContractBroken("\n".join(found))
            return "the contract holds"
        case ["freeze", version]:
            return f"frozen in {freeze(version)}"
        case _:
            raise ContractBroken(USAGE)


if __name__ == "__main__":
    try:
        sys.stdout.write(main(sys.argv[1:]) + "\n")
    except ContractBroken as broken:
        sys.exit(str(broken))
