"""The two formats of GeoReport v2: the same values as JSON, or as XML of its element names."""

import re
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import Response
from fastapi.responses import JSONResponse

from services.intake.ports import ServiceRequest

UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can not hold."""

ITEMS = {"endpoints": "endpoint", "formats": "format", "attributes": "attribute"}


class Form(StrEnum):
    """What stands behind the dot."""

    JSON = "json"
    XML = "xml"


def entry(found: ServiceRequest, service_name: str) -> dict[str, Any]:
    """A request in the words of GeoReport."""
    return {
        "service_request_id": found.request_id,
        "status": "closed" if found.is_closed else "open",
        "status_notes": found.notes,
        "service_name": service_name,
        "service_code": found.service_code,
        "description": found.description,
        "requested_datetime": found.requested_at.isoformat(),
        "updated_datetime": found.updated_at.isoformat(),
        "address": found.address or "",
        "lat": found.latitude,
        "long": found.longitude,
    }


def rendered(value: Any, form: Form, root: str, item: str = "", *, status: int = 200) -> Response:
    """A value in the form that is asked for; `item` names the elements of a list."""
    if form is Form.JSON:
        return JSONResponse(value, status)
    top = Element(root)
    _fill(top, value, item)
    return Response(
        tostring(top, "utf-8", xml_declaration=True), status, media_type="text/xml; charset=utf-8"
    )


def _fill(element: Element, value: Any, item: str) -> None:
    if isinstance(value, dict):
        for name, each in value.items():
            _fill(SubElement(element, name), each, ITEMS.get(str(name), ""))
    elif isinstance(value, list):
        for each in value:
            _fill(SubElement(element, item), each, item)
    elif isinstance(value, bool):
        element.text = str(value).lower()
    elif value is not None:
        element.text = UNPRINTABLE.sub("", str(value))
