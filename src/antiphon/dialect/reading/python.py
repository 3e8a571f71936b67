"""Arguments as Python writes them, by keyword, said as the JSON object that they are. What is cut off is not closed."""

import json

from antiphon.dialect.reading.json import read_word
from antiphon.dialect.reading.scanner import Scanner, Steps

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "", "0": "\0", "/": "/"}
HEX = {"x": 2, "u": 4, "U": 8}
CLOSING = {"(": ")", "[": "]", "{": "}"}
UNPACKED = "**{"
"""Before arguments of which a name is none of Python's."""


def read_keywords(scanner: Scanner) -> Steps[None]:
    """`a=1, b="x"` up to the bracket that closes the call, which is not read."""
    if (yield from scanner.literal(UNPACKED)):
        yield from read_items(scanner, "{")
        return
    separator = "{"
    while key := (yield from read_key(scanner)):
        scanner.say("arguments", f"{separator}{json.dumps(key, ensure_ascii=False)}: ")
        separator = ", "
        yield from read_value(scanner)
        if not (yield from scanner.literal(",")):
            break
    yield from scanner.spaces()
    if not scanner.ended:
        scanner.say("arguments", "{}" if separator == "{" else "}")


def read_key(scanner: Scanner) -> Steps[str]:
    """The name of an argument, with what stands behind it; empty where there is none."""
    yield from scanner.spaces()
    key = yield from scanner.run(lambda character: character not in "=)(, \n")
    if key and (yield from scanner.literal("=")):
        return key
    scanner.back(key)
    return ""


def read_value(scanner: Scanner) -> Steps[None]:
    """A literal of Python."""
    yield from scanner.spaces()
    character = yield from scanner.next()
    if character and character in "\"'":
        yield from read_string(scanner, character)
    elif character and character in CLOSING:
        yield from read_items(scanner, character)
    else:
        scanner.back(character)
        yield from read_word(scanner)


def read_items(scanner: Scanner, opening: str) -> Steps[None]:
    """A list, tuple or dictionary, of which the first bracket has been read."""
    closing = CLOSING[opening]
    scanner.say("arguments", "{" if opening == "{" else "[")
    separator = ""
    while not (yield from scanner.literal(closing)):
        if scanner.ended:
            return
        scanner.say("arguments", separator)
        separator = ", "
        yield from read_value(scanner)
        if opening == "{":
            if not (yield from scanner.literal(":")):
                return
            scanner.say("arguments", ": ")
            yield from read_value(scanner)
        if not (yield from scanner.literal(",")) and not (yield from scanner.sees(closing)):
            return
    scanner.say("arguments", "}" if opening == "{" else "]")


def read_string(scanner: Scanner, quote: str) -> Steps[None]:
    """A string, of which the quote has been read."""
    scanner.say("arguments", '"')
    while character := (yield from scanner.next()):
        if character == quote:
            scanner.say("arguments", '"')
            return
        if character == "\\":
            escaped = yield from read_escape(scanner)
            scanner.say("arguments", json.dumps(escaped)[1:-1])
        else:
            scanner.say("arguments", json.dumps(character, ensure_ascii=False)[1:-1])


def read_escape(scanner: Scanner) -> Steps[str]:
    """What stands behind a backslash; nothing where it was cut off."""
    letter = yield from scanner.next()
    if letter not in HEX:
        return ESCAPES.get(letter, letter)
    digits = ""
    for _ in range(HEX[letter]):
        digits += yield from scanner.next()
    if scanner.ended:
        return ""
    try:
        return chr(int(digits, 16))
    except (ValueError, OverflowError):
        return f"\\{letter}{digits}"
