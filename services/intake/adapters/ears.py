"""What was heard of each source since it was last written down: a word costs no write."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from schemas.place import Place
from schemas.report import Camera
from services.intake.domain.registered import RegisteredSource, camera_id
from services.reference.ground import Ground

MOST_CAMERAS = 200_000


class HeardCamera(NamedTuple):
    """A camera that was heard for the first time by this process."""

    id: str
    name: str
    gateway: str
    place: Place
    slow: float
    patience: float


@dataclass
class Ears:
    """Remembers when each source was heard, until the watch over sources takes it."""

    at: dict[str, datetime] = field(default_factory=dict)
    met: dict[str, HeardCamera] = field(default_factory=dict)
    _terms: dict[str, tuple[str, object]] = field(default_factory=dict)
    """What each camera was last met with: the ground's version, and its gateway's patience."""

    def hear(self, source_id: str, at: datetime) -> None:
        """A source said something, a heartbeat or a report."""
        self.at[source_id] = at

    def hear_camera(
        self, gateway: RegisteredSource, camera: Camera, ground: Ground, at: datetime
    ) -> None:
        """A camera said something; only those that the ground knows are watched."""
        if gateway.cameras is None:
            return
        name, terms = _name(gateway, camera), (ground.version, gateway.cameras)
        if self._terms.get(name) != terms:
            place = ground.camera(camera.device, camera.channel)
            if place is None or len(self._terms) >= MOST_CAMERAS:
                return
            self._terms[name] = terms
            label = f"{gateway.name} {camera.device} {camera.channel}".strip()
            slow, patience = gateway.cameras.slow, gateway.cameras.expired
            self.met[name] = HeardCamera(name, label, gateway.id, place, slow, patience)
        self.at[name] = at

    def take(self) -> tuple[dict[str, datetime], list[HeardCamera]]:
        """All that was heard since the last time."""
        at, self.at = self.at, {}
        met, self.met = self.met, {}
        return at, list(met.values())

    def give_back(self, at: dict[str, datetime], met: list[HeardCamera]) -> None:
        """It could not be written down: keep it, under what was heard since."""
        self.at = at | self.at
        self.met = {each.id: each for each in met} | self.met


def _name(gateway: RegisteredSource, camera: Camera) -> str:
    return camera_id(gateway.id, camera.device, camera.channel)
