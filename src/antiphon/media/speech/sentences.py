"""From text that is still being written to sentences that can be spoken. Pure state machine; knows no voice.

Sign by sign, so that however the same text is cut into pieces, the same sentences come out, and all of them one after
the other are the text again, spaces and all. A stop that may be within a sentence ("Dr. Who", "3.14") is no end: what
is said in one breath too many costs a moment, what is cut in two is heard.
"""

# ruff: noqa: RUF001 - quotation marks and stops of several kinds

import re

LONGEST = 300
SHORTEST_CUT = 100
"""A sentence that does not end is cut behind a comma, but for its beginning, or else behind a space."""

STOPS = ".!?…"
WIDE_STOPS = "。！？"
CLOSERS = "\"'”’»)]}*_`~」』）】"
CLOSING_ONLY = "”’»)]}」』）】"
OPENERS = "\"'“‘«([{*_`~"
NUMBERED = re.compile(r"\s*(?:[-*+>#]+\s+)*[*_]{0,3}(?:\d{1,3}|[A-Za-z])\.")
DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
CLAUSE = re.compile(r"[,;:—–]\s+")
SPACE = re.compile(r"(?<=\S)\s+")

WITHIN = frozenset({
    "mr", "mrs", "ms", "mx", "messrs", "dr", "prof", "st", "mt", "ft", "gen", "gov", "sen", "rep", "capt", "cpt", "lt",
    "col", "sgt", "cmdr", "rev", "hon", "pres", "supt", "cpl", "maj", "adm", "fr", "msgr",
    "vs", "cf", "viz", "ca", "approx", "est", "dept", "univ", "resp", "incl", "excl", "ed", "eds", "vol", "vols", "fig",
    "figs", "eq", "eqs", "ref", "refs", "al", "tel", "ext",
})  # fmt: skip
"""Titles and what else is short for a word and has another behind it."""

BEFORE_NUMBERS = frozenset({
    "no", "nos", "p", "pp", "ch", "sec", "art", "para", "ver", "v",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
})  # fmt: skip
MAY_END = frozenset(["a.m", "p.m"])


class SentenceSplitter:
    """The sentences of one text."""

    def __init__(self) -> None:
        self.held = ""

    def feed(self, text: str) -> list[str]:
        """Take more text; returns the sentences that are whole by it, with the spaces behind them."""
        return [sentence for character in text for sentence in self._take(character)]

    def finish(self) -> list[str]:
        """What was held back, now that nothing more comes."""
        return [self._cut(len(self.held))] if self.held else []

    def _take(self, character: str) -> list[str]:
        ready = [self._cut(len(self.held))] if is_end(self.held, character) else []
        self.held += character
        if character == "\n" and not self.held.isspace():
            ready.append(self._cut(len(self.held)))
        elif len(self.held) >= LONGEST:
            ready.append(self._cut(find_cut(self.held)))
        return ready

    def _cut(self, offset: int) -> str:
        sentence, self.held = self.held[:offset], self.held[offset:]
        return sentence


def split_sentences(text: str) -> list[str]:
    """Those of a whole text."""
    splitter = SentenceSplitter()
    return splitter.feed(text) + splitter.finish()


def is_end(held: str, following: str) -> bool:
    """Whether a sentence ends before this character, where spaces (or a stop of Chinese) stand."""
    if not held or following.isspace():
        return False
    if not held[-1].isspace():
        wide = held.rstrip(CLOSERS)[-1:]
        return wide != "" and wide in WIDE_STOPS and following not in WIDE_STOPS + STOPS + CLOSERS
    said = held.rstrip()
    bare = said.rstrip(CLOSERS)
    if not bare or bare[-1] not in STOPS + WIDE_STOPS or following in CLOSING_ONLY:
        return False
    if bare.endswith(("..", "…")):
        return not following.islower()
    if bare[-1] == ".":
        return not is_within(bare, following)
    return bare == said or not following.islower()


def is_within(bare: str, following: str) -> bool:
    """Whether the full stop at the end of this belongs to what stands before it, and the sentence goes on."""
    words = bare[:-1].split()
    word = words[-1].lstrip(OPENERS) if words else ""
    if following.islower() or NUMBERED.fullmatch(bare[bare.rfind("\n") + 1 :]):
        return True
    if len(word) == 1 and word.isupper():
        return word != "I"
    if DOTTED.fullmatch(word):
        return word.lower() not in MAY_END
    return word.lower() in WITHIN or (word.lower() in BEFORE_NUMBERS and following.isdigit())


def find_cut(text: str) -> int:
    """Where to cut what has become too long: behind its last clause, or else its last space, or else at its end."""
    clauses = [found.end() for found in CLAUSE.finditer(text) if found.end() > SHORTEST_CUT]
    spaces = [found.end() for found in SPACE.finditer(text)]
    return (clauses or spaces or [len(text)])[-1]
