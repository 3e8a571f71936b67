"""Engines that compute with the same file say the same: greedy answers are those of plain llama.cpp."""

from collections.abc import Iterator

import pytest
from llama_cpp import Llama

from tests.conformance.asker import Asker
from tests.conformance.targets import TARGETS, Target
from tests.model.plain import Vocabulary, load_plain, logprobs_of

SAME = [target for target in TARGETS if target.same_file]
LENGTH = 20
NEARLY = 0.5
"""In natural logarithms: what one build of llama.cpp finds likelier than another."""
PROMPTS = [
    "Tell me about the sea.",
    "What is the capital of France?",
    "Name three primary colors.",
]


@pytest.fixture(scope="module")
def plain() -> Iterator[Llama]:
    """The file in plain llama.cpp."""
    with load_plain(flash_attention=False, logits_all=True) as llama:
        yield llama


@pytest.mark.parametrize("target", SAME, indirect=True, ids=lambda target: target.name)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_greedy_text(ask: Asker, plain: Llama, vocabulary: Vocabulary, target: Target, prompt: str) -> None:
    """Each token of an answer at temperature 0 is the one that plain llama.cpp finds likeliest behind those before it;
    builds for different CPUs round differently, so two that are nearly as likely may change places, here and there.
    """
    tokens = vocabulary.prompt(("user", prompt))
    answer = ask.whole(prompt, temperature=0, max_tokens=LENGTH, logprobs=True, top_logprobs=1)
    assert answer.usage["prompt_tokens"] == len(tokens)
    said = [vocabulary.spelled(bytes(entry["bytes"])) for entry in answer.only.logprobs or []]
    found = logprobs_of(plain, tokens, said, apart=0)
    assert all(best - value < NEARLY for value, _, best in found)
    assert sum(rank == 0 for _, rank, _ in found) > 0.8 * len(found) and len(found) > 8
    told = [entry["logprob"] for entry in answer.only.logprobs or []]
    assert told == pytest.approx([value for value, _, _ in found], abs=NEARLY)
