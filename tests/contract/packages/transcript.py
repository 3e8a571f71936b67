"""Runs the script of calls with both official packages, and brings what each of them got to one form.

A run is a record for each call and way, named `call, way`. Ids and times are replaced by what does not vary, so that
two runs can be compared.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.packages.words import EVENTS, Call, Called, Choice

Record = dict[str, Any]
Run = dict[str, Record]

FOLDER = Path(__file__).parent
NODE = shutil.which("node") or ""
RUNNERS = {
    "Python": [sys.executable, "-W", "error", str(FOLDER / "calls.py")],
    "Node": [NODE, str(FOLDER / "calls.mjs")],
}
HEADERS = ["content-type", "x-request-id", "antiphon-ignored"]
needs_node = pytest.mark.skipif(
    not NODE or not (FOLDER / "node_modules" / "openai").is_dir(),
    reason="The official Node package is missing: apt-get install nodejs npm, then make test sets it up.",
)
LIMIT_S = 60
RANDOM = re.compile(r"\b(chatcmpl-|call_|req_)[0-9a-f]{24,}\b")


def run(package: str, calls: Iterable[Call], *, base_url: str, key: str = "unused") -> Run:
    """What a package gets."""
    told = {"base_url": base_url, "api_key": key, "headers": HEADERS, "events": EVENTS, "calls": list(steps(calls))}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    done = subprocess.run(
        RUNNERS[package],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {record["name"]: steady(record) for record in json.loads(done.stdout)}


def steps(calls: Iterable[Call]) -> Iterator[dict[str, Any]]:
    """One for each call and way."""
    for call in calls:
        for way in call.ways:
            yield {"name": f"{call.name}, {way}", "way": way, "request": call.request, "key": call.key}


def steady(record: Record) -> Record:
    """A record without what varies. An id becomes its number, so what had one id still has one."""
    ids: dict[str, dict[str, int]] = {}

    def number(found: re.Match[str]) -> str:
        known = ids.setdefault(found[1], {})
        return f"{found[1]}{known.setdefault(found[0], len(known))}"

    def walk(value: Any) -> Any:
        match value:
            case str():
                return RANDOM.sub(number, value)
            case list():
                return [walk(item) for item in value]
            case dict():
                return {name: walk(value[name]) for name in sorted(value) if name not in ("created", "obfuscation")}
        return value

    told: Record = walk(record)
    return told | ({"events": by_kind(record["events"])} if "events" in record else {})


def by_kind(events: list[list[str]]) -> dict[str, list[str]]:
    """What the helper told. The order of kinds, and whether an empty text is told, is each package's own."""
    told: dict[str, list[str]] = {}
    for kind, text in events:
        if text:
            told.setdefault(kind, []).append(text)
    return told


def pieces_of(record: Record) -> list[Record]:
    """The chunks, or the whole answer, which is an answer in one piece; nothing when none came."""
    pieces: list[Record] = record.get("chunks", [])
    return [*pieces, record["answer"]] if "answer" in record else pieces


def usage_of(record: Record) -> tuple[int, int] | None:
    """Tokens of prompt and completion, where they are told."""
    usage = pieces_of(record)[-1].get("usage")
    return usage and (usage["prompt_tokens"], usage["completion_tokens"])


def choices_of(record: Record) -> tuple[Choice, ...]:
    """What an application reads of each choice."""
    choices: dict[int, list[Record]] = {}
    for piece in pieces_of(record):
        for choice in piece["choices"]:
            choices.setdefault(choice["index"], []).append(choice)
    return tuple(read_choice(choices[index]) for index in sorted(choices))


def read_choice(pieces: list[Record]) -> Choice:
    """One choice out of its pieces."""
    messages = [piece.get("delta") or piece.get("message") or {} for piece in pieces]
    logprobs = [piece["logprobs"] or {} for piece in pieces]
    calls = read_calls(messages)
    return Choice(
        joined(message.get("content") for message in messages),
        next((piece["finish_reason"] for piece in pieces if piece["finish_reason"]), ""),
        thoughts=joined(message.get("reasoning_content") for message in messages),
        refusal=joined(message.get("refusal") for message in messages),
        calls=tuple(call for call, _ in calls),
        parsed=tuple(parsed for _, parsed in calls if parsed is not None),
        tokens=tuple(entry["token"] for entries in logprobs for entry in entries.get("content") or ()),
    )


def read_calls(messages: list[Record]) -> list[tuple[Called, Any]]:
    """Each with what the package made of its arguments."""
    calls: dict[int, list[tuple[str | None, Record]]] = {}
    for message in messages:
        for place, call in enumerate(message.get("tool_calls") or ()):
            told = call.get("function") or call.get("custom")
            calls.setdefault(call.get("index", place), []).append((call.get("type"), told))
        if message.get("function_call"):
            calls.setdefault(0, []).append(("deprecated", message["function_call"]))
    return [read_call(calls[index]) for index in sorted(calls)]


def read_call(pieces: list[tuple[str | None, Record]]) -> tuple[Called, Any]:
    """One call out of its pieces, of which the first says what is called."""
    (kind, first), told = pieces[0], [piece for _, piece in pieces]
    text = "".join(piece.get("arguments") or piece.get("input") or "" for piece in told)
    return (str(kind), first["name"], text), first.get("parsed_arguments")


def joined(texts: Iterable[str | None]) -> str | None:
    """None where there was nothing, not even an empty text."""
    said = [text for text in texts if text is not None]
    return "".join(said) if said else None
