"""Who goes, by the roster: on duty now, able, lowest rung first, then whoever has least in hand."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from schemas.dispatch import Assignee, Level
from schemas.place import Place
from services.dispatch.domain.crew_choice import DUTY_DESK, LADDER, TITLES, area
from services.dispatch.domain.plan import GRASS_ROOTS
from services.dispatch.domain.roster.duty import Duty, Roster
from services.reference.calendar import BEIJING
from services.reference.degrees import step

NOBODY = "无人在岗"
"""Stands in the reason of whatever goes to a duty desk for want of a person."""
AREAS = {Level.MICRO_GRID: "微网格", Level.GRID: "网格"}
UNKNOWN = "不明"
DECIDED = ("在办最少", "路程最近", "本周工时最少", "条件相同，按工号在先")
"""By what one goes and not another, in the order in which it is looked at."""
ON_FOOT = 1.3
NEAR_ENOUGH = 5.0
"""Minutes of way that make no difference: then the week decides."""


@dataclass(frozen=True)
class Crew:
    """Who could go at a moment: the roster, who has tapped off, and what each has done."""

    roster: Roster
    now: datetime
    skills: Sequence[str] = ()
    off: AbstractSet[str] = frozenset()
    week: Mapping[str, int] = field(default_factory=dict)
    """Minutes of work of this week, by worker: for fairness."""

    def choose(
        self,
        place: Place,
        load: Mapping[str, int],
        tried: Sequence[str] = (),
        above: Level | None = None,
        start: Level = LADDER[0],
    ) -> tuple[Assignee, str]:
        """The person, and why; for want of one a duty desk, and why."""
        first = max(LADDER.index(start), LADDER.index(above) + 1 if above in LADDER else 0)
        rungs = LADDER[first:]
        for skills in (self.skills, ()) if self.skills else ((),):
            for number, level in enumerate(rungs):
                able = [d for d in self._there(place, level, tried) if self._can(d.worker, skills)]
                if able:
                    able.sort(key=lambda each: self._order(each, place, load))
                    passed = passed_over(self, place, rungs[:number], tried) if number else ""
                    return self._sent(able, place, level, load, skills, passed)
        return self._desk(place, rungs, tried)

    def near(self, place: Place) -> Iterator[str]:
        """Whoever could be asked for a place."""
        for level in LADDER:
            yield from (duty.worker for duty in self._there(place, level, ()))

    def _there(self, place: Place, level: Level, tried: Sequence[str]) -> Iterator[Duty]:
        code = area_code(place, level)
        for duty in self.roster.on_duty(level, code, self.now) if code else ():
            if duty.worker not in tried and duty.worker not in self.off:
                yield duty

    def _can(self, worker: str, skills: Sequence[str]) -> bool:
        return set(skills) <= set(self.roster.people[worker].skills)

    def _order(
        self, duty: Duty, place: Place, load: Mapping[str, int]
    ) -> tuple[int, int, int, str]:
        worker = duty.worker
        way = self._minutes(worker, place)
        return (
            load.get(worker, 0),
            int((way or 0.0) / NEAR_ENOUGH),
            self.week.get(worker, 0),
            worker,
        )

    def _minutes(self, worker: str, place: Place) -> float | None:
        """On foot along the axes, from the post; None where either is unknown."""
        post = self.roster.people[worker].at
        if post is None or place.longitude is None or place.latitude is None:
            return None
        east, north = step(place.longitude, place.latitude, *post)
        return (abs(east) + abs(north)) / ON_FOOT / 60

    def _sent(
        self,
        able: Sequence[Duty],
        place: Place,
        level: Level,
        load: Mapping[str, int],
        skills: Sequence[str],
        passed: str,
    ) -> tuple[Assignee, str]:
        duty, code = able[0], area_code(place, level)
        worker = duty.worker
        way = self._minutes(worker, place)
        said = (
            passed,
            f"{TITLES[level]} {worker} 在岗至 {duty.ends.astimezone(BEIJING):%H:%M}，负责 {code}",
            f"代 {duty.holder}" if duty.holder != worker else "",
            f"具备 {'、'.join(skills)}" if skills else "",
            f"在岗的无人具备 {'、'.join(self.skills)}" if self.skills and not skills else "",
            f"手上在办 {load.get(worker, 0)} 件，本周约 {self.week.get(worker, 0) / 60:.1f} 小时",
            f"步行约 {way:.0f} 分钟" if way is not None else "",
            self._before_others(able, place, load),
        )
        return Assignee(worker_id=worker, level=level, area=code), "，".join(filter(None, said))

    def _before_others(self, able: Sequence[Duty], place: Place, load: Mapping[str, int]) -> str:
        """What decided between those who could have gone; `able` is in their order."""
        others = [duty for duty in able if duty.worker != able[0].worker]
        if not others:
            return "同级可派的仅此一人"
        first, second = (self._order(each, place, load) for each in (able[0], others[0]))
        which = next(
            n for n, (one, other) in enumerate(zip(first, second, strict=True)) if one != other
        )
        return f"同级可派 {len({duty.worker for duty in able})} 人中{DECIDED[which]}"

    def _desk(
        self, place: Place, rungs: Sequence[Level], tried: Sequence[str]
    ) -> tuple[Assignee, str]:
        """The duty desk of the community, then that of the street."""
        passed = passed_over(self, place, rungs, tried)
        why = f"{passed}，" if passed else ""
        desk = f"C{place.community}"
        if place.community and Level.COMMUNITY in rungs and desk not in tried:
            whom = Assignee(worker_id=desk, level=Level.COMMUNITY, area=place.community, desk=True)
            return whom, f"{why}由社区值班台 {place.community} 处理"
        why = why if place.community else "地点不明，"
        whom = Assignee(worker_id=DUTY_DESK, level=Level.STREET, area="", desk=True)
        return whom, f"{why}由街道运行中心值班处理"


def passed_over(crew: Crew, place: Place, rungs: Sequence[Level], tried: Sequence[str]) -> str:
    """Why nobody of these rungs goes; of community and street only where the roster has people."""
    found: dict[str, list[str]] = {}
    for level in rungs:
        if why := _why_nobody(crew, place, level, tried):
            title = AREAS.get(level, "") if why == UNKNOWN else TITLES[level]
            found.setdefault(why, []).append(title)
    at = f"{crew.now.astimezone(BEIJING):%H:%M} "
    return "，".join(
        f"{at if why == NOBODY else ''}{'、'.join(titles)}{why}" for why, titles in found.items()
    )


def _why_nobody(crew: Crew, place: Place, level: Level, tried: Sequence[str]) -> str:
    code = area_code(place, level)
    if not code:
        return UNKNOWN if place.community else ""
    if level not in GRASS_ROOTS and (level, code) not in crew.roster.by_area:
        return ""
    there = {duty.worker for duty in crew.roster.on_duty(level, code, crew.now)} - crew.off
    if not there:
        return NOBODY
    return "均已派过" if there <= set(tried) else f"均不具备 {'、'.join(crew.skills)}"


def area_code(place: Place, level: Level) -> str:
    """The code by which a roster names the area of a rung; empty: not known."""
    if level is Level.STREET:
        return (place.community or "")[:9]
    return area(place, level) or ""
