"""The ground: the grid tree, and from a text, a point or a camera to a place in it."""

from services.reference.ground.cameras import Camera
from services.reference.ground.errors import GroundError
from services.reference.ground.naming import Estate
from services.reference.ground.routing import Route, Router
from services.reference.ground.store import GroundStore
from services.reference.ground.tree import Kind, Tree, Unit
from services.reference.ground.whole import DEMO, Ground, load_ground

__all__ = [
    "DEMO",
    "Camera",
    "Estate",
    "Ground",
    "GroundError",
    "GroundStore",
    "Kind",
    "Route",
    "Router",
    "Tree",
    "Unit",
    "load_ground",
]
