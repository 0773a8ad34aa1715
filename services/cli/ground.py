"""`hub grid`: the ground from files, checked, compared, drawn, synthesised, published."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.embedded.settings import settings_from
from services.cli.failures import Failure, one_sentence
from services.cli.ground_files import Chosen, export_to, furnished, imported, made_up
from services.cli.ground_map import map_ground
from services.cli.printing import AsJson, console, print_json, table
from services.cli.progress import bars_on
from services.reference.ground import Ground, GroundStore, load_ground
from services.reference.ground.areas import Size
from services.reference.ground.codes import Level
from services.reference.ground.crs import Crs, crs_named
from services.reference.ground.findings import TITLES, Finding, Flaw, blocking
from services.reference.ground.synthesise import Told

SHOWN = 40
"""Findings that are printed for people; with --json all are."""

File = typer.Option(exists=True, dir_okay=False)
Where = Annotated[Path, typer.Argument(help="A ground's directory, or a store of them.")]
Out = Annotated[Path, typer.Option("--out", help="The directory to write.")]
Districts = Annotated[Path | None, typer.Option(help="GeoJSON of districts (区县边界).")]
Communities = Annotated[
    Path | None, typer.Option(help="CSV: community_code,community,street_code,street,….")
]
Units = Annotated[Path | None, typer.Option(help="CSV of units of any level: code,name,kind,….")]
Outlines = Annotated[
    list[Path] | None, typer.Option(help="GeoJSON of further outlines; may be repeated.")
]
People = Annotated[
    Path | None, typer.Option("--population", help="CSV: lon,lat,population (WGS-84).")
]
Reference = Annotated[
    Path | None, typer.Option(help="Outlines known to be right: GeoJSON, or a ground.")
]
System = Annotated[
    str | None, typer.Option("--crs", help="Of the files: WGS-84, GCJ-02, BD-09, CGCS2000.")
]
Zones = Annotated[
    list[str] | None, typer.Option("--zone", help="NAME=CODE,CODE: a functional zone (功能区).")
]
Accept = Annotated[
    list[Flaw] | None, typer.Option("--accept", help="Import in spite of this kind of finding.")
]
NoFill = Annotated[bool, typer.Option("--no-fill", help="Synthesise nothing inside districts.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same ground.")]
SizeOf = Annotated[Size, typer.Option("--size", help="How large.")]
Of = Annotated[str, typer.Option("--of", help="The district or street to make, by its code.")]
Under = Annotated[str, typer.Option("--under", help="Only what lies in this unit.")]
Picture = Annotated[
    Path | None, typer.Option("--out", help="Draw a map into this file: .svg or .png.")
]
Extra = Annotated[Path | None, typer.Option(help="Put beside it as it is, once it was read.")]
Called = Annotated[str, typer.Option("--name", help="What the ground is called.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to `hub`."""
    group = typer.Typer(help="The ground: the grid tree and its map (网格).", no_args_is_help=True)
    group.command("import")(import_ground)
    group.command("check")(check_ground)
    group.command("export")(export_ground)
    group.command("map")(map_ground)
    group.command("diff")(diff_grounds)
    group.command("show")(show_ground)
    group.command("synthesise")(synthesise_ground)
    group.command("update")(update_register)
    group.command("publish")(publish_ground)
    app.add_typer(group, name="grid")


def import_ground(
    out: Out,
    districts: Districts = None,
    communities: Communities = None,
    units: Units = None,
    outlines: Outlines = None,
    population: People = None,
    gazetteer: Extra = None,
    cameras: Extra = None,
    ledger: Annotated[Path | None, typer.Option("--register", help="网格底册 as CSV.")] = None,
    reference: Reference = None,
    crs: System = None,
    zone: Zones = None,
    accept: Accept = None,
    no_fill: NoFill = False,
    seed: Seed = 1,
    name: Called = "",
    as_json: AsJson = False,
) -> None:
    """Make a ground from files (导入). What is wrong is named; then nothing is written.

    Where only districts have outlines, those below are synthesised inside them.
    """
    chosen = Chosen(
        districts=districts,
        communities=communities,
        units=units,
        outlines=outlines or [],
        population=population,
        reference=reference or (out if (out / "ground.json").is_file() else None),
        crs=crs,
        zones=zone or [],
    )
    with one_sentence(), _progress(as_json) as told:
        extras = furnished(cameras=cameras, register=ledger)
        taken = [str(each) for each in accept or []]
        found = imported(
            chosen,
            out,
            extras,
            taken,
            seed,
            name,
            gazetteer=gazetteer,
            fill=not no_fill,
            told=told,
        )
    _report(found.findings, found.ground, as_json, taken, "没有写入任何文件，原有的地面不变。")


def check_ground(where: Where, reference: Reference = None, as_json: AsJson = False) -> None:
    """Say what is wrong with a ground or a GeoJSON file (检查): overlaps, gaps, shifts."""
    with one_sentence():
        chosen = Chosen(outlines=[where], reference=reference)
        found = chosen.checked()
    _report(found, None, as_json, (), "请先改正，再导入或发布。")


def _report(
    findings: Sequence[Finding],
    ground: Ground | None,
    as_json: bool,
    accepted: Sequence[str],
    then: str,
) -> None:
    """Print findings and what was made; exit code 1 if something stops it."""
    stopping = blocking(findings, accepted)
    if as_json:
        told = [asdict(each) | {"title": TITLES[each.flaw]} for each in findings]
        made = described(ground) if ground else None
        print_json({"ok": not stopping, "findings": told, "ground": made})
    else:
        _print_findings(findings, ground, then if stopping else "")
    raise typer.Exit(1 if stopping else 0)


def _print_findings(findings: Sequence[Finding], ground: Ground | None, then: str) -> None:
    screen = console()
    for finding in findings[:SHOWN]:
        screen.print(finding.told(), soft_wrap=True, markup=False)
    if len(findings) > SHOWN:
        screen.print(f"……还有 {len(findings) - SHOWN} 条，用 --json 看全部")
    if ground:
        screen.print(table(("", ""), described(ground).items()))
    elif then:
        screen.print(f"共 {len(findings)} 条问题：{then}")
    else:
        screen.print("没有发现问题。" if not findings else "可以使用。")


def described(ground: Ground) -> dict[str, Any]:
    """A ground for machines."""
    counts = ground.tree.counts()
    return {
        "version": ground.version,
        "name": ground.manifest.name,
        "synthetic": ground.manifest.synthetic,
        "source": ground.manifest.source,
        "directory": str(ground.directory),
        "units": counts,
        "levels": {str(level): sum(1 for _ in ground.tree.at(level)) for level in Level},
        "files": sorted(ground.manifest.files),
    }


def synthesise_ground(
    out: Out,
    size: SizeOf = Size.STREET,
    seed: Seed = 1,
    districts: Districts = None,
    communities: Communities = None,
    population: People = None,
    of: Of = "",
    as_json: AsJson = False,
) -> None:
    """Make a synthetic ground (合成): invented, or inside real districts with real codes."""
    chosen = Chosen(districts=districts, communities=communities, population=population)
    with one_sentence(), _progress(as_json) as told:
        ground = made_up(chosen, out, size, seed, of, told)
    if as_json:
        print_json(described(ground))
    else:
        console().print(table(("", ""), described(ground).items()))


def export_ground(
    where: Where, out: Out, crs: System = None, under: Under = "", as_json: AsJson = False
) -> None:
    """Write units.csv and outlines.geojson for other programs (导出), in any system."""
    with one_sentence():
        ground = load_ground(where)
        files = export_to(ground, out, crs_named(crs) if crs else Crs.WGS84, under)
    if as_json:
        print_json({"version": ground.version, "files": files})
    else:
        console().print(table(("",), [[name] for name in files]))


def diff_grounds(old: Where, new: Where, as_json: AsJson = False) -> None:
    """Say what a new ground changes of an old one (比较)."""
    from services.reference.ground.differences import differences

    with one_sentence():
        before, after = load_ground(old), load_ground(new)
        found = differences(before, after)
    if as_json:
        print_json({"old": before.version, "new": after.version, **asdict(found)})
        return
    titles = ("新增", "撤销", "改名或改属性", "改边界", "改底册", "改地名")
    rows = [
        (title, len(codes), " ".join(codes[:8]) + (" …" if len(codes) > 8 else ""))
        for title, codes in zip(titles, asdict(found).values(), strict=True)
    ]
    console().print(table((f"{before.version} → {after.version}", "", ""), rows))


def show_ground(
    where: Where,
    out: Picture = None,
    under: Under = "",
    reference: Reference = None,
    as_json: AsJson = False,
) -> None:
    """Show the tree, and draw the map with what is wrong in red (展示)."""
    with one_sentence():
        ground = load_ground(where)
        findings = Chosen(outlines=[where], reference=reference).checked()
        if out:
            _draw(ground, findings, out, under)
    if as_json:
        print_json(described(ground) | {"findings": [asdict(each) for each in findings]})
        return
    screen = console()
    screen.print(table(("", ""), described(ground).items()))
    screen.print(table(("code", "name", "kind", "below"), _tree_rows(ground, under)))
    for finding in findings[:SHOWN]:
        screen.print(finding.told(), style="red", soft_wrap=True, markup=False)


def _tree_rows(ground: Ground, under: str) -> list[tuple[object, ...]]:
    """The upper levels, as many as can be read at once; behind each how much lies in it."""
    units = ground.tree.under(under)
    counts = Counter(len(unit.code) for unit in units)
    shown = [n for n in sorted(counts) if sum(counts[m] for m in counts if m <= n) <= SHOWN]
    limit = max([*shown, len(under), min(counts, default=0)])
    return [
        (unit.code, unit.name, unit.kind, len(ground.tree.under(unit.code)) - 1)
        for unit in units
        if len(unit.code) <= limit
    ]


def _draw(ground: Ground, findings: Sequence[Finding], out: Path, under: str) -> None:
    from services.reference.ground.drawing import png, svg

    outlines = ground.outlines()
    wrong = {c for each in blocking(findings) for c in (each.code, *each.others)} - {""}
    if any(each.flaw is Flaw.WRONG_CRS and not each.code for each in findings):
        wrong = set(outlines.codes)
    match out.suffix:
        case ".svg":
            out.write_text("\n".join(svg(ground.tree, outlines, wrong, under)), encoding="utf-8")
        case ".png":
            out.write_bytes(png(outlines, wrong, under))
        case _:
            raise Failure(f"{out.name}: name the file .svg or .png.")


def update_register(
    where: Where,
    updates: Annotated[Path, typer.Option(help="CSV: code,field,value.")],
    who: Annotated[str, typer.Option(help="The staff number of who says so.")],
    out: Out,
    as_json: AsJson = False,
) -> None:
    """Take updates of the 网格底册 from a file (信息更新): all or none, each with a record."""
    from services.cli.ground_files import updated

    with one_sentence():
        ground, audit = updated(load_ground(where), updates, who, datetime.now(UTC), out)
    if as_json:
        print_json({"version": ground.version, "audit": [asdict(each) for each in audit]})
    else:
        columns = ("who", "when", "code", "field", "before", "after")
        rows = [tuple(asdict(each).values()) for each in audit]
        console().print(table(columns, rows) if rows else "没有变化。")


def publish_ground(
    where: Where,
    store: Annotated[
        Path | None,
        typer.Option(help="The directory that services read. Default: HUB_GROUND, or .hub/ground."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put a ground into a store and make it the current one (发布).

    Services that run take it within seconds; incidents keep the version they were routed by.
    """
    store = store or Path(os.environ.get("HUB_GROUND") or settings_from().home / "ground")
    with one_sentence():
        version = GroundStore(store).publish(where)
    if as_json:
        print_json({"version": version, "store": str(store)})
    else:
        console().print(f"{version} 已发布到 {store}")


@contextmanager
def _progress(as_json: bool) -> Iterator[Told]:
    """A bar for what takes long, on a terminal."""
    screen = console(as_json=True)
    bars = bars_on(screen, transient=True)
    tasks: dict[str, Any] = {}
    with bars:

        def told(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done)

        yield told
