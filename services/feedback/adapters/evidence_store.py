"""The desk of evidence, put together from settings: for the service, and for commands."""

from services.feedback.adapters.evidence_desk import EvidenceDesk
from services.feedback.adapters.evidence_orphans import Orphans
from services.feedback.adapters.rule_files import load_retention
from services.feedback.settings import FeedbackSettings
from services.hosting.objects import Objects, objects_at
from services.hosting.pictures import Limits
from services.kernel.postgres import Pool
from services.reference.catalogue import load_catalogue

FOLDER = "evidence"
"""Beside the pictures of reports, so that what is deleted here is nobody else's."""


def desk_of(settings: FeedbackSettings, pool: Pool) -> EvidenceDesk:
    """Raises RuleFileError, CatalogueError, OSError."""
    retention = load_retention(settings.retention, load_catalogue(settings.catalogue))
    limits = Limits(settings.picture_bytes, settings.picture_pixels)
    return EvidenceDesk(pool, _objects(settings), retention, limits, settings.clip_bytes)


def orphans_of(settings: FeedbackSettings, pool: Pool) -> Orphans | None:
    """None where no pictures are kept."""
    objects = _objects(settings)
    return Orphans(pool, objects) if objects else None


def _objects(settings: FeedbackSettings) -> Objects | None:
    place = settings.objects.rstrip("/")
    return objects_at(f"{place}/{FOLDER}") if place else None
