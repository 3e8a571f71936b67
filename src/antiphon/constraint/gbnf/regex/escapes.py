"""What stands behind a backslash: characters, and classes of them. Knows nothing of what is around."""

import re

from antiphon.constraint.gbnf.charset import CharSet, of, single
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.regex.reader import Reader
from antiphon.constraint.gbnf.unicode import WHITE, find_category, find_words

CONTROL = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
NUMBER = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xuU]\{([0-9a-fA-F]{1,8})\}")
CATEGORY = re.compile(r"[pP](?:\{(\^?)(\w+)\}|([A-Z]))")
BOUNDARIES = frozenset("bB<>")
ASCII_DIGIT = of([(ord("0"), ord("9"))])


def read_escape(reader: Reader) -> CharSet:
    """The characters that an escape stands for; the backslash has been read. A class of more than one is as it is,
    whatever the case.
    """
    letter = reader.peek()
    if found := reader.match(NUMBER):
        return read_number(found)
    if letter in "pP" and (found := reader.match(CATEGORY)):
        return read_category(reader, found)
    reader.next()
    if letter.lower() in "dsw":
        chars = find_class(letter.lower(), ascii_digits=reader.ascii_digits and letter == "d")
        return chars if letter.islower() else ~chars
    if letter in CONTROL:
        return single(CONTROL[letter])
    if letter in BOUNDARIES:
        raise NotExpressible(f"a boundary of words, '\\{letter}'")
    if not letter.isascii() or letter.isalnum():
        raise NotExpressible("a backreference" if letter in "0123456789k" else f"the escape '\\{letter}'")
    return single(ord(letter))


def read_number(found: re.Match[str]) -> CharSet:
    """A character by its number."""
    point = int(next(filter(None, found.groups())), 16)
    if not of([(point, point)]):
        raise NotExpressible(f"'\\{found[0]}', which is no character")
    return single(point)


def read_category(reader: Reader, found: re.Match[str]) -> CharSet:
    """A class of Unicode's."""
    chars = find_category(found[2] or found[3])
    if chars is None:
        raise NotExpressible(f"the class of characters '\\{found[0]}'")
    chars = reader.fold(chars)
    return ~chars if (found[0][0] == "P") != bool(found[1]) else chars


def find_class(letter: str, *, ascii_digits: bool) -> CharSet:
    """Digits, white space or what words are made of."""
    if letter == "d":
        return ASCII_DIGIT if ascii_digits else find_category("Nd") or ASCII_DIGIT
    return WHITE if letter == "s" else find_words()
