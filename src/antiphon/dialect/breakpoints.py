"""Where the prefixes end that a request wants kept: from places in its texts to places in its prompt.

The prompt is rendered once more with a character, which is nowhere else, at each of these places. Templates trim, split
and search what they are given, so such a mark may change more than it adds. Then it is not believed: a prompt is always
the one without marks, and the other must be the same once they are taken out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.prompt import RARE_IDEOGRAPHS, Breakpoint, Piece, Pieces
from antiphon.errors import TemplateRefused

Render = Callable[[Conversation], Pieces]
Ends = Mapping[str, tuple[int, int]]
"""Marks, each with the number of the turn, and behind how many characters of its text the mark stands."""


def find_breakpoints(conversation: Conversation, prompt: Pieces, render: Render) -> tuple[Breakpoint, ...]:
    """The breakpoints of a conversation in its prompt, in their order there, without those that the template drops or
    that cannot be told. render: what made the prompt.
    """
    ends = choose_ends(conversation.turns, prompt)
    places = locate(ends, conversation, prompt, render)
    if places is None and len(ends) > 1:  # one may be to blame for all
        alone = (locate({mark: end}, conversation, prompt, render) for mark, end in ends.items())
        places = set().union(*filter(None, alone))
    return tuple(sorted(places or ()))


def choose_ends(turns: Sequence[Turn], prompt: Pieces) -> Ends:
    """A mark for each breakpoint: before white space, which a template would not trim behind it. There are none left
    for somebody who writes every rare ideograph.
    """
    ends = [(number, len(turn.text[:end].rstrip())) for number, turn in enumerate(turns) for end in turn.breakpoints]
    return dict(zip(unseen(prompt), ends, strict=False)) if ends else {}


def unseen(prompt: Pieces) -> Iterator[str]:
    """Characters that a prompt does not have, of those that `choose_marks` takes first, from their other end."""
    seen = set(chain.from_iterable(piece for piece in prompt if isinstance(piece, str)))
    return (mark for mark in map(chr, reversed(RARE_IDEOGRAPHS)) if mark not in seen)


def locate(ends: Ends, conversation: Conversation, prompt: Pieces, render: Render) -> set[Breakpoint] | None:
    """Where these are in the prompt. None if marks there make another prompt of it."""
    if not ends:
        return set()
    try:
        marked = render(replace(conversation, turns=write_marks(conversation.turns, ends)))
    except TemplateRefused:
        return None
    pieces, places = take_out(marked, ends)
    return set(places.values()) if pieces == prompt else None


def write_marks(turns: Sequence[Turn], ends: Ends) -> tuple[Turn, ...]:
    """The turns with marks in their texts."""
    texts = [turn.text for turn in turns]
    for mark, (number, length) in sorted(ends.items(), key=lambda item: item[1], reverse=True):
        texts[number] = texts[number][:length] + mark + texts[number][length:]
    return tuple(replace(turn, text=text) for turn, text in zip(turns, texts, strict=True))


def take_out(marked: Pieces, marks: Mapping[str, object]) -> tuple[Pieces, dict[str, Breakpoint]]:
    """The pieces without marks, and where each mark was; of one that is written twice, where it was last."""
    pieces: list[Piece] = []
    places: dict[str, Breakpoint] = {}
    pattern = re.compile(f"([{''.join(marks)}])")
    for piece in marked:
        if not isinstance(piece, str):
            pieces.append(piece)
            continue
        text, *rest = pattern.split(piece)
        for mark, more in zip(rest[::2], rest[1::2], strict=True):
            places[mark] = Breakpoint(len(pieces), len(text))
            text += more
        if text:
            pieces.append(text)
    return tuple(pieces), places
