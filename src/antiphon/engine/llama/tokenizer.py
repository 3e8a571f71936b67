"""Text to tokens and tokens to bytes, by the model's own vocabulary."""

import ctypes
from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate, takewhile

from antiphon.dialect.prompt import ControlTokens
from antiphon.engine.llama.binding import lib

ATTR_UNKNOWN, ATTR_CONTROL, ATTR_LSTRIP, ATTR_RSTRIP = 1 << 0, 1 << 3, 1 << 7, 1 << 8
LONGEST_PIECE = 512


class Tokenizer:
    """Reads `vocab`, a llama.cpp handle that must outlive it."""

    def __init__(self, vocab: lib.llama_vocab_p) -> None:
        self.vocab = vocab
        self.num_tokens = int(lib.llama_vocab_n_tokens(vocab))
        self.end_of_generation = frozenset(
            token for token in range(self.num_tokens) if lib.llama_vocab_is_eog(vocab, token)
        )
        self.piece = lru_cache(maxsize=None)(self._piece)
        self.spelling = lru_cache(maxsize=None)(self._spelling)

    def encode(self, piece: int | str) -> list[int]:
        """The tokens of a piece of a prompt. Text never becomes a control token."""
        return [piece] if isinstance(piece, int) else self.encode_text(piece)

    def count_before(self, chars: int, text: str, tokens: list[int]) -> int:
        """How many of a text's tokens stand wholly in its first characters. Where bytes do not tell: at least."""
        written = list(map(self.piece, tokens))
        if b"".join(written).endswith(text.encode("utf-8", "replace")):  # a space before it is the vocabulary's
            num_behind = len(text[chars:].encode("utf-8", "replace"))
            ends = list(accumulate(map(len, written)))
            return bisect_right(ends, ends[-1] - num_behind)
        alone = zip(self.encode_text(text[:chars]), tokens, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], alone))

    def encode_text(self, text: str) -> list[int]:
        """The tokens of plain text."""
        data = text.encode("utf-8", "replace")
        buffer = (lib.llama_token * (len(data) + 8))()
        count = lib.llama_tokenize(self.vocab, data, len(data), buffer, len(buffer), False, False)
        assert count >= 0, "a text has at most as many tokens as bytes, and a prefix"
        return list(buffer[:count])

    @cached_property
    def longest_token(self) -> int:
        """Bytes of the longest token."""
        return max(len(self._read(token, special=True)) for token in range(self.num_tokens))

    def spelling_bytes(self, token: int) -> bytes:
        """How a token is written, control tokens too."""
        return self._read(token, special=True)

    def _spelling(self, token: int) -> str:
        """The same as text; bytes that are no character stand as escapes."""
        return self.spelling_bytes(token).decode("utf-8", "backslashreplace")

    def _piece(self, token: int) -> bytes:
        """The bytes a token adds to the text; none for a control token."""
        return self._read(token, special=False)

    def _read(self, token: int, *, special: bool) -> bytes:
        buffer = ctypes.create_string_buffer(LONGEST_PIECE)
        size = lib.llama_token_to_piece(self.vocab, token, buffer, LONGEST_PIECE, 0, special)
        return buffer.raw[: max(size, 0)]

    @cached_property
    def control(self) -> ControlTokens:
        """Control tokens by their spelling, and which of them swallow white space beside them."""
        attributes = {token: lib.llama_vocab_get_attr(self.vocab, token) for token in range(self.num_tokens)}
        marked = [token for token, bits in attributes.items() if bits & (ATTR_CONTROL | ATTR_UNKNOWN)]
        return ControlTokens(
            {spelling: token for token in marked if (spelling := self.spelling(token))},
            strip_left=frozenset(token for token in marked if attributes[token] & ATTR_LSTRIP),
            strip_right=frozenset(token for token in marked if attributes[token] & ATTR_RSTRIP),
        )

    @property
    def bos(self) -> int | None:
        """The token the model wants before everything, where it wants one."""
        return int(lib.llama_vocab_bos(self.vocab)) if lib.llama_vocab_get_add_bos(self.vocab) else None

    @property
    def bos_text(self) -> str:
        """How templates write the beginning of a sequence."""
        return self._text_of(lib.llama_vocab_bos(self.vocab))

    @property
    def eos_text(self) -> str:
        """How templates write the end of a turn."""
        return self._text_of(lib.llama_vocab_eos(self.vocab))

    def _text_of(self, token: int) -> str:
        return self.spelling(token) if token >= 0 else ""
