"""`python -m deploy.sbom FILE`: every Python package of the image, as CycloneDX 1.6.

From requirements/run.txt (names, versions, hashes) and the packages' own metadata (licences). What
Debian has in the base image is not in it: a scanner of images says that of the image itself.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)((?:.*\\\n)*.*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(requirements: str) -> dict[str, Any]:
    """The bill of materials of what a requirements file pins; equal for equal files."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "event-hub", "version": "0.1.0"}},
        "components": sorted(components(requirements), key=lambda each: str(each["name"])),
    }


def components(requirements: str) -> Iterator[dict[str, Any]]:
    """One component a package; its files' hashes stand as properties, since it has many files."""
    for name, version, rest in PINNED.findall(requirements):
        address = f"pkg:pypi/{name.lower()}@{version}"
        yield {
            "type": "library",
            "bom-ref": address,
            "name": name,
            "version": version,
            "purl": address,
            "licenses": [{"license": {"name": each}} for each in licences(name)],
            "properties": [
                {"name": "event-hub:sha256", "value": each} for each in HASH.findall(rest)
            ],
        }


def licences(name: str) -> list[str]:
    """What a package says of its licence; empty where it says nothing, or is not installed here."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return []
    classifiers = said.get_all("Classifier") or []
    named = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
    return (said.get_all("License-Expression") or named or said.get_all("License") or [])[:3]


def main() -> None:
    """Write the file, and say how many packages it names."""
    target = Path(sys.argv[1])
    found = bill((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target}: {len(found['components'])} packages")


if __name__ == "__main__":
    main()
