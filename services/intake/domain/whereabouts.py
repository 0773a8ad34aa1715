"""From what a source says of the place to a place on the ground; nothing is guessed."""

from schemas.place import Place
from schemas.report import Camera
from services.intake.domain.masking import mask_text
from services.intake.domain.submission import Statement, Whereabouts
from services.reference.ground import Ground

WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
"""China, in degrees: a point outside of it is a mistake."""

DISAGREEMENT = 0.6
"""Confidence where the words name one estate and the point lies in another."""


def place_of(said: Statement, ground: Ground) -> Place:
    """The place of a statement: what its camera looks at, else its words and its point."""
    seen = _looked_at(said.camera, ground)
    if seen is not None:
        return seen
    named = _named(said, ground)
    point = point_of(said.where)
    if point is None:
        return named if named.estate else Place(address=_address(said.where))
    return _agreed(named, ground.locate(*point), said.where)


def point_of(where: Whereabouts) -> tuple[float, float] | None:
    """Longitude and latitude, put right if they are swapped; None if they are no place here."""
    x, y = where.longitude, where.latitude
    if x is None or y is None:
        return None
    if _is_here(x, y):
        return x, y
    return (y, x) if _is_here(y, x) else None


def _looked_at(camera: Camera | None, ground: Ground) -> Place | None:
    return ground.camera(camera.device, camera.channel) if camera else None


def _named(said: Statement, ground: Ground) -> Place:
    """The first of address, title, text and further words (a group's name) that names an estate."""
    for words in (said.where.address, said.title, said.text, said.where.words):
        place = ground.find(words) if words else Place()
        if place.estate:
            return place
    return Place()


def _agreed(named: Place, located: Place, where: Whereabouts) -> Place:
    """Words say what it is about, the point where the reporter stood: words win, less surely."""
    point = {"longitude": located.longitude, "latitude": located.latitude}
    if not named.estate:
        return (
            located if located.estate else located.model_copy(update={"address": _address(where)})
        )
    if _is_same(named, located):
        sure = max(named.confidence, located.confidence)
        return named.model_copy(update={**point, "confidence": sure})
    if not located.community:
        return named
    return named.model_copy(update={"confidence": min(named.confidence, DISAGREEMENT)})


def _is_same(named: Place, located: Place) -> bool:
    """Whether one of the two lies in the other, as far as both are known."""
    words = named.micro_grid or named.grid or named.community or ""
    point = located.micro_grid or located.grid or located.community or ""
    return bool(words and point) and (words.startswith(point) or point.startswith(words))


def _address(where: Whereabouts) -> str | None:
    return mask_text(where.address)[:256] or None


def _is_here(longitude: float, latitude: float) -> bool:
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH
