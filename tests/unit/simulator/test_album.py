"""Pictures of invented work are like no other, handed in once, and remain names where nobody is."""

from hashlib import sha256
from typing import Any

import httpx
import pytest

from deploy.simulator.album import Album, drawn, invented
from schemas.worker import Action, StepReported
from services.hosting.pictures import Limits, paint
from tests.unit.feedback.cases import did

STEP: StepReported = did(Action.DISPOSE, evidence=invented("s1", ["before", "after"]))


def album(answer: Any, token: str = "t") -> Album:
    """An album whose feedback answers like this."""
    made = Album("http://feedback", token)
    made._client = httpx.AsyncClient(
        base_url="http://feedback", transport=httpx.MockTransport(answer)
    )
    return made


def test_no_two_pictures_are_the_same_even_when_painted_anew() -> None:
    pictures = [each for n in range(40) for each in invented(f"s{n}", ["before", "after"])]
    painted = {sha256(paint(drawn(each), Limits()).content).digest() for each in pictures}
    assert len(painted) == len(pictures) == 80


async def test_a_step_names_its_pictures_as_the_hub_keeps_them() -> None:
    asked: list[tuple[str, str]] = []

    def keep(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, request.url.params["shows"]))
        return httpx.Response(201, json={"digest": f"{len(asked):064}"})

    (step,) = await album(keep).handed_in([STEP])
    assert asked == [("/api/v1/cases/I1/evidence", each) for each in ("before", "after")]
    assert [each.digest for each in step.evidence] == [f"{n:064}" for n in (1, 2)]
    assert [each.shows for each in step.evidence] == ["before", "after"]


@pytest.mark.parametrize("status", [403, 404, 422, 503])
async def test_where_nobody_keeps_them_they_are_named_as_they_were(status: int) -> None:
    assert await album(lambda _: httpx.Response(status)).handed_in([STEP]) == [STEP]
    assert await album(lambda _: httpx.Response(201), token="").handed_in([STEP]) == [STEP]
