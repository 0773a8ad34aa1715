"""A grid worker sees a blocked fire lane; the app signs what it posts."""

import time
from uuid import uuid4

import pytest

from tests.acceptance.town import Town

pytestmark = pytest.mark.integration

SEEN = "云栖一期2栋楼下消防通道被小汽车占用"


async def test_it_becomes_a_case_that_knows_its_source(town: Town) -> None:
    now, name = str(time.time()), uuid4().hex
    answer = await town.post_signed({"report_id": name, "text": SEEN}, now)
    assert answer.status_code == 202
    thread = answer.json()["reports"][0]["thread"]
    assert thread == f"collector:workers:{name}"
    report = await town.recorded(thread, "hub.report.received.v1")
    assert (report["source"], report["origin"]) == ("collector", "workers")
    incident = await town.incident_of(thread)
    await town.until(incident, "pending_acceptance")


async def test_nobody_can_send_it_again_or_in_another_name(town: Town) -> None:
    now, report = str(time.time()), {"report_id": uuid4().hex, "text": SEEN}
    assert (await town.post_signed(report, now)).status_code == 202
    again = await town.post_signed(report, now)
    assert (again.status_code, again.json()["type"]) == (409, "urn:event-hub:problem:replay")
    forged = await town.post_signed(report, str(time.time()), key="a-guess")
    assert (forged.status_code, forged.json()["field"]) == (401, "hub-signature")
