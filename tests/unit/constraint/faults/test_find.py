"""The order in which faults are told."""

from tests.unit.constraint.faults.first import first


def test_outer_faults_come_first() -> None:
    """Then those of a schema's keywords, in their order."""
    assert first({"properties": {"a": {"type": "x"}}, "minimum": "1"})[0] == "#/minimum"
    assert first({"minItems": -1, "maxItems": -1})[0] == "#/minItems"
    assert first({"maxItems": -1, "minItems": -1})[0] == "#/maxItems"
    assert first({"properties": {"b": {"type": "x"}, "a": {"type": "x"}}})[0] == "#/properties/b/type"


def test_references_come_last() -> None:
    """What only the whole document shows waits for the rest of it."""
    assert first({"items": {"$ref": "#/nowhere"}, "$defs": {"a": {"minimum": "1"}}})[0] == "#/$defs/a/minimum"


def test_names_are_escaped_in_pointers() -> None:
    """A property may have any name."""
    assert first({"properties": {"a/b~c": {"type": 5}}})[0] == "#/properties/a~1b~0c/type"
