"""The text is what plain llama.cpp computes on the same prompt, and its characters are whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_cpp import Llama
from openai import OpenAI

from tests.model.ask import Ask
from tests.model.plain import Vocabulary, answer_greedily, load_plain
from tests.model.processes import Server, serve

MAX_TOKENS = 60
PROMPTS = [
    "hi",
    "What is 2+2?",
    "Tell me about the sea.",
    "Explain how bread is made, step by step.",
    "Écris un poème sur la pluie à Kyōto (京都) 🌧️",
    "def fib(n):\n    '''Return the n-th Fibonacci number.'''\n",
]


@pytest.fixture(scope="module")
def plain(server: Server) -> Iterator[Llama]:
    """With the attention kernel that the server has chosen."""
    with load_plain() as llama:
        yield llama


@pytest.mark.parametrize("prompt", PROMPTS)
def test_greedy(ask: Ask, vocabulary: Vocabulary, plain: Llama, prompt: str) -> None:
    """At temperature 0 the answer is plain llama.cpp's."""
    expected = answer_greedily(plain, vocabulary.prompt(("user", prompt)), max_tokens=MAX_TOKENS)
    assert ask.whole(prompt, temperature=0, max_tokens=MAX_TOKENS).only.text == expected


def test_greedy_together(ask: Ask, vocabulary: Vocabulary, plain: Llama) -> None:
    """A conversation with earlier turns, and choices computed side by side, are no exception."""
    turns = [("user", "hi"), ("assistant", "Hello! How can I help?"), ("user", "Name three fish.")]
    expected = answer_greedily(plain, vocabulary.prompt(*turns), max_tokens=MAX_TOKENS)
    messages = [{"role": role, "content": text} for role, text in turns]
    assert ask.whole(messages=messages, n=4, temperature=0, max_tokens=MAX_TOKENS).texts == [expected] * 4


@pytest.mark.parametrize("kernel", ["on", "off"])
def test_greedy_by_either_kernel(folder: Path, vocabulary: Vocabulary, kernel: str) -> None:
    """Either attention kernel gives what plain llama.cpp gives with it."""
    with load_plain(flash_attention=kernel == "on") as llama:
        expected = [answer_greedily(llama, vocabulary.prompt(("user", text)), max_tokens=32) for text in PROMPTS[:4]]
    with (
        serve(folder, "--flash-attention", kernel, "--context", "512") as server,
        OpenAI(base_url=f"{server.url}/v1", api_key="unused") as client,
    ):
        ask = Ask(client)
        assert [ask.whole(text, temperature=0, max_tokens=32).only.text for text in PROMPTS[:4]] == expected


@pytest.mark.parametrize("character", ["🦜", "🫠", "漢", "鬱", "한", "é́"])
def test_whole_characters(ask: Ask, vocabulary: Vocabulary, character: str) -> None:
    """A character of several tokens is streamed when it is whole: no chunk has half of one, or U+FFFD for it."""
    leaning = {str(token): 30 for token in vocabulary.tokens(character)}
    fields = {"temperature": 0, "max_tokens": 24, "logit_bias": leaning}
    chunks = ask.chunks(f"Say {character * 8}", **fields)
    pieces = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    text = "".join(pieces)
    assert character * 4 in text
    assert "\ufffd" not in text
    assert ask.whole(f"Say {character * 8}", **fields).only.text == text


@pytest.mark.parametrize("character", ["🦜", "漢"])
def test_half_a_character(ask: Ask, vocabulary: Vocabulary, character: str) -> None:
    """An answer cut within a character ends before it, and its log-probabilities have the bytes all the same."""
    leaning = {str(token): 30 for token in vocabulary.tokens(character)}
    answer = ask.both(f"Say {character * 8}", temperature=0, max_tokens=5, logit_bias=leaning, logprobs=True).only
    assert len(answer.tokens) == 5
    assert answer.text == character
    assert answer.bytes == (character * 2).encode()[: len(answer.bytes)] != character.encode()


def test_stop_character(ask: Ask, vocabulary: Vocabulary) -> None:
    """A stop string of one character that takes several tokens never shows."""
    leaning = {str(token): 30 for token in vocabulary.tokens("🦜")}
    answer = ask.both("Say hello 🦜🦜🦜", temperature=0, max_tokens=24, logit_bias=leaning, stop="🦜").only
    assert answer.finish == "stop"
    assert "🦜" not in answer.text and "\ufffd" not in answer.text
