"""Calls as a family writes them: for examples in a prompt, and for past calls that its template has no place for."""

import json
from typing import Any

from antiphon.dialect.families.gemma import QUOTE
from antiphon.dialect.form import ID, NUMBER, Form
from antiphon.dialect.keys import carries

EXAMPLE_ID = "a1B2c3D4e"
UNPACKED = {"tags": "", "python": "**"}
"""What stands before arguments that are written as one object."""


def write_call(form: Form, name: str, arguments: dict[str, Any]) -> str:
    """One call of a function and nothing else."""
    return write_raw(form, name, write_arguments(form, arguments))


def write_raw(form: Form, name: str, arguments: str) -> str:
    """The same with arguments that have been written."""
    head, middle, ends = (
        text.replace(ID, EXAMPLE_ID).replace(NUMBER, "0") for text in (form.head, form.middle, form.ends + form.closes)
    )
    return f"{head}{name}{middle}{arguments}{ends}".strip()


def write_custom(form: Form, name: str, given: str) -> str:
    """One call of a custom tool."""
    return f"{form.raw.begins}{name}{form.raw.middle}{given}{form.raw.ends}"


def write_arguments(form: Form, arguments: dict[str, Any]) -> str:
    """Arguments in the family's notation; as one object where that has no place for some name."""
    if form.notation in UNPACKED and not all(carries(form, key) for key in arguments):
        return UNPACKED[form.notation] + to_json(arguments)
    match form.notation:
        case "json":
            return to_json(arguments)
        case "tags":
            return "".join(write_tag(form, key, value) for key, value in arguments.items())
        case "python":
            return ", ".join(f"{key}={write_python(value)}" for key, value in arguments.items())
        case "gemma":
            return write_pairs(form, arguments)


def write_tag(form: Form, key: str, value: Any) -> str:
    """One argument in tags."""
    assert form.tags, "a form in tags says which"
    tags = form.tags
    if isinstance(value, str):
        return f"{tags.key_begins}{key}{tags.key_ends}{value}{tags.value_ends}"
    return f"{tags.key_begins}{key}{tags.json_ends or tags.key_ends}{to_json(value)}{tags.value_ends}"


def write_python(value: Any) -> str:
    """A value as Python writes it."""
    return str(value) if isinstance(value, bool) or value is None else to_json(value)


def write_pairs(form: Form, pairs: dict[str, Any]) -> str:
    """What an object has, in Gemma's notation."""
    keys = (key if carries(form, key) else f"{QUOTE}{key}{QUOTE}" for key in pairs)
    return ",".join(f"{key}:{write_gemma(form, value)}" for key, value in zip(keys, pairs.values(), strict=True))


def write_gemma(form: Form, value: Any) -> str:
    """A value in that notation."""
    if isinstance(value, str):
        return f"{QUOTE}{value}{QUOTE}"
    if isinstance(value, list):
        return f"[{','.join(write_gemma(form, inner) for inner in value)}]"
    return f"{{{write_pairs(form, value)}}}" if isinstance(value, dict) else to_json(value)


def to_json(value: Any) -> str:
    """As models are used to see it."""
    return json.dumps(value, ensure_ascii=False)
