"""A language model that is slow, wrong or away answers nothing, and nobody hears of an error."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException

from services.classification.adapters.language_model import LanguageModel, Prices
from tests.unit.classification.cases import CATALOGUE


def model(reply: Any, seconds: float = 5.0) -> LanguageModel:
    outside = FastAPI()
    outside.post("/v1/chat/completions")(reply)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(outside), base_url="http://llm/v1/")
    return LanguageModel(client, "small", lambda: CATALOGUE, Prices(2.0, 4.0, 0.25), seconds)


async def test_a_code_of_the_catalogue_is_advice_and_its_tokens_are_paid() -> None:
    async def reply(question: dict[str, Any]) -> dict[str, Any]:
        assert question["model"] == "small" and question["temperature"] == 0
        usage = {"prompt_tokens": 500_000, "completion_tokens": 250_000}
        return {"choices": [{"message": {"content": '{"code": "09012"}'}}], "usage": usage}

    advice = await model(reply).advise("通道", ())
    assert (advice.code, advice.outcome, advice.cost) == ("09012", "advised", 2.0)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"choices": [{"message": {"content": '{"code": "12345"}'}}]}, "wrong"),
        ({"choices": [{"message": {"content": '{"code": "00000"}'}}]}, "unsure"),
        ({"choices": [{"message": {"content": '{"code": "09012", "x": 1}'}}]}, "wrong"),
        ({"choices": [{"message": {"content": "占用消防通道"}}]}, "wrong"),
        ({"choices": [{"message": {"content": None}}]}, "wrong"),
        ({"choices": []}, "wrong"),
        ([], "wrong"),
    ],
)
async def test_what_is_no_answer_is_none_and_is_paid_all_the_same(body: Any, outcome: str) -> None:
    async def reply() -> Any:
        return body

    advice = await model(reply).advise("通道", ())
    assert (advice.code, advice.outcome, advice.cost) == (None, outcome, 0.25)


async def test_an_error_of_the_server_is_no_answer() -> None:
    async def reply() -> Any:
        raise HTTPException(500)

    assert (await model(reply).advise("通道", ())).outcome == "failed"


async def test_who_answers_too_late_has_not_answered() -> None:
    never = asyncio.Event()

    async def reply() -> Any:
        await never.wait()

    assert (await model(reply, seconds=0.05).advise("通道", ())).outcome == "slow"
