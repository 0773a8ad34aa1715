"""HTTP of intake: one file a channel."""

from fastapi import APIRouter

from services.intake.http import open311, reports, sources, wecom
from services.intake.http.front import Front


def make_routers(front: Front) -> list[APIRouter]:
    """All routes of intake."""
    return [each.routes(front) for each in (reports, wecom, sources, open311)]
