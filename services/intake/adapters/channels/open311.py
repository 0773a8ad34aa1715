"""Open311 GeoReport v2: a service request, as its form's fields or as the same in JSON."""

import re
from dataclasses import replace

from schemas.report import Source
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import number
from services.intake.adapters.messages import read_message
from services.intake.domain.submission import Statement
from services.intake.ports import OTHER_SERVICE, BadField
from services.reference.written import text


def statements(letter: Letter) -> list[Statement]:
    """What a request says. Raises BadField if it names no service, nothing, or no place."""
    request, origin = letter.object(), letter.origin
    code = text(request, "service_code")
    if code != OTHER_SERVICE and not re.fullmatch(r"[0-9]{5}", code):
        raise BadField("service_code", "缺少，或不是 GET services 给出的代码")
    address = text(request, "address_string", "address")
    longitude, latitude = number(request, "long", "lon"), number(request, "lat")
    if not address and not text(request, "address_id") and None in (longitude, latitude):
        raise BadField("address_string", "位置必填：address_string，或 lat 和 long")
    plain = {
        "message_id": text(request, "request_id"),
        "text": text(request, "description"),
        "pictures": text(request, "media_url"),
        "address": address or text(request, "address_id"),
        "longitude": longitude,
        "latitude": latitude,
        "crs": "WGS84",
        "sender": text(request, "account_id", "device_id", "email"),
        "sender_name": text(request, "last_name") + text(request, "first_name"),
        "phone": text(request, "phone"),
    }
    kind = origin.kind if origin else Source.PUBLIC
    try:
        said = read_message(plain, letter.id, kind, within=origin.id if origin else "")
    except BadField:
        raise BadField("description", "没有文字，也没有图片") from None
    return [said if code == OTHER_SERVICE else replace(said, hint=code)]
