"""JSON as it comes: where it ends, and nothing else of it. It is passed on as it was written."""

import json

from antiphon.dialect.reading.scanner import Scanner, Steps

WORDS = {"True": "true", "False": "false", "None": "null"}
"""As Python writes them."""


def read_json(scanner: Scanner) -> Steps[None]:
    """A value, said as arguments. One that is neither object, array nor string ends before what cannot be in it."""
    yield from scanner.spaces()
    character = yield from scanner.next()
    if character in ("{", "["):
        yield from read_nested(scanner, character)
    elif character == '"':
        yield from read_string(scanner)
    else:
        scanner.back(character)
        text = yield from scanner.run(lambda letter: letter.isalnum() or letter in "+-.")
        if text:
            scanner.say("arguments", text)


def read_nested(scanner: Scanner, opening: str) -> Steps[None]:
    """An object or array, of which the first character has been read."""
    scanner.say("arguments", opening)
    depth = 1
    while depth and (character := (yield from scanner.next())):
        if character == '"':
            yield from read_string(scanner)
            continue
        depth += (character in "{[") - (character in "}]")
        scanner.say("arguments", character)


def read_string(scanner: Scanner) -> Steps[None]:
    """A string, of which the quote has been read."""
    scanner.say("arguments", '"')
    escaped = False
    while character := (yield from scanner.next()):
        scanner.say("arguments", character)
        if character == '"' and not escaped:
            return
        escaped = character == "\\" and not escaped


def read_word(scanner: Scanner) -> Steps[None]:
    """A number or a word of JSON or Python. What is neither is a string; a word that was cut off could be any."""
    word = yield from scanner.run(lambda letter: letter.isalnum() or letter in "+-._")
    if scanner.ended:
        word = word if word[:1] in set("-0123456789") else ""
    else:
        word = WORDS.get(word, word)
        word = word if is_json(word) else json.dumps(word, ensure_ascii=False)
    scanner.say("arguments", word)


def is_json(text: str) -> bool:
    """Whether a value is one in JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
