"""What is wrong with the outlines of a ground: crossings, holes, overlaps, gaps, shifts.

Outlines are shapes in micro-degrees by code. Slivers as thin as drawings make them are let be.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
import shapely

from services.reference.degrees import METRES_PER_DEGREE
from services.reference.ground.codes import TITLES, Level, level_of, parent_of
from services.reference.ground.findings import Finding, Flaw
from services.reference.ground.outlines import MICRO
from services.reference.ground.shift import Shift, shift_from_parents, shift_from_same
from services.reference.ground.tree import Tree

Shapes: TypeAlias = Mapping[str, Any]

SLIVER = 20.0
"""Square metres; less is the drawing."""
THIN = 2.0
"""Metres; what is thinner than this on the whole of its length is the drawing, too."""
SEVERAL, FEW = 2, 200
"""As many units that stick out make one ask for the system; as many are compared."""
PART = 0.02
"""Of its own area that a unit may lie outside of the unit above."""


def check(tree: Tree, shapes: Shapes, reference: Shapes | None = None) -> list[Finding]:
    """All findings, the gravest first: where the system is wrong the rest would follow from it."""
    broken = list(_crossing(shapes))
    bad = {finding.code for finding in broken}
    sound = {code: shape for code, shape in shapes.items() if code not in bad}
    shifted = list(_shifted(sound, reference or {}))
    rest = [] if shifted else [*_astray(sound), *_siblings(sound), *_uncovered(tree, sound)]
    return [*broken, *shifted, *_orphans(tree, shapes), *_holes(sound), *rest]


def _crossing(shapes: Shapes) -> Iterator[Finding]:
    """边界自相交: a polygon that crosses itself."""
    codes = list(shapes)
    for code in (codes[at] for at in np.flatnonzero(~shapely.is_valid(_array(shapes.values())))):
        reason = str(shapely.is_valid_reason(shapes[code]))
        at = reason.partition("[")[2].rstrip("]").split()
        spot = f"（约在 {float(at[0]) / MICRO:.6f}, {float(at[1]) / MICRO:.6f}）" if at else ""
        what = f"{_named(code)}的边界自相交{spot}：请在制图软件里修复该面后重新导出。"
        yield Finding(Flaw.SELF_CROSSING, what, code)


def _shifted(shapes: Shapes, reference: Shapes) -> Iterator[Finding]:
    """坐标系不对: by outlines that are right, else by those of the units above."""
    shift = shift_from_same(shapes, reference)
    if shift:
        yield _off("全部轮廓", shift, "")
        return
    alone = list(_shifted_alone(shapes, reference))
    yield from alone
    if alone:
        return
    for level in tuple(Level)[1:]:
        children = [code for code in shapes if level_of(code) is level]
        held = [(shapes[code], _holder(code, shapes, reference)) for code in children]
        shift = shift_from_parents(_witnesses(held))
        if shift and shift.crs:
            yield _off(f"{TITLES[level]}轮廓（对照上级边界）", shift, children[0])
            return


def _witnesses(held: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Units with the ones above, if several stick out: some of these, and some of the others.

    A whole file lies off, or none of it does: what fits as it is speaks against a shift.
    """
    pairs = [pair for pair in held if pair[1] is not None]
    fits = shapely.covers(_array(each for _, each in pairs), _array(each for each, _ in pairs))
    out = [
        pair for pair, is_in in zip(pairs, fits, strict=True) if not is_in and _sticks_out(*pair)
    ]
    if len(out) < SEVERAL:
        return []
    step = max(len(pairs) // FEW, 1)
    return [*out[:FEW], *pairs[::step]]


def _shifted_alone(shapes: Shapes, reference: Shapes) -> Iterator[Finding]:
    """A file may hold outlines of several systems; each is compared where there are few."""
    known = sorted(shapes.keys() & reference.keys())
    for code in known if 1 < len(known) <= FEW else ():
        shift = shift_from_same({code: shapes[code]}, reference)
        if shift and shift.crs:
            yield _off(_named(code), shift, code)


def _holder(code: str, shapes: Shapes, reference: Shapes) -> Any:
    """The outline of the nearest unit above that has one."""
    above = parent_of(code)
    while above is not None:
        if above in shapes or above in reference:
            return shapes.get(above, reference.get(above))
        above = parent_of(above)
    return None


def _sticks_out(shape: Any, holder: Any) -> bool:
    return bool(_square_metres(shapely.difference(shape, holder)) > SLIVER)


def _off(what: str, shift: Shift, code: str) -> Finding:
    return Finding(Flaw.WRONG_CRS, f"{what}{shift.told()}", code)


def _orphans(tree: Tree, shapes: Shapes) -> Iterator[Finding]:
    """没有上级: a unit whose unit above is not in the tree; an outline that is of no unit."""
    for unit in tree.units:
        if unit.parent and unit.parent not in tree:
            what = (
                f"{unit.kind} {unit.code} {unit.name}的上级 {unit.parent} 不在网格树里："
                "请补上该上级，或改正编码。"
            )
            yield Finding(Flaw.ORPHAN, what, unit.code)
    for code in shapes:
        if code not in tree:
            yield Finding(
                Flaw.ORPHAN, f"轮廓 {code} 不在网格树里：请补上该单元，或删去轮廓。", code
            )


def _holes(shapes: Shapes) -> Iterator[Finding]:
    """有洞: an inner ring that no other unit of the same level fills."""
    for code, shape in shapes.items():
        for part in shapely.get_parts(shape):
            for ring in part.interiors:
                hole = shapely.Polygon(ring)
                size = _square_metres(hole)
                if size > SLIVER and not _is_filled(hole, code, shapes):
                    what = (
                        f"{_named(code)}中间有一个 {size:.0f} 平方米的洞，"
                        f"没有别的{_title(code)}填补：请补上洞里的单元，或把洞去掉。"
                    )
                    yield Finding(Flaw.HOLE, what, code)


def _is_filled(hole: Any, code: str, shapes: Shapes) -> bool:
    others = [
        shape
        for other, shape in shapes.items()
        if len(other) == len(code) and other != code and shapely.intersects(shape, hole)
    ]
    left = shapely.difference(hole, shapely.union_all(others))
    return bool(_square_metres(left) <= SLIVER)


def _astray(shapes: Shapes) -> Iterator[Finding]:
    """超出上级边界; and a micro-grid or grid of which a good part lies in another community."""
    communities = {code: each for code, each in shapes.items() if len(code) == 12}
    tree = shapely.STRtree(list(communities.values()))
    names = list(communities)
    for code, shape in shapes.items():
        holder = _holder(code, shapes, {})
        if holder is None or shapely.covers(holder, shape):
            continue
        out = shapely.difference(shape, holder)
        size, part = _square_metres(out), shapely.area(out) / max(shapely.area(shape), 1)
        if size <= SLIVER or part <= PART or not _is_thick(out):
            continue
        others = [names[at] for at in tree.query(out) if len(code) > 12]
        other = next((o for o in others if o != code[:12] and _shares(communities[o], out)), "")
        yield _two(code, other, part) if other else _outside(code, size, part)


def _shares(community: Any, shape: Any) -> bool:
    return bool(shapely.area(shapely.intersection(community, shape)) > shapely.area(shape) / 2)


def _two(code: str, other: str, part: float) -> Finding:
    what = (
        f"{_named(code)}有 {part:.0%} 的面积在另一个社区 {other} 里，等于同属两个社区："
        "请改正它的边界，或改成那个社区的编码。"
    )
    return Finding(Flaw.TWO_COMMUNITIES, what, code, others=(other,))


def _outside(code: str, size: float, part: float) -> Finding:
    what = f"{_named(code)}有 {part:.0%}（{size:.0f} 平方米）在上级边界之外：请核对两者的边界。"
    return Finding(Flaw.OUTSIDE, what, code)


def _siblings(shapes: Shapes) -> Iterator[Finding]:
    """重叠: two units of the same level on the same ground."""
    for _, same in groupby(sorted(shapes, key=lambda code: (len(code), code)), key=len):
        codes = list(same)
        group = _array(shapes[code] for code in codes)
        one, two = shapely.STRtree(group).query(group, predicate="intersects")
        pairs = one < two
        one, two = one[pairs], two[pairs]
        both = shapely.intersection(group[one], group[two])
        sizes = _square_metres(both)
        for at in np.flatnonzero(sizes > SLIVER):
            if _is_thick(both[at]):
                yield _overlap(codes[one[at]], codes[two[at]], float(sizes[at]))


def _overlap(code: str, other: str, size: float) -> Finding:
    what = (
        f"{_named(code)}与 {other} 重叠 {size:.0f} 平方米：请改正其中一个的边界，一处只归一个单元。"
    )
    return Finding(Flaw.OVERLAP, what, code, others=(other,))


def _uncovered(tree: Tree, shapes: Shapes) -> Iterator[Finding]:
    """空隙: ground of a unit that none of the units in it has, where they have outlines."""
    for parent, below in _children(shapes).items():
        left = shapely.difference(shapes[parent], shapely.union_all([shapes[c] for c in below]))
        gaps = [part for part in shapely.get_parts(left) if _square_metres(part) > SLIVER]
        gaps = [part for part in gaps if _is_thick(part)]
        if gaps:
            size = sum(float(_square_metres(part)) for part in gaps)
            middle = shapely.point_on_surface(gaps[0])
            what = (
                f"{_named(parent)}里有 {len(gaps)} 处共 {size:.0f} 平方米没有{_title(below[0])}，"
                f"如 {middle.x / MICRO:.6f}, {middle.y / MICRO:.6f}：请补画，或扩大相邻单元。"
            )
            yield Finding(Flaw.GAP, what, parent)


def _children(shapes: Shapes) -> dict[str, list[str]]:
    """Of each unit with an outline, the units directly in it that have one, too."""
    below: dict[str, list[str]] = {}
    for code in sorted(shapes):
        above = parent_of(code)
        if above in shapes:
            below.setdefault(str(above), []).append(code)
    return below


def _is_thick(shape: Any) -> bool:
    """Whether something of a shape is left when a thin rim is taken off."""
    rim = THIN / 2 / METRES_PER_DEGREE * MICRO
    return not shapely.is_empty(shapely.buffer(shape, -rim))


def _square_metres(shape: Any) -> Any:
    """The area of shapes in micro-degrees, at the latitude of each."""
    south = shapely.bounds(shape)[..., 1]
    narrow = np.cos(np.radians(np.nan_to_num(south) / MICRO))
    return shapely.area(shape) * (METRES_PER_DEGREE / MICRO) ** 2 * narrow


def _array(shapes: Any) -> Any:
    listed: Sequence[Any] = list(shapes)
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made


def _title(code: str) -> str:
    return TITLES[level_of(code)]


def _named(code: str) -> str:
    return f"{_title(code)} {code} "
