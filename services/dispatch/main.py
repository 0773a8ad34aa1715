"""The composition root of dispatch."""

from collections.abc import Sequence
from typing import Any

from schemas import case, incident
from schemas.event import Event
from schemas.flow import Service
from services.dispatch.adapters import loads
from services.dispatch.domain.decide import Situation
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.handlers import handlers
from services.dispatch.settings import DispatchSettings
from services.hosting.service import Blueprint, run
from services.kernel.domain import Domain
from services.kernel.postgres import Connection, Pool
from services.kernel.record import Message
from services.reference.catalogue import Catalogue, load_catalogue
from services.reference.ground import load_ground

PASSES_BY: frozenset[type[Event]] = frozenset(
    {
        incident.ReportMerged,
        incident.ReportDismissed,
        incident.IncidentUrged,
        incident.VoiceWithdrawn,
        case.CaseConfirmed,
        case.CaseArrived,
        case.CaseDisposed,
        case.CaseChecked,
        case.StepRefused,
        case.MergeRefused,
    }
)
"""What dispatch need not know of."""


def make_domain(catalogue: Catalogue, ground_version: str) -> Domain[Plan]:
    """The rules of dispatch over one version of the catalogue and of the ground."""

    async def look_around(
        connection: Connection, messages: Sequence[Message], prepared: Any
    ) -> Situation:
        load = await loads.load_near(connection, messages)
        return Situation(catalogue, ground_version, load)

    return Domain(
        state=Plan,
        evolve=evolve,
        handlers=handlers,
        passes_by=PASSES_BY,
        gather=look_around,
        project=loads.project,
    )


def blueprint(settings: DispatchSettings) -> Blueprint:
    """Dispatch as the kernel runs it."""
    catalogue = load_catalogue(settings.catalogue)
    ground = load_ground(settings.ground)

    def domain(pool: Pool) -> Domain[Plan]:
        return make_domain(catalogue, ground.version)

    return Blueprint(Service.DISPATCH, settings, domain, readers={})


if __name__ == "__main__":
    run(blueprint(DispatchSettings()))
