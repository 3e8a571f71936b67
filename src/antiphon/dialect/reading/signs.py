"""Control tokens in the text that is read: each is one character that no text can have.

Lone surrogates, because text decoded from UTF-8 never has one.
"""

import re
from collections.abc import Iterable

from antiphon.dialect.prompt import ControlTokens

FIRST, LAST = 0xD800, 0xDFFF
SIGN = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")


class Signs:
    """control: the vocabulary's control tokens. spellings: texts in which those that matter occur."""

    def __init__(self, control: ControlTokens, spellings: Iterable[str]) -> None:
        self.pattern = control.pattern
        found = dict.fromkeys(spelling for text in spellings for spelling in control.pattern.findall(text))
        codes = range(FIRST, LAST + 1)
        self.by_spelling = {spelling: chr(code) for spelling, code in zip(found, codes, strict=False)}
        self.by_token = {control.ids[spelling]: sign for spelling, sign in self.by_spelling.items()}

    def write(self, text: str) -> str:
        """A text with signs for the control tokens in it."""
        return self.pattern.sub(lambda found: self.by_spelling.get(found[0], found[0]), text)


def has_signs(text: str) -> bool:
    """Whether a text has some."""
    return not text.isascii() and SIGN.search(text) is not None


def is_sign(character: str) -> bool:
    """Whether a character stands for a control token."""
    return SIGN.fullmatch(character) is not None


def drop_signs(text: str) -> str:
    """The text without them: a control token that means nothing where it stands says nothing."""
    return text if text.isascii() else SIGN.sub("", text)
