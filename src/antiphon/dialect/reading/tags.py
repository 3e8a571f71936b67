"""Arguments in tags, one by one, said as the JSON object that they are. What is cut off is not closed."""

import json
from collections.abc import Collection

from antiphon.dialect.form import Tags
from antiphon.dialect.reading.json import WORDS, is_json, read_json
from antiphon.dialect.reading.scanner import Scanner, Steps


def read_tags(scanner: Scanner, tags: Tags, strings: Collection[str], nullable: Collection[str]) -> Steps[None]:
    """strings: the parameters that are written without quotes, where the tags do not tell. nullable: and those of
    them that are null where they say so. Where a key has no place in a tag, all stands as JSON.
    """
    if (yield from scanner.sees("{")):
        yield from read_json(scanner)
        return
    separator = "{"
    while (yield from scanner.literal(tags.key_begins)):
        key = yield from scanner.run(lambda character: character not in (tags.key_ends[0], tags.value_ends[0]))
        as_json = tags.json_ends is not None and (yield from scanner.literal(tags.json_ends))
        if not as_json and not (yield from scanner.literal(tags.key_ends)):
            break
        scanner.say("arguments", f"{separator}{json.dumps(key, ensure_ascii=False)}: ")
        separator = ", "
        if key in nullable and (yield from scanner.literal(f"null{tags.value_ends}")):
            scanner.say("arguments", "null")
        elif as_json or (tags.json_ends is None and key not in strings):
            yield from read_value(scanner, tags.value_ends.strip())
        else:
            yield from read_text_value(scanner, tags)
    if not scanner.ended:
        scanner.say("arguments", "{}" if separator == "{" else "}")


def read_value(scanner: Scanner, ends: str) -> Steps[None]:
    """A value in JSON. What should be and is not becomes a string."""
    yield from scanner.spaces()
    character = yield from scanner.next()
    scanner.back(character)
    if character and character in '{["':
        yield from read_json(scanner)
        yield from scanner.literal(ends)
        return
    text = ""
    while not text.endswith(ends):
        character = yield from scanner.next()
        if not character:
            return
        text += character
    bare = text.removesuffix(ends).strip()
    bare = WORDS.get(bare, bare)
    scanner.say("arguments", bare if is_json(bare) else json.dumps(bare, ensure_ascii=False))


def read_text_value(scanner: Scanner, tags: Tags) -> Steps[None]:
    """A string without quotes, up to its tag. Line breaks that belong to the tags may be missing."""
    if tags.key_ends.endswith("\n"):
        character = yield from scanner.next()
        scanner.back("" if character == "\n" else character)
    ends, held = (tags.value_ends.rstrip(), tags.value_ends.strip()), ""
    scanner.say("arguments", '"')
    while character := (yield from scanner.next()):
        held += character
        if held in ends:
            scanner.say("arguments", '"')
            return
        while not any(end.startswith(held) for end in ends):
            scanner.say("arguments", json.dumps(held[0], ensure_ascii=False)[1:-1], behind=len(held) - 1)
            held = held[1:]
