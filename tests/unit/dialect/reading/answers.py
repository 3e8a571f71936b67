"""The rows of outputs.py as answers that are read: in pieces, with control tokens as tokens or as plain text."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from msgspec import structs

from antiphon.dialect.families import THINKINGS
from antiphon.dialect.families.gemma import QUOTE
from antiphon.dialect.form import Form, Thinking
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.harmony import SPELLINGS
from antiphon.dialect.reading.reader import Reader, Reading, texts_of
from antiphon.dialect.reading.scanner import Segment
from tests.unit.dialect.families import load_dialect
from tests.unit.dialect.outputs import OPENED, OUTPUTS, PARAMETERS, UNREAD, VARIANTS, Part, Row

NONE = ControlTokens({})
MARK = re.compile(r"<\|\"\|>|<[|/\uff5c]?[\w\u2581:|\uff5c=]+[|\uff5c]?>|\[/?[A-Z_]+\]")
"""A control token, however families spell them."""
Merged = list[tuple[str, str]]
Case = tuple[str, Row, bool]

ROWS = [(family, row) for family, rows in OUTPUTS.items() for row in rows]
ROWS_OPENED = [(family, row) for family, rows in OPENED.items() for row in rows]
ROWS_OF_VARIANTS = [(family, row) for table in (VARIANTS, UNREAD) for family, rows in table.items() for row in rows]
ALL = [(family, row, False) for family, row in ROWS] + [(family, row, True) for family, row in ROWS_OPENED]
"""With whether the prompt has opened a thought."""


@cache
def find_thinking(family: str) -> Thinking | None:
    """How a family marks what it thinks, by what its models write."""
    rows = [*OUTPUTS[family], *OPENED.get(family, [])]
    return next((marks for marks in THINKINGS if any(marks.ends in output for output, _ in rows)), None)


def rows_of(family: str) -> list[tuple[Row, bool]]:
    """The rows of a family, each with whether the prompt has opened a thought."""
    return [(row, thinks) for name, row, thinks in ALL if name == family]


def form_of(family: str) -> Form:
    """In which its models call, as its template is recognised."""
    return load_dialect(family).form


def unique(cases: Iterable[Case]) -> list[Case]:
    """Each once, though families share a form."""
    found = {(form_of(case[0]).name, find_thinking(case[0]), case[1][0], case[2]): case for case in cases}
    return list(found.values())


CASES = unique(ALL)
IDS = [f"{family}-{number}" for number, (family, _, _) in enumerate(CASES)]


def markers_of(family: str) -> list[str]:
    """What of its format could be text as long as it is not all there."""
    form, thinking = form_of(family), find_thinking(family)
    speech = [text for speech in form.speeches for text in texts_of(speech)]
    return [form.marker, *form.heads, form.raw.begins, *texts_of(thinking), *speech]


def reading_of(family: str, *, thinks: bool = False, customs: Sequence[str] = ()) -> Reading:
    """What there is to read where every function of the table may be called."""
    strings = {
        name: tuple(key for key, schema in properties.items() if schema["type"] == "string")
        for name, properties in PARAMETERS.items()
    }
    return Reading(
        form=form_of(family).name,
        functions=strings,
        customs=tuple(customs),
        thinking=find_thinking(family),
        thinks=thinks,
    )


def control_of(family: str) -> ControlTokens:
    """A vocabulary in which every marker of the family is a control token, with ids that are made up."""
    form, thinking = form_of(family), find_thinking(family)
    texts = [
        *texts_of(structs.replace(form, signs=())),
        *texts_of(thinking),
        QUOTE,
        *(SPELLINGS if form.channels else ()),
    ]
    found = dict.fromkeys(mark for text in texts for mark in MARK.findall(text))
    return ControlTokens({spelling: 1000 + number for number, spelling in enumerate(found)})


def tokens_of(text: str, reader: Reader, control: ControlTokens) -> list[str]:
    """What an engine pushes for a text: a sign for a control token that matters, nothing for another, and letters."""
    tokens: list[str] = []
    for number, piece in enumerate(control.pattern.split(text)):
        tokens += [reader.tokens.get(control.ids[piece], "")] if number % 2 else list(piece)
    return tokens


def read(reading: Reading, pieces: Iterable[str], control: ControlTokens = NONE) -> Merged:
    """What is said when these come one after the other."""
    reader = Reader(reading, control)
    segments = [segment for piece in pieces for segment in reader.push(piece)]
    return merge([*segments, *reader.finish()])


def merge(segments: Iterable[Segment]) -> Merged:
    """Segments of one kind as one; a call begins a new one."""
    merged: Merged = []
    for segment in segments:
        if merged and merged[-1][0] == segment.kind and segment.kind not in ("function", "custom"):
            merged[-1] = (segment.kind, merged[-1][1] + segment.text)
        else:
            merged.append((segment.kind, segment.text))
    return merged


def parts_of(merged: Merged) -> list[Part]:
    """In the table's words, without white space at the edges of texts."""
    parts: list[Part] = []
    name = ""
    for kind, text in merged:
        if kind == "function":
            name = text
        elif kind == "arguments":
            arguments: dict[str, Any] = json.loads(text)
            parts.append(("call", name, arguments))
        elif text.strip():
            parts.append((kind, text.strip()))
    return parts


def cut(text: str, places: Iterable[int]) -> list[str]:
    """The text in pieces, cut at these places."""
    inner = sorted(place for place in places if place < len(text))
    return [text[start:end] for start, end in zip([0, *inner], [*inner, len(text)], strict=True)]
