"""What the grammar engine says of a text, byte by byte: llguidance, as it judges a custom tool's input here."""

from collections.abc import Iterator, Sequence
from random import Random

from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

from antiphon.dialect.conversation import Tool
from antiphon.dialect.grammar.customs import pattern_of
from antiphon.engine.llama.sandbox import LIMITS

Range = tuple[int, int]
END_HERE = 0.3


class Bytes:
    """A vocabulary with a token for each byte, as llguidance takes it."""

    tokens = (*(bytes([byte]) for byte in range(256)), b"\xff<end>")
    special_token_ids = (256,)
    eos_token_id = 256
    bos_token_id = None

    def __call__(self, text: bytes) -> Sequence[int]:
        """Its tokens."""
        return list(text)


VOCABULARY = LLTokenizer(TokenizerWrapper(Bytes()))


def read_grammar(definition: str) -> LLMatcher:
    """The engine at the beginning of a text in a Lark grammar. As in answers, it writes out nothing that is certain:
    that may be without end.
    """
    source = LLMatcher.grammar_from_lark(f'%llguidance {{"no_forcing": true}}\n{definition}')
    return LLMatcher(VOCABULARY, source, log_level=0, limits=LIMITS)


def read_tool(syntax: str, definition: str) -> LLMatcher:
    """The same for a custom tool's input."""
    if syntax == "lark":
        return read_grammar(definition)
    return read_grammar(f"start: /{pattern_of(Tool('tool', 'custom', grammar=('regex', definition)))}/")


def takes(matcher: LLMatcher, text: str) -> bool:
    """Whether a text is in the language. Fails when the engine cannot tell."""
    matcher, tokens = matcher.deep_copy(), list(text.encode())
    num_taken = matcher.try_consume_tokens(tokens)
    assert not matcher.is_error(), matcher.get_error()
    return num_taken == len(tokens) and matcher.is_accepting()


def walk(matcher: LLMatcher, random: Random, *, longest: int = 12) -> str:
    """A text that begins in the language, of at most so many bytes."""
    matcher, begun = matcher.deep_copy(), b""
    while len(begun) < longest and not matcher.is_stopped() and (allowed := next_bytes(matcher)):
        begun += bytes([random.choice([byte for byte in allowed if byte < 128] or allowed)])
        matcher.consume_token(begun[-1])
        if matcher.is_accepting() and random.random() < END_HERE:
            break
    return begun.decode(errors="ignore")


def read_class(pattern: str) -> list[Range]:
    """The characters that a pattern of one character matches."""
    matcher = read_grammar(f"start: /{pattern}/")
    assert not matcher.is_error(), matcher.get_error()
    ranges: list[Range] = []
    for point in points(matcher):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges


def points(matcher: LLMatcher) -> Iterator[int]:
    """The characters that may come, in order."""
    for byte in next_bytes(matcher):
        if byte < 0x80:
            yield byte
        else:
            num_left = 1 if byte < 0xE0 else 2 if byte < 0xF0 else 3
            yield from complete(matcher, byte, byte & (0x3F >> num_left), num_left)


def complete(matcher: LLMatcher, byte: int, begun: int, num_left: int) -> Iterator[int]:
    """The characters that begin like this."""
    matcher = matcher.deep_copy()
    matcher.consume_token(byte)
    for following in next_bytes(matcher):
        point = begun << 6 | following & 0x3F
        if num_left == 1:
            yield point
        else:
            yield from complete(matcher, following, point, num_left - 1)


def next_bytes(matcher: LLMatcher) -> list[int]:
    """The bytes that may come."""
    mask = matcher.compute_bitmask()
    return [byte for byte in range(256) if mask[byte >> 3] >> (byte & 7) & 1]
