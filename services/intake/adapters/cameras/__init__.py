"""Cameras (摄像机): one file a vendor; the table tries them by name, else by shape."""

from collections.abc import Callable
from typing import NamedTuple

from services.intake.adapters.cameras import (
    dahua,
    frigate,
    gat1400,
    gb28181,
    hikvision_isapi,
    hikvision_isc,
    linkvisual,
    plain,
    vias,
)
from services.intake.adapters.documents import Document, read_document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.wrappers import objects_in
from services.intake.domain.submission import Statement
from services.kernel.errors import Unprocessable


class Vendor(NamedTuple):
    """A vendor's format: whether a post fits it, and what such a post says."""

    fits: Callable[[Document], bool]
    statements: Callable[[Document, Letter], list[Statement]]


VENDORS: dict[str, Vendor] = {
    each.NAME: Vendor(each.fits, each.statements)
    for each in (
        hikvision_isc,
        hikvision_isapi,
        dahua,
        linkvisual,
        vias,
        gb28181,
        gat1400,
        frigate,
        plain,
    )
}


def statements(letter: Letter) -> list[Statement]:
    """What a post of a camera says: one alarm, several, or none (a heartbeat).

    The header `hub-vendor` names the format; without it the shape tells. Raises
    Unprocessable if no format fits.
    """
    document = read_document(letter)
    vendor = _vendor(document, letter)
    if vendor:
        return vendor.statements(document, letter)
    found: list[Statement] = []
    for index, fields in enumerate(objects_in(document.fields)):
        inner = Document(fields, document.pictures)
        vendor = _vendor(inner, letter)
        if vendor is None:
            raise Unprocessable("认不出摄像机报警的格式：没有 hub-vendor，结构也不符合任何已知厂商")
        found += vendor.statements(inner, letter.nth(index))
    return found


def _vendor(document: Document, letter: Letter) -> Vendor | None:
    if letter.vendor:
        return _named(letter.vendor)
    return next((each for each in VENDORS.values() if each.fits(document)), None)


def _named(name: str) -> Vendor:
    try:
        return VENDORS[name]
    except KeyError:
        raise Unprocessable(f"hub-vendor 应为 {'、'.join(VENDORS)} 之一") from None
