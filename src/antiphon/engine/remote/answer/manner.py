"""How an upstream's answer is to be read, as a value. Knows no upstream."""

from collections.abc import Mapping

from msgspec import Struct

from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reading import Reading

NO_TOKENS = ControlTokens({})
"""An upstream's text has none, or they cannot be told from others."""


class Manner(Struct, frozen=True):
    """taught: as text in which calls stand; None where the upstream tells calls from text. wrapped: custom tools by the
    functions that stand for them. bare: the custom tool whose input the whole text is. num_top: likeliest tokens at
    each position, None for no log-probabilities. stops: strings that end the text, where the upstream would look for
    them in calls too. stops_there: whether it looks for them itself, and may tell of their tokens all the same.
    usage_each, trims: see `Kind`.
    """

    taught: Reading | None = None
    wrapped: Mapping[str, str] = {}
    bare: str | None = None
    num_top: int | None = None
    stops: tuple[str, ...] = ()
    stops_there: bool = False
    usage_each: bool = False
    trims: bool = False
