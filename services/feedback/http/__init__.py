"""HTTP of feedback: one file a subject."""

from fastapi import APIRouter

from services.feedback.http import cases, evidence, live, overview, steps
from services.feedback.http.front import Front


def make_routers(front: Front) -> list[APIRouter]:
    """All routes of feedback."""
    return [each.routes(front) for each in (overview, cases, steps, evidence, live)]
