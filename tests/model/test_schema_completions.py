"""Every schema of the suite, completed by the real model at temperature 1 over HTTP: what was not cut is valid.

The chat template here writes nothing of the conversation: computing prompts with schemas in them would take longer than
all the answers, and what a model knows of a schema is not what makes its answers valid.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema_rs
import pytest
from openai import OpenAI

from tests.model.ask import Ask, Choice
from tests.model.processes import serve
from tests.model.test_schema_suite import judge, parse
from tests.schemas.case import Case
from tests.schemas.suite import SUITE

TEMPLATE = "{{ '<|im_start|>assistant\\n' }}"
IN_FLIGHT = 8
MAX_TOKENS = 48


@pytest.fixture(scope="module")
def answers(folder: Path) -> Iterator[dict[str, Choice]]:
    """One for each schema, by its name."""
    silent = folder / "silent.jinja"
    silent.write_text(TEMPLATE)
    with (
        serve(folder, "--chat-template", f"smollm2={silent}", "--context", "1024") as server,
        OpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0) as client,
        ThreadPoolExecutor(IN_FLIGHT) as threads,
    ):
        ask = Ask(client)
        made = threads.map(lambda numbered: complete(ask, *numbered), enumerate(SUITE))
        yield {case.name: choice for case, choice in zip(SUITE, made, strict=True)}


def complete(ask: Ask, seed: int, case: Case) -> Choice:
    """An answer of a schema, each with a seed of its own."""
    given = {"name": "answer", "schema": case.schema, "strict": case.strict}
    wanted = {"type": "json_schema", "json_schema": given}
    return ask.whole("Answer.", response_format=wanted, seed=seed, max_tokens=MAX_TOKENS).only


def test_all_that_was_not_cut_is_valid(answers: dict[str, Choice]) -> None:
    """By another implementation than the one that made the grammar, with formats."""
    faults = {
        case.name: (answers[case.name].text, error.message)
        for case in SUITE
        if answers[case.name].finish == "stop" and (error := find_fault(case, answers[case.name].text))
    }
    assert faults == {}


def find_fault(case: Case, text: str) -> jsonschema_rs.ValidationError | None:
    """Why an answer is not valid."""
    return next(judge(case.judged or case.schema).iter_errors(parse(text)), None)


def test_keys_have_the_schemas_order(answers: dict[str, Choice]) -> None:
    """And all of them are there, where the schema is strict."""
    for case in SUITE:
        answer = answers[case.name]
        if case.strict and answer.finish == "stop":
            assert [*json.loads(answer.text)] == [*case.schema["properties"]]


def test_few_were_cut(answers: dict[str, Choice]) -> None:
    """At least four of five came to their end, so that this says something; and the others were cut by the limit."""
    cut = [name for name, answer in answers.items() if answer.finish != "stop"]
    assert {answers[name].finish for name in cut} <= {"length"}
    assert len(answers) >= 200 and len(cut) <= len(answers) / 5
