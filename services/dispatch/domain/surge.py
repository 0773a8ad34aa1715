"""The terms of dispatch under load: who is where, what waits, by which rules, and what came of it.

Places are metres on a plane and roads run along its axes, so that a way is never shorter than
it looks. What the rules mean and what they bring is measured in this service's README.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import copysign

from schemas.incident import Severity
from services.reference.degrees import step

SLOWEST = timedelta(days=1)
"""No way is reckoned longer than this, so that sums over a batch stay comparable."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: metres east and north of a corner of the street."""

    east: float
    north: float

    def metres_to(self, other: "Spot") -> float:
        """The way along the roads."""
        return abs(self.east - other.east) + abs(self.north - other.north)


@dataclass(frozen=True, slots=True)
class Plane:
    """The ground around a latitude as a plane."""

    latitude: float

    def spot(self, longitude: float, latitude: float) -> Spot:
        """Where a point in degrees lies on it."""
        return Spot(*step(0.0, self.latitude, longitude, latitude))


def between(origin: Spot, goal: Spot, metres: float) -> Spot:
    """Where one is after so many metres along the roads: first east or west, then the rest."""
    if metres >= origin.metres_to(goal):
        return goal
    east, north = goal.east - origin.east, goal.north - origin.north
    if metres <= abs(east):
        return Spot(origin.east + copysign(max(metres, 0.0), east), origin.north)
    return Spot(goal.east, origin.north + copysign(metres - abs(east), north))


@dataclass(frozen=True, slots=True)
class Doing:
    """What a member has in hand."""

    incident_id: str
    severity: Severity = Severity.DANGER
    """Danger is never left for other danger."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on duty, where they are now."""

    worker_id: str
    at: Spot
    pace: float = 1.3
    """Metres a second: about 1.3 on foot, 4.2 on an e-bike with its stops."""
    start: float = 0.0
    """Seconds before they move and after they stop: to unlock the e-bike, to park it."""
    worked: float = 0.0
    """Hours of work, of whatever span they are to be even over."""
    doing: Doing | None = None

    def seconds_to(self, spot: Spot) -> float:
        """How long they are under way."""
        return min(self.start + self.at.metres_to(spot) / self.pace, SLOWEST.total_seconds())


@dataclass(frozen=True, slots=True)
class Waiting:
    """An incident that nobody has yet; `tried` are those who had it and are not asked again."""

    incident_id: str
    severity: Severity
    at: Spot | None
    since: datetime
    tried: frozenset[str] = frozenset()

    @property
    def spot(self) -> Spot:
        """Where it is; asked only of an incident whose place is known."""
        if self.at is None:
            raise ValueError(f"{self.incident_id}: its place is not known")
        return self.at

    def waited(self, now: datetime) -> timedelta:
        """How long it has waited."""
        return max(now - self.since, timedelta(0))


@dataclass(frozen=True, slots=True)
class Expected:
    """Where danger to life is to be expected: the share of it, as past months had it."""

    at: Spot
    share: float


@dataclass(frozen=True, slots=True)
class Street:
    """All members on duty, and where danger is to be expected."""

    members: Sequence[Member]
    expected: Sequence[Expected] = ()


@dataclass(frozen=True, slots=True)
class SurgeRules:
    """What an operator can set. The defaults were chosen on simulated days, see the README."""

    enter: float = 1.0
    """A surge begins when open demand is more than so many times those who are free."""
    leave: float = 0.5
    """And ends when it is no more than so many times."""
    least: int = 6
    """So much must be open for it to begin."""
    stay: timedelta = timedelta(minutes=5)
    """It ends no sooner."""
    longest_wait: timedelta = timedelta(minutes=120)
    """What has found nobody for so long goes the ordinary way."""
    occupies: timedelta = timedelta(minutes=120)
    """What is to be done at once keeps somebody from other work for so long at most."""
    window: timedelta = timedelta(seconds=15)
    """How long ordinary work is gathered before it is assigned; danger never waits for it."""
    reach: timedelta = timedelta(minutes=3)
    """By when somebody is to be with whoever is in danger (三分钟到场)."""
    answer: timedelta = timedelta(seconds=20)
    """Of that, what passes before the member sets off."""
    reserve_share: float = 0.06
    """Of those on duty, how many are kept back for danger (应急备勤)."""
    reserve_least: int = 2
    """And never fewer than these."""
    cap_metres: float = 1000.0
    """Nobody is sent farther to ordinary work while somebody nearer is left."""
    danger_cap_metres: float = 2500.0
    """The same for danger to life."""
    patience: timedelta = timedelta(minutes=45)
    """After so long the cap no longer holds back ordinary work."""
    ageing: float = 0.2
    """Seconds of way that are accepted for each second that ordinary work has waited."""
    head_start: dict[Severity, timedelta] = field(
        default_factory=lambda: {
            Severity.MEDIUM: timedelta(minutes=5),
            Severity.HIGH: timedelta(minutes=30),
        }
    )
    """How much longer a way is accepted for graver ordinary work."""
    cover_price: timedelta = timedelta(minutes=30)
    """The detour that is accepted rather than lay bare all places where danger is expected."""
    again: float = 0.1
    """How likely a place that one member covers needs a second one."""
    evenness: timedelta = timedelta(seconds=10)
    """The detour that is accepted for a member who has worked an hour less."""
    interruptible: frozenset[Severity] = frozenset()
    """Work that may be left for danger to life; empty: none. Danger itself never is."""
    interrupt_saves: timedelta = timedelta(minutes=2)
    """An interruption that does not bring help in time must save as much."""
    most_at_once: int = 200
    """The most urgent so many are taken into a batch; the others wait for the next one."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if Severity.DANGER in self.interruptible:
            raise ValueError("interruptible: danger to life is never left for other danger")
        if not 0 <= self.reserve_share <= 1:
            raise ValueError(f"reserve_share: {self.reserve_share} is not a share from 0 to 1")
        if min(self.cap_metres, self.danger_cap_metres) <= 0:
            raise ValueError("cap_metres, danger_cap_metres: must be more than 0")
        if self.leave > self.enter:
            raise ValueError("leave: must not be more than enter")
        if self.answer >= self.reach:
            raise ValueError("answer: leaves no time to reach anybody")

    def reserve(self, on_duty: int) -> int:
        """How many are kept back."""
        return max(self.reserve_least, -int(-self.reserve_share * on_duty // 1))

    def allowance(self, severity: Severity, waited: float) -> float:
        """How many seconds longer a way may be for this level, after so many seconds."""
        start = self.head_start.get(severity)
        longer = self.ageing * min(waited, SLOWEST.total_seconds())
        return longer + start.total_seconds() if start else longer

    def radius(self, member: Member) -> float:
        """How far a member gets in time, in metres; negative: nowhere."""
        return ((self.reach - self.answer).total_seconds() - member.start) * member.pace


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who has an incident now, and why, in words for an operator."""

    incident_id: str
    worker_id: str
    reason: str
    travel: timedelta | None = None
    """None: the duty desk has it."""
    metres: float | None = None
    interrupts: str | None = None
    """The incident that the member leaves for this one; it waits again."""
    comes_again: bool = False
    """The duty desk has it only until the next batch."""
