"""A grammar as a value: a Lark text that refers to parts by their names. Nothing of it has been compiled yet."""

import hashlib
import json
from typing import Literal

import msgspec
from msgspec import Struct


class Part(Struct, frozen=True):
    """definition: a JSON Schema or a Lark grammar. place: which field of the request it comes from; empty for ours.
    loose: it may be less, down to any object, where it cannot be compiled.
    """

    name: str
    kind: Literal["json", "lark"]
    definition: str
    place: str = ""
    loose: bool = False


class Grammar(Struct, frozen=True):
    """main: the start, in Lark as llguidance has it. checks: what must be a grammar by itself, as a client wrote it."""

    main: str
    parts: tuple[Part, ...] = ()
    checks: tuple[Part, ...] = ()

    @property
    def digest(self) -> bytes:
        """Tells grammars apart."""
        return hashlib.sha256(msgspec.msgpack.encode(self)).digest()

    @property
    def suspect(self) -> str:
        """The field that is most likely to be at fault: the largest that came from a client."""
        placed = [part for part in (*self.checks, *self.parts) if part.place]
        return max(placed, key=lambda part: len(part.definition)).place if placed else "tools"


def write_grammar(main: str, parts: tuple[Part, ...]) -> str:
    """What llguidance takes: a list of grammars, of which the first is the start."""
    written = [{"name": "answer", "lark_grammar": main}, *map(write_part, parts)]
    return json.dumps({"grammars": written})


def write_part(part: Part) -> dict[str, object]:
    """A part as an entry of that list."""
    if part.kind == "json":
        return {"name": part.name, "json_schema": json.loads(part.definition)}
    return {"name": part.name, "lark_grammar": part.definition}
