"""One version of the ground, read from its directory: the tree, and from anything to a place."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from schemas.place import Place
from services.reference.ground.cameras import Camera, check_cameras, read_cameras
from services.reference.ground.codes import Level
from services.reference.ground.errors import GroundError
from services.reference.ground.files import (
    CAMERAS,
    GAZETTEER,
    OUTLINES,
    UNITS,
    Manifest,
    read_manifest,
    read_units,
    verify,
)
from services.reference.ground.naming import (
    Estate,
    estates_of,
    place_of,
    read_gazetteer,
    routed,
    units_of,
    with_communities,
)
from services.reference.ground.outlines import Outlines, collect, read_lines
from services.reference.ground.routing import Route, Router, by_level
from services.reference.ground.tree import Tree
from services.reference.places import Entry, Gazetteer, Match, Near

DEMO = Path(__file__).parent.parent / "data" / "demo_ground"
REMEMBERED, LONGEST_REMEMBERED = 16_384, 48
"""How many texts (and cameras) are remembered with their places; how long a text may be, in
characters.
"""


class Ground:
    """A ground; `version` is the hash of its content. Its larger parts are read when needed."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        self.directory = directory
        self.manifest = manifest
        self.version = manifest.version
        self.tree = Tree(read_units(directory / UNITS))

    @property
    def street(self) -> str:
        """The lowest unit in which all of it lies: the street's code, if it is one street."""
        return self.tree.top

    @property
    def communities(self) -> dict[str, str]:
        """The communities' names by code."""
        return {unit.code: unit.name for unit in self.tree.at(Level.COMMUNITY)}

    @cached_property
    def estates(self) -> Sequence[Estate]:
        """The estates that have a point, in the order of the file."""
        return tuple(estates_of(self.gazetteer))

    @cached_property
    def cameras(self) -> Sequence[Camera]:
        """All cameras, in the order of the file."""
        if not self.has(CAMERAS):
            return ()
        cameras = tuple(read_cameras(self.directory / CAMERAS))
        check_cameras(cameras, self.tree)
        return cameras

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """What is where by name; a community of the tree needs no row in the file."""
        path = self.directory / GAZETTEER
        listed = read_gazetteer(path) if self.has(GAZETTEER) else Gazetteer(())
        return with_communities(listed, self.tree)

    @cached_property
    def router(self) -> Router:
        """The index over all outlines."""
        return Router(self.tree, by_level(read_lines(self.directory / OUTLINES)))

    def outlines(self) -> Outlines:
        """All outlines, read anew: they are large, and routing does not need them twice."""
        return collect(read_lines(self.directory / OUTLINES))

    def has(self, name: str) -> bool:
        """Whether an optional file is there."""
        return name in self.manifest.files

    def warm(self) -> "Ground":
        """Read all parts now, so that a fault shows before this version is used."""
        _ = (self.router, self.gazetteer.warm(), self.cameras)
        return self

    def find(self, text: str, near: Near = None) -> Match:
        """The place that a text names, how sure that is, what else it may be, and why.

        `near` is the community or the point (WGS-84) that the source names: it decides
        between equals. The last short texts are remembered: addresses come again and again,
        points do not.
        """
        if len(text) > LONGEST_REMEMBERED:
            return self._find(text, near)
        if isinstance(near, tuple):
            alone = self._remembered(text, None)
            return alone if alone.settled else self._find(text, near)
        return self._remembered(text, near)

    def _find(self, text: str, near: Near) -> Match:
        match = self.gazetteer.match(text, near)
        return routed(match, self.router, self.version) if match.confidence else match

    @cached_property
    def _remembered(self) -> Callable[[str, Near], Match]:
        return lru_cache(maxsize=REMEMBERED)(self._find)

    def community(self, name: str, street: str = "") -> str:
        """The code of the only community of a name (in a street of a name); empty if unknown."""
        codes = self._communities.get(name, [])
        if len(codes) > 1 and street:
            named = {unit.code for unit in self.tree.named(street)}
            codes = [code for code in codes if code[:9] in named]
        return codes[0] if len(codes) == 1 else ""

    def route(self, longitude: float, latitude: float) -> Route:
        """The unit that answers for a point in WGS-84, and why; never nowhere."""
        return self.router.route(longitude, latitude)

    def locate(self, longitude: float, latitude: float) -> Place:
        """The place of a point in WGS-84, as far down the tree as it is known."""
        route = self.router.route(longitude, latitude)
        estate = self._only_estate_of(route.code)
        return Place(
            address=estate.name if estate else None,
            estate=estate.name if estate else None,
            longitude=longitude,
            latitude=latitude,
            confidence=route.confidence,
            ground=self.version,
            **units_of(route.code),
        )

    def registered(self, device: str, channel: str = "") -> Camera | None:
        """A camera by its channel, else by its device alone; None if it is not registered."""
        return self._cameras.get((device, channel)) or self._cameras.get((device, ""))

    def camera(self, device: str, channel: str = "") -> Place | None:
        """What a camera looks at; None if it is not registered."""
        camera = self.registered(device, channel)
        return self._looked_at(camera) if camera else None

    @cached_property
    def _looked_at(self) -> Callable[[Camera], Place]:
        return lru_cache(maxsize=REMEMBERED)(self._seen)

    def _seen(self, camera: Camera) -> Place:
        """The building that it faces, else the estate, else the unit alone."""
        own = {name: code for name, code in units_of(camera.code).items() if code}
        estate = self._estate_at(camera)
        if estate is None:
            return Place(confidence=1.0, ground=self.version, **own)
        seen = place_of(estate).model_copy(update={"ground": self.version, **own})
        if not camera.building:
            return seen
        face = {"building": camera.building, "address": f"{estate.name}{camera.building}栋"}
        listed = self.gazetteer.register.buildings(estate).get(camera.building)
        at = {"longitude": listed.longitude, "latitude": listed.latitude} if listed else {}
        return seen.model_copy(update=face | at)

    def _only_estate_of(self, code: str) -> Entry | None:
        """The estate of a unit in which there is no other."""
        there = self.gazetteer.register.estates_of(code) if code else ()
        return there[0] if len(there) == 1 else None

    def _estate_at(self, camera: Camera) -> Entry | None:
        """The estate that a camera looks at; of namesakes the one in its community."""
        named = self.gazetteer.register.estates_named(camera.estate)
        if len(named) > 1:
            community = camera.code[:12]
            named = [each for each in named if each.community == community]
        return named[0] if len(named) == 1 else None

    @cached_property
    def _communities(self) -> dict[str, list[str]]:
        """The codes of communities by name, with and without 社区."""
        codes: dict[str, list[str]] = {}
        for unit in self.tree.at(Level.COMMUNITY):
            for name in {unit.name, unit.name.removesuffix("社区"), *unit.aliases}:
                codes.setdefault(name, []).append(unit.code)
        return codes

    @cached_property
    def _cameras(self) -> dict[tuple[str, str], Camera]:
        """By device and channel; a device with one camera alone is known by any channel."""
        known = {(each.device, each.channel): each for each in self.cameras}
        rows = Counter(each.device for each in self.cameras)
        return {(each.device, ""): each for each in self.cameras if rows[each.device] == 1} | known


def load_ground(path: Path | None = None) -> Ground:
    """Read the ground of a directory, the demonstration street if none is given.

    A directory that holds many versions gives the current one. Raises GroundError, in a
    sentence that says what to do, if it can not be used.
    """
    directory = path or DEMO
    pointer = directory / "current"
    if pointer.is_file():
        directory = directory / "grounds" / pointer.read_text(encoding="ascii").strip()
    if not directory.is_dir():
        raise GroundError(f"{directory} 不是目录：请给出地面目录（里面有 ground.json）。")
    manifest = read_manifest(directory)
    verify(directory, manifest)
    return Ground(directory, manifest)
