"""From a request to a completion that can begin."""

import time
from contextlib import AsyncExitStack
from typing import Any

import pytest

from antiphon.completion.prepare import Prepared, new_id, prepare
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from antiphon.errors import EngineLoading, ModelNotFound, UnsupportedParameter
from antiphon.schema.request.create import CreateChatCompletion
from tests.unit.completion.requests import request
from tests.unit.completion.sensing import open_senses


class Loading(ScriptedEngine):
    """Never ready; without any capability as long as nobody knows better."""

    capabilities = frozenset()

    async def ready(self) -> None:
        """Not now."""
        raise EngineLoading("m", "loading")


def pool(engine: ScriptedEngine | None = None) -> Pool:
    """One model with an alias."""
    return Pool({"m": engine or ScriptedEngine()}, {"gpt-*": "m"})


async def begin(pool: Pool, asked: CreateChatCompletion) -> Prepared:
    """A completion that can begin, and has ended."""
    async with AsyncExitStack() as end, open_senses() as senses:
        return await prepare(pool, senses, asked, project="p", until=end)


def named(model: str, **fields: Any) -> CreateChatCompletion:
    """A request for a model."""
    return request(**fields).model_copy(update={"model": model})


@pytest.mark.parametrize("name", ["m", "gpt-4o"])
async def test_a_model_is_found_by_its_name_or_an_alias(name: str) -> None:
    """Whatever name was asked for, the completion is by the model's own."""
    prepared = await begin(pool(), named(name, n=2, seed=1))
    assert (prepared.model, prepared.decoding.n, prepared.ignored) == ("m", 2, ())
    assert abs(prepared.created - time.time()) < 5


async def test_hints_are_noted() -> None:
    """What this engine cannot make use of is noted with the completion."""
    prepared = await begin(pool(), named("m", service_tier="flex", prompt_cache_key="a"))
    assert prepared.ignored == ("service_tier", "prompt_cache_key")


@pytest.mark.parametrize(
    ("given", "model", "error"),
    [
        ({"web_search_options": {}}, "none", ModelNotFound),
        ({"web_search_options": {}}, "m", UnsupportedParameter),
    ],
)
async def test_the_model_is_found_before_its_abilities_are_asked(given: Any, model: str, error: Any) -> None:
    """Who names a model that is not there is told so, whatever else the model could not do."""
    with pytest.raises(error):
        await begin(pool(), named(model, **given))


async def test_abilities_are_asked_of_an_engine_that_is_ready() -> None:
    """What a model can do is known once it is loaded: until then a request waits, and is not refused."""
    with pytest.raises(EngineLoading):
        await begin(pool(Loading()), named("m", tools=[{"type": "function", "function": {"name": "f"}}]))


def test_ids_sort_by_time() -> None:
    """An id is `chatcmpl-` and 29 characters; a later one sorts after, and two of one moment differ."""
    now_ms = time.time_ns() // 1_000_000
    names = [new_id(now_ms + number) for number in (0, 0, 1, 1000, 10**9)]
    assert names[0] != names[1] and names[1:] == sorted(names[1:])
    assert all(name.startswith("chatcmpl-") and len(name) == 38 for name in names)


async def test_a_completion_is_created_when_its_id_says() -> None:
    """Lists are ordered by time and id, so both come from one look at the clock."""
    prepared = await begin(pool(), named("m"))
    assert int(prepared.id.removeprefix("chatcmpl-")[:12], 16) // 1000 == prepared.created
