"""Arguments in Gemma's notation, said as the JSON object that they are. What is cut off is not closed.

Like JSON, but keys have no quotes and a string stands between two control tokens.
"""

import json

from antiphon.dialect.reading.json import read_word
from antiphon.dialect.reading.scanner import Scanner, Steps


def read_pairs(scanner: Scanner, quote: str) -> Steps[None]:
    """`key:value,key:value` up to the brace that closes them, which is not read. quote: what stands around a string."""
    separator = "{"
    while (key := (yield from read_key(scanner, quote))) is not None:
        scanner.say("arguments", f"{separator}{json.dumps(key, ensure_ascii=False)}: ")
        separator = ", "
        yield from read_value(scanner, quote)
        if not (yield from scanner.literal(",")):
            break
    yield from scanner.spaces()
    if not scanner.ended:
        scanner.say("arguments", "{}" if separator == "{" else "}")


def read_key(scanner: Scanner, quote: str) -> Steps[str | None]:
    """A key, with or without quotes, and what stands behind it; None where there is none."""
    if (yield from scanner.literal(quote)):
        key = yield from read_until(scanner, quote)
    else:
        yield from scanner.spaces()
        key = (yield from scanner.run(lambda character: character not in ":,{}[]")).strip()
        if not key:
            return None
    return key if (yield from scanner.literal(":")) else None


def read_until(scanner: Scanner, quote: str) -> Steps[str]:
    """The text before a quote, which is read too."""
    text = ""
    while not text.endswith(quote) and (character := (yield from scanner.next())):
        text += character
    return text.removesuffix(quote)


def read_value(scanner: Scanner, quote: str) -> Steps[None]:
    """A string, object, array or word."""
    if (yield from scanner.literal(quote)):
        yield from read_string(scanner, quote)
    elif (yield from scanner.literal("{")):
        yield from read_pairs(scanner, quote)
        yield from scanner.literal("}")
    elif (yield from scanner.literal("[")):
        yield from read_items(scanner, quote)
    else:
        yield from scanner.spaces()
        yield from read_word(scanner)


def read_items(scanner: Scanner, quote: str) -> Steps[None]:
    """An array, of which the bracket has been read."""
    scanner.say("arguments", "[")
    separator = ""
    while not (yield from scanner.literal("]")):
        if scanner.ended:
            return
        scanner.say("arguments", separator)
        separator = ", "
        yield from read_value(scanner, quote)
        if not (yield from scanner.literal(",")) and not (yield from scanner.sees("]")):
            return
    scanner.say("arguments", "]")


def read_string(scanner: Scanner, quote: str) -> Steps[None]:
    """A string, of which the quote has been read."""
    scanner.say("arguments", '"')
    held = ""
    while character := (yield from scanner.next()):
        held += character
        if held == quote:
            scanner.say("arguments", '"')
            return
        while not quote.startswith(held):
            scanner.say("arguments", json.dumps(held[0], ensure_ascii=False)[1:-1], behind=len(held) - 1)
            held = held[1:]
