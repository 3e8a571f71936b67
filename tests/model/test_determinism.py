"""`--deterministic`: the same request has the same answer to the last bit, whatever else is computed."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai

from tests.model.ask import Answer, Ask
from tests.model.processes import Server, serve

WORDS = ["river", "stone", "window", "garden", "paper", "engine", "winter", "story", "market", "silver"]


def build_questions() -> list[dict[str, Any]]:
    """Of many lengths, some greedy and some drawn, all with log-probabilities, which show every bit."""
    draw = random.Random(11)
    texts = [" ".join(draw.choices(WORDS, k=draw.choice((3, 20, 90, 200)))) for _ in range(10)]
    return [
        {"text": f"Write about: {text}", "temperature": number % 2, "seed": number, "max_tokens": 25, "logprobs": True}
        for number, text in enumerate(texts)
    ]


def put(ask: Ask, question: dict[str, Any]) -> Answer:
    fields = dict(question)
    return ask.whole(fields.pop("text"), **fields)


def bits(answer: Answer) -> list[tuple[str, float]]:
    """Tokens with their exact log-probabilities."""
    return [(entry["token"], entry["logprob"]) for entry in answer.only.logprobs or []]


def test_company_does_not_matter(ask_steady: Ask) -> None:
    """Alone, all at once, in another order, with prompts that are new or known: always the same bits."""
    questions = build_questions()
    alone = [bits(put(ask_steady, question)) for question in questions]
    for seed in (1, 2):
        order = random.Random(seed).sample(range(len(questions)), len(questions))
        with ThreadPoolExecutor(len(questions)) as threads:
            answers = list(threads.map(lambda number: bits(put(ask_steady, questions[number])), order))
        assert answers == [alone[number] for number in order]


def test_another_process_says_the_same(ask_steady: Ask, steady: Server, folder: Path) -> None:
    """Also one with other sizes, which has the same fingerprint because of that."""
    question = build_questions()[0]
    sizes = ("--parallel", "2", "--context", "1024", "--threads", "1")
    with (
        serve(folder, "--deterministic", *sizes) as other,
        openai.OpenAI(base_url=f"{other.url}/v1", api_key="unused", max_retries=0) as client,
    ):
        answer = put(Ask(client), question)
        fingerprint = Ask(client).completion("Hi", max_tokens=1).system_fingerprint
    assert bits(answer) == bits(put(ask_steady, question))
    assert fingerprint == ask_steady.completion("Hi", max_tokens=1).system_fingerprint


def test_the_fingerprint_tells_of_it(ask: Ask, ask_steady: Ask) -> None:
    """Answers of the two kinds of servers may differ."""
    fingerprints = [asking.completion("Hi", max_tokens=1).system_fingerprint for asking in (ask, ask_steady)]
    assert len(set(fingerprints)) == 2
