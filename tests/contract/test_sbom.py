"""The bill of materials names every package of the image, with its licence and its hashes."""

from deploy.sbom import ROOT, bill

REQUIREMENTS = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")


def test_every_pinned_package_is_named_with_its_hashes() -> None:
    found = bill(REQUIREMENTS)["components"]
    pinned = [line for line in REQUIREMENTS.splitlines() if "==" in line and line[0].isalnum()]
    assert len(found) == len(pinned) > 30
    assert sum(len(each["properties"]) for each in found) == REQUIREMENTS.count("--hash=")


def test_what_is_installed_says_its_licence() -> None:
    found = {each["name"]: each["licenses"] for each in bill(REQUIREMENTS)["components"]}
    silent = {name for name, licences in found.items() if not licences}
    assert silent <= {"colorama", "tzdata"}, "these are of other systems only, and not installed"
    assert found["aiokafka"]
