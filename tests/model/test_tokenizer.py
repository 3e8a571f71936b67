"""engine/llama/tokenizer.py: how many tokens stand before a breakpoint, with the bundled model's vocabulary."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from antiphon.dialect.prompt import Breakpoint, Pieces
from antiphon.engine.llama.prompt import PromptBuilder
from antiphon.engine.llama.tokenizer import Tokenizer
from tests.model.compiling import load_tokenizer

START, END = 1, 2
"""Control tokens of the bundled model."""

words = st.sampled_from(["Hello", "ing", " ", "  ", "\n", "日本", "🙂", "é", ".", "1234", "<|im_end|>", "un", "\ud83d"])
texts = st.lists(words, min_size=1, max_size=6).map("".join) | st.text(min_size=1, max_size=12)


@st.composite
def prompts(draw: st.DrawFn) -> tuple[Pieces, list[Breakpoint]]:
    """A prompt, and places in it."""
    pieces = tuple(draw(st.lists(st.sampled_from([START, END]) | texts, min_size=1, max_size=6)))
    sizes = [*(len(piece) if isinstance(piece, str) else 0 for piece in pieces), 0]
    everywhere = [Breakpoint(at, chars) for at, size in enumerate(sizes) for chars in range(size + 1)]
    return pieces, draw(st.lists(st.sampled_from(everywhere), max_size=4))


@pytest.fixture(scope="module")
def tokenizer() -> Iterator[Tokenizer]:
    """The bundled model's."""
    with load_tokenizer() as tokenizer:
        yield tokenizer


class Spaced(Tokenizer):
    """Writes a space before a text, as vocabularies of SentencePiece do."""

    def encode_text(self, text: str) -> list[int]:
        return super().encode_text(f" {text}")


class Mute(Tokenizer):
    """Does not tell the bytes of tokens."""

    def _piece(self, token: int) -> bytes:
        return b""


def encode(tokenizer: Tokenizer, pieces: Pieces) -> list[int]:
    """A prompt piece by piece."""
    return [token for piece in pieces for token in tokenizer.encode(piece)]


def count(tokenizer: Tokenizer, pieces: Pieces, place: Breakpoint) -> int:
    """Tokens whose last byte stands before a place, told one by one. Gives up where the vocabulary lacks a byte."""
    num_before = 0
    for number, piece in enumerate(pieces[: place.piece + 1]):
        tokens = [piece] if isinstance(piece, int) else tokenizer.encode_text(piece)
        if number < place.piece:
            num_before += len(tokens)
        elif isinstance(piece, str) and place.chars:
            written = [tokenizer.spelling_bytes(token) for token in tokens]
            assume(b"".join(written).endswith(piece.encode("utf-8", "replace")))
            left = len(b"".join(written)) - len(piece[place.chars :].encode("utf-8", "replace"))
            num_before += sum(len(b"".join(written[:end])) <= left for end in range(1, len(tokens) + 1))
    return num_before


@pytest.mark.parametrize("kind", [Tokenizer, Spaced])
@given(prompts())
def test_whole_tokens_before_a_breakpoint_count(
    tokenizer: Tokenizer, kind: type[Tokenizer], prompt: tuple[Pieces, list[Breakpoint]]
) -> None:
    """The tokens are those of the prompt, and a breakpoint within a token stands before it."""
    pieces, places = prompt
    chosen = kind(tokenizer.vocab)
    tokens, counts, *_ = PromptBuilder(chosen).build(pieces, places)
    assert tokens == encode(chosen, pieces)
    assert list(counts) == sorted({count(chosen, pieces, place) for place in places})


@given(prompts())
def test_where_bytes_do_not_tell_no_more_tokens_count(
    tokenizer: Tokenizer, prompt: tuple[Pieces, list[Breakpoint]]
) -> None:
    """Those that the text up to the breakpoint begins with by itself, too; at the end of a text all."""
    pieces, places = prompt
    mute = Mute(tokenizer.vocab)
    for place in places:
        tokens, (counted,), *_ = PromptBuilder(mute).build(pieces, [place])
        assert tokens == encode(tokenizer, pieces)
        assert counted <= count(tokenizer, pieces, place)
        until = (*pieces[: place.piece], *(str(piece)[: place.chars] for piece in pieces[place.piece :][:1]))
        alone = encode(tokenizer, until)
        assert alone[:counted] == tokens[:counted]
        assert counted == len(alone) or alone[counted] != tokens[counted]


CASES: list[tuple[Pieces, Breakpoint, list[str]]] = [
    ((START, "user\nHello world", END), Breakpoint(1, 10), ["<|im_start|>", "user", "\n", "Hello"]),
    ((START, "user\nHello world", END), Breakpoint(1, 12), ["<|im_start|>", "user", "\n", "Hello"]),
    ((START, "user\nHello world", END), Breakpoint(1, 0), ["<|im_start|>"]),
    ((START, "user\nHello world", END), Breakpoint(0, 0), []),
    (("Hello\x06world",), Breakpoint(0, 5), ["Hello"]),  # the vocabulary has no such byte, and leaves it out
    ((START, "Hello", END), Breakpoint(2, 0), ["<|im_start|>", "Hello"]),
    ((START, "Hello", END), Breakpoint(3, 0), ["<|im_start|>", "Hello", "<|im_end|>"]),
]


@pytest.mark.parametrize(("pieces", "place", "expected"), CASES)
def test_counts(tokenizer: Tokenizer, pieces: Pieces, place: Breakpoint, expected: list[str]) -> None:
    """Some by hand."""
    tokens, [counted], *_ = PromptBuilder(tokenizer).build(pieces, [place])
    assert [tokenizer.spelling(token) for token in tokens[:counted]] == expected


def test_counts_ascend(tokenizer: Tokenizer) -> None:
    """Whatever the order of the places; two before the same token are one."""
    places = [Breakpoint(1, 9), Breakpoint(2, 0), Breakpoint(1, 5), Breakpoint(1, 10), Breakpoint(1, 7)]
    prompt = (START, "Hello world", END)
    assert PromptBuilder(tokenizer).build(prompt, places)[:2] == (encode(tokenizer, prompt), (2, 3))
