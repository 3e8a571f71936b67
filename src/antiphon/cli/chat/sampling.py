"""How the model is asked to answer: names, and values out of text. What is sensible is judged by the server."""

import math
from collections.abc import Mapping
from difflib import get_close_matches

from antiphon.cli.chat.refused import Refused

Value = float | int | str
KINDS: dict[str, type[float] | type[int] | type[str]] = {
    "temperature": float,
    "top_p": float,
    "max_completion_tokens": int,
    "seed": int,
    "frequency_penalty": float,
    "presence_penalty": float,
    "top_k": int,
    "min_p": float,
    "reasoning_effort": str,
    "verbosity": str,
}
ALIASES = {"max_tokens": "max_completion_tokens"}
WORDS: dict[type, str] = {float: "a number", int: "a whole number"}


def parse_name(name: str) -> str:
    """As the API calls it. Raises `Refused`."""
    known = name.replace("-", "_").lower()
    known = ALIASES.get(known, known)
    if known not in KINDS:
        near = get_close_matches(known, [*KINDS, *ALIASES], n=1)
        raise Refused(f"There is no setting '{name}'. " + (f"Did you mean {near[0]}?" if near else f"{list_names()}."))
    return known


def parse_value(name: str, text: str) -> Value:
    """Of the setting with this name. Raises `Refused`."""
    kind = KINDS[name]
    try:
        value = kind(text)
    except ValueError:
        raise Refused(f"{name} is {WORDS[kind]}, and '{text}' is none.") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused(f"{name} is a number, and '{text}' is none.")
    return value


def render_settings(settings: Mapping[str, Value]) -> str:
    """One sentence."""
    shown = ", ".join(f"{name} {value}" for name, value in settings.items())
    return f"Set: {shown}." if settings else f"Nothing is set; the server decides. {list_names()}."


def list_names() -> str:
    """A sentence without its end."""
    return f"There are {', '.join(KINDS)}"
