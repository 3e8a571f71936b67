"""The official Python and Node packages get the same answers of a real model."""

import pytest

from tests.contract.packages.transcript import RUNNERS, Run, choices_of, needs_node, run, usage_of
from tests.contract.packages.words import EVERY, Call, Json, answer_to, ask, row
from tests.model.processes import Server

pytestmark = needs_node
USAGE: Json = {"stream_options": {"include_usage": True}}


def greedy(name: str, *messages: str | Json, **fields: object) -> list[Call]:
    """The likeliest answer, whole and in pieces with usage."""
    request = ask(*messages, temperature=0, **fields)
    return [row(name, request, ways=("create",)), row(name, request | USAGE, ways=("stream", "helper"))]


SCRIPT = [
    *greedy("colours", "Name three primary colors."),
    *greedy("logprobs", "hi", logprobs=True, top_logprobs=3),
    *greedy("stop", "Count from one to ten.", stop=["five", "5"]),
    *greedy("turns", "Name three primary colors.", answer_to("colours, create"), "And which is the sea's?"),
    row("limit", ask("Tell me about the sea.", temperature=0, max_tokens=12, n=2)),
    row("seed", ask("Tell me about the sea.", seed=11, max_tokens=12, n=2)),
    row("no such model", ask("hi", model="gone"), ways=EVERY),
]
NAMES = [f"{call.name}, {way}" for call in SCRIPT for way in call.ways]


@pytest.fixture(scope="module")
def runs(server: Server) -> dict[str, Run]:
    """The script, by each package."""
    return {package: run(package, SCRIPT, base_url=f"{server.url}/v1") for package in RUNNERS}


@pytest.mark.parametrize("name", NAMES)
def test_both_packages_get_the_same(runs: dict[str, Run], name: str) -> None:
    """An answer is the same in Python and in Node: text, tokens, ends and usage, or the error."""
    python, node = (runs[package][name] for package in RUNNERS)
    assert python.get("error") == node.get("error")
    if "error" not in python:
        assert (choices_of(python), usage_of(python)) == (choices_of(node), usage_of(node))
        assert all(choice.content and choice.finish for choice in choices_of(python))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("no such")])
@pytest.mark.parametrize("package", RUNNERS)
def test_every_way_gives_the_same(runs: dict[str, Run], package: str, name: str) -> None:
    """In chunks and by the helper an answer is what it is as a whole."""
    record, whole = (runs[package][of] for of in (name, f"{name.partition(',')[0]}, create"))
    assert choices_of(record) == choices_of(whole)
    assert usage_of(record) in (None, usage_of(whole))
