"""What the routes of intake work with."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from pydantic import SecretStr

from services.intake.domain.submission import Submission, report_id_of
from services.intake.http.admission import Gate
from services.intake.http.problems import PROBLEMS, ProblemRoute
from services.intake.ports import FrontDesk, Requests, Seal, Sources
from services.kernel.processor import Processor
from services.reference.catalogue import Catalogue

SOURCE = "http"


@dataclass(frozen=True)
class Front:
    """The desk behind the routes, the gate before them, and what they read."""

    processor: Processor
    desk: FrontDesk
    gate: Gate
    sources: Sources
    seal: Seal
    requests: Requests
    catalogue: Catalogue
    token: SecretStr | None
    largest: int
    longest_maintenance: timedelta

    async def hand_in(self, said: Submission) -> dict[str, str]:
        """Let a report have its effect, once; returns its names."""
        command_id = f"{SOURCE}/{said.thread}/{said.life}/{said.fingerprint}"
        await self.processor.command(said, command_id, SOURCE, express=said.express)
        return {"thread": said.thread, "report_id": report_id_of(said.thread)}


def router_of(prefix: str, tag: str) -> APIRouter:
    """A router whose refusals are problems."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=ProblemRoute, responses=PROBLEMS)
