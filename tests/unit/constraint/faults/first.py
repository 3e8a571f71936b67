"""The first fault of a schema, as tests look at it."""

from typing import Any

from antiphon.constraint.faults.find import find_faults
from antiphon.constraint.place import render_pointer


def first(schema: Any, *, strict: bool = False) -> tuple[str, str]:
    """(pointer, reason); both empty when there is none."""
    fault = next(find_faults(schema, strict=strict), None)
    return ("", "") if fault is None else (render_pointer(fault.path), fault.reason)
