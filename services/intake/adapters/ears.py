"""What was heard of each source since it was last written down: a word costs no write."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from schemas.place import Place
from schemas.report import Camera
from services.intake.domain.registered import Patience, RegisteredSource, camera_id
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
    _known: dict[tuple[str, str, str], tuple[str, str, Patience]] = field(default_factory=dict)
    """Each camera's id, and what it was met with: the ground's version, its gateway's patience."""

    def hear(self, source_id: str, at: datetime) -> None:
        """A source said something, a heartbeat or a report."""
        self.at[source_id] = at

    def hear_camera(
        self, gateway: RegisteredSource, camera: Camera, ground: Ground, at: datetime
    ) -> None:
        """A camera said something; only those that the ground knows are watched."""
        if gateway.cameras is None:
            return
        known = self._known.get((gateway.id, camera.device, camera.channel))
        if known is None or known[1] != ground.version or known[2] is not gateway.cameras:
            known = self._meet(gateway, gateway.cameras, camera, ground)
        if known:
            self.at[known[0]] = at

    def _meet(
        self, gateway: RegisteredSource, patience: Patience, camera: Camera, ground: Ground
    ) -> tuple[str, str, Patience] | None:
        place = ground.camera(camera.device, camera.channel)
        if place is None or len(self._known) >= MOST_CAMERAS:
            return None
        name = camera_id(gateway.id, camera.device, camera.channel)
        label = f"{gateway.name} {camera.device} {camera.channel}".strip()
        self.met[name] = HeardCamera(
            name, label, gateway.id, place, patience.slow, patience.expired
        )
        known = (name, ground.version, patience)
        self._known[gateway.id, camera.device, camera.channel] = known
        return known

    def take(self) -> tuple[dict[str, datetime], list[HeardCamera]]:
        """All that was heard since the last time."""
        at, self.at = self.at, {}
        met, self.met = self.met, {}
        return at, list(met.values())

    def give_back(self, at: dict[str, datetime], met: list[HeardCamera]) -> None:
        """It could not be written down: keep it, under what was heard since."""
        self.at = at | self.at
        self.met = {each.id: each for each in met} | self.met
