"""Open311 GeoReport v2: discovery, services, a request as form or JSON, and what became of it."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from defusedxml.ElementTree import fromstring

from services.intake.ports import ServiceRequest
from tests.unit.intake.fronts import Counter

ROOT = "/open311/v2"
KEY = "a-key-for-the-public"
REQUEST = {
    "api_key": KEY,
    "service_code": "09012",
    "description": "消防通道被堵，电话13800138000",
    "lat": "30.67",
    "long": "104.1",
    "address_string": "云栖一期2栋",
}


async def post(counter: Counter, fields: dict[str, Any], form: str = "json") -> Any:
    """Post a request as a form."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = urlencode(fields).encode()
    return await counter.ask("POST", f"{ROOT}/requests.{form}", content=body, headers=headers)


def kept(counter: Counter, **more: Any) -> ServiceRequest:
    """A request that was taken earlier."""
    then = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    fields: dict[str, Any] = {
        "request_id": "r1",
        "service_code": "09012",
        "description": "堵住了\x01",
        "address": None,
        "longitude": 104.1,
        "latitude": None,
        "requested_at": then,
        "updated_at": then,
        "is_closed": False,
        "notes": "",
    }
    found = ServiceRequest(**fields | more)
    counter.shelf.requests.append(found)
    return found


async def test_a_form_becomes_a_masked_report_in_the_category_that_it_names(
    counter: Counter,
) -> None:
    answer = await post(counter, REQUEST)
    assert answer.status_code == 201
    (said,) = counter.commands.submissions
    assert (said.origin, said.source, said.hint) == ("open311", "public", "09012")
    assert "13800138000" not in said.model_dump_json() and KEY not in said.model_dump_json()
    assert answer.json()[0]["service_request_id"]


async def test_json_and_xml_do_as_well(counter: Counter) -> None:
    answer = await counter.ask("POST", f"{ROOT}/requests.xml", json=REQUEST)
    found = fromstring(answer.content)
    assert (answer.status_code, found.tag) == (201, "service_requests")
    assert found.findtext("request/service_request_id")


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"api_key": "wrong"}, 401, "api_key"),
        ({"api_key": ""}, 401, "api_key"),
        ({"service_code": "12345"}, 422, "service_code"),
        ({"service_code": ""}, 422, "service_code"),
        ({"description": ""}, 422, "description"),
        ({"lat": "", "address_string": ""}, 422, "address_string"),
    ],
)
async def test_what_is_missing_is_named(
    counter: Counter, changes: dict[str, str], status: int, field: str
) -> None:
    answer = await post(counter, REQUEST | changes)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert not counter.commands.taken


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 300), "application/x-www-form-urlencoded", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 401),
        (b"x", "text/plain", 415),
        (b"x" * 262_145, "application/json", 413),
    ],
)
async def test_a_hostile_body_is_refused(
    counter: Counter, body: bytes, content_type: str, status: int
) -> None:
    headers = {"content-type": content_type}
    answer = await counter.ask("POST", f"{ROOT}/requests.json", content=body, headers=headers)
    assert answer.status_code == status


async def test_the_services_are_those_of_the_catalogue(counter: Counter) -> None:
    listed = (await counter.ask("GET", f"{ROOT}/services.json")).json()
    codes = {each["service_code"] for each in listed}
    assert codes == set(counter.front.catalogue.entries) | {"other"}
    xml = fromstring((await counter.ask("GET", f"{ROOT}/services.xml")).content)
    assert len(xml.findall("service")) == len(codes)
    one = await counter.ask("GET", f"{ROOT}/services/09012.json")
    assert one.json() == {"service_code": "09012", "attributes": []}
    assert (await counter.ask("GET", f"{ROOT}/services/12345.json")).status_code == 404


async def test_discovery_names_the_endpoint_and_its_formats(counter: Counter) -> None:
    found = (await counter.ask("GET", f"{ROOT}/discovery.json")).json()
    assert found["endpoints"][0]["url"] == "http://test/open311/v2"
    xml = fromstring((await counter.ask("GET", f"{ROOT}/discovery.xml")).content)
    assert [each.text for each in xml.iter("format")] == ["application/json", "text/xml"]


async def test_what_became_of_a_request_is_shown_to_its_key_alone(counter: Counter) -> None:
    kept(counter)
    kept(counter, request_id="r2", is_closed=True, notes="已撤回")
    asked = {"api_key": KEY}
    listed = (await counter.ask("GET", f"{ROOT}/requests.json", params=asked)).json()
    assert [each["status"] for each in listed] == ["open", "closed"]
    one = (await counter.ask("GET", f"{ROOT}/requests/r2.json", params=asked)).json()
    assert [each["status_notes"] for each in one] == ["已撤回"]
    xml = await counter.ask("GET", f"{ROOT}/requests/r1.xml", params=asked)
    assert fromstring(xml.content).findtext("request/description") == "堵住了"
    assert (await counter.ask("GET", f"{ROOT}/requests/r1.json")).status_code == 401
    assert (await counter.ask("GET", f"{ROOT}/requests/r9.json", params=asked)).status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [("start_date", "yesterday"), ("end_date", "9999-99-99"), ("status", "sleeping")],
)
async def test_a_question_that_can_not_be_read_is_refused_by_name(
    counter: Counter, name: str, value: str
) -> None:
    asked = {"api_key": KEY, name: value}
    answer = await counter.ask("GET", f"{ROOT}/requests.json", params=asked)
    assert (answer.status_code, answer.json()["field"]) == (422, name)
