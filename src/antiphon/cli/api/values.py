"""Values as they are written on a command line: YAML, and so JSON."""

import json
from math import isfinite
from typing import Any


def read_value(text: str) -> Any:
    """What a text stands for. Raises `ValueError` with a sentence. JSON is read as JSON: it is faster so, and YAML
    refuses some of its characters.
    """
    try:
        return read_json(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        from antiphon.cli.api.yaml import read_yaml  # noqa: PLC0415 (it takes longer to load than to read)

        return read_yaml(text)


def read_text(text: str) -> Any:
    """A value that may be a text: it is one as it stands, unless it begins like a quoted one, a list or an object."""
    return read_value(text) if text.lstrip()[:1] in {'"', "'", "[", "{"} else text


def read_json(text: str) -> Any:
    """Raises `ValueError`, of which YAML tells more, and `RecursionError`."""
    return json.loads(text, object_pairs_hook=collect_pairs, parse_constant=refuse, parse_float=parse_finite)


def parse_finite(text: str) -> float:
    """Raises `ValueError` for a number that is too large to be one."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"the number {text} is too large")
    return number


def collect_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises `ValueError` where a key is there twice, of which YAML says where."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def refuse(constant: str) -> Any:
    """JSON has no such number."""
    raise ValueError(constant)
