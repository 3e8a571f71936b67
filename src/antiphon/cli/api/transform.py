"""`--transform`: a part of an answer by a GJSON path (https://github.com/tidwall/gjson/blob/master/SYNTAX.md)."""

from collections.abc import Callable
from typing import Any

Transform = Callable[[Any], Any]


def build_transform(path: str | None) -> Transform | None:
    """What takes that part; None where nothing is at the path. Raises `ValueError` for one that is none."""
    if not path:
        return None
    import gjson  # noqa: PLC0415 (only where it is asked for)

    def transform(value: Any) -> Any:
        try:
            return gjson.get(value, path)
        except gjson.GJSONParseError as error:
            raise ValueError(f"'{path}' is not a GJSON path: {str(error).splitlines()[0]}") from None
        except gjson.GJSONError:
            return None

    return transform
