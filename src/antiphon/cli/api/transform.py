"""`--transform`: a part of an answer by a GJSON path. What is supported is in docs/transforms.md."""

from collections.abc import Callable
from typing import Any

from antiphon.cli.api.gjson.path import MISSING

Transform = Callable[[Any], Any]
__all__ = ["MISSING", "Transform", "build_transform"]


def build_transform(path: str | None) -> Transform | None:
    """What takes that part, which is `MISSING` where nothing is at the path; None without a path.

    Raises `ValueError` with a sentence for one that is none.
    """
    if not path:
        return None
    from antiphon.cli.api.gjson.parser import parse_path  # noqa: PLC0415 (only where it is asked for)

    try:
        parsed = parse_path(path)
    except ValueError as error:
        raise ValueError(f"'{shorten(path)}' is not a GJSON path: {error}") from None

    def transform(value: Any) -> Any:
        try:
            return parsed.find(value)
        except RecursionError:  # JSON in a text that is nested deeper than JSON is ever written
            return MISSING

    return transform


def shorten(path: str) -> str:
    """As much of it as fits into a sentence."""
    return path if len(path) <= 80 else f"{path[:77]}..."
