"""Which times of sources can be believed."""

from datetime import datetime, timedelta

from schemas.report import Source

CAMERA_DRIFT = timedelta(minutes=15)


def believable(source: Source, reported: datetime | None, received: datetime) -> datetime:
    """The time of a report: its own, unless the clock behind it is plainly wrong.

    A camera reports within minutes: further away than 15 minutes its clock is off. A person
    may report what was long ago, never what is still to come.
    """
    if reported is None:
        return received
    drift = reported - received
    is_wrong = drift > CAMERA_DRIFT or (source is Source.CAMERA and -drift > CAMERA_DRIFT)
    return received if is_wrong else reported
