"""From the pieces of a prompt to its tokens, with what is seen and heard among them. Knows no sequence."""

from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from typing import NamedTuple

from antiphon.dialect.medium import Picture, Recording, Transcript
from antiphon.dialect.prompt import Breakpoint, Piece, Pieces
from antiphon.engine.llama.senses.embedding import Embedding, Placed
from antiphon.engine.llama.senses.placement import NOTHING_PLACED, Placement
from antiphon.engine.llama.senses.projector import Insert, Projector
from antiphon.engine.llama.tokenizer import Tokenizer


class Prompt(NamedTuple):
    """tokens: its own, and names of embeddings (senses/embedding.py). breakpoints: how many tokens stand before each.
    placement: where the embeddings are. num_image, num_audio: tokens of what is seen, and of what is heard.
    """

    tokens: list[int]
    breakpoints: tuple[int, ...] = ()
    placement: Placement = NOTHING_PLACED
    num_image: int = 0
    num_audio: int = 0


class PromptBuilder:
    """projector: where the model has one. Without it nothing comes that it would be needed for."""

    def __init__(self, tokenizer: Tokenizer, projector: Projector | None = None) -> None:
        self.tokenizer = tokenizer
        self.projector = projector

    def build(self, pieces: Pieces, breakpoints: Iterable[Breakpoint] = (), *, namespace: str = "") -> Prompt:
        """Takes long where pictures must be encoded. namespace: whose they are. Raises `Unprojectable`."""
        inserts = [self._insert(piece, namespace) for piece in pieces]
        spans = [list(chain.from_iterable(map(names_of, parts))) for parts in inserts]
        starts = list(accumulate(map(len, spans), initial=0))
        counts = {
            starts[at] + (self._count_before(chars, pieces[at], spans[at]) if chars else 0) for at, chars in breakpoints
        }
        return Prompt(
            list(chain.from_iterable(spans)),
            tuple(sorted(counts)),
            Placement(tuple(place(chain.from_iterable(inserts)))),
            num_image=sum(len(span) for piece, span in zip(pieces, spans, strict=True) if isinstance(piece, Picture)),
            num_audio=sum(
                len(span)
                for piece, span in zip(pieces, spans, strict=True)
                if isinstance(piece, Recording | Transcript)
            ),
        )

    def _insert(self, piece: Piece, namespace: str) -> tuple[Insert, ...]:
        if isinstance(piece, Picture | Recording):
            assert self.projector, "who has none tells so before"
            return self.projector.embed(piece, namespace)
        return (self.tokenizer.encode(piece.text if isinstance(piece, Transcript) else piece),)

    def _count_before(self, chars: int, piece: Piece, tokens: list[int]) -> int:
        assert isinstance(piece, str), "nothing else has places in it"
        return self.tokenizer.count_before(chars, piece, tokens)


def names_of(insert: Insert) -> list[int]:
    """What stands for it among the tokens."""
    return insert.names if isinstance(insert, Embedding) else insert


def place(inserts: Iterable[Insert]) -> Iterator[Placed]:
    """The embeddings, with where they begin."""
    start = 0
    for insert in inserts:
        if isinstance(insert, Embedding):
            yield Placed(start, insert)
        start += len(names_of(insert))
