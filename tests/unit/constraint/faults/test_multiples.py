"""Steps of a whole document."""

from tests.schemas.case import Schema, closed
from tests.unit.constraint.faults.first import first


def steps(*values: float) -> list[Schema]:
    """Numbers of these steps."""
    return [{"type": "number", "multipleOf": value} for value in values]


def test_steps_of_different_properties() -> None:
    """Each has its number; only all of them together may not be too many."""
    assert first(closed(dict(zip("abcd", steps(4999, 4993, 7, 0.01), strict=True)))) == ("", "")
    many = {f"p{value}": schema for value, schema in enumerate(steps(*range(4990, 4999)))}
    assert first(closed(many))[0] == "#/properties/p4/multipleOf"
    assert first(closed({f"p{value}": schema for value, schema in enumerate(steps(*[4999] * 20))})) == ("", "")


def test_steps_of_one_number() -> None:
    """What must hold together, and what may be either, is counted together."""
    for keyword in ("anyOf", "allOf", "oneOf"):
        assert first({keyword: steps(3, 5)}) == ("", "")
        assert first({keyword: steps(4999, 4993)})[0] == f"#/{keyword}/1/multipleOf"
    assert (
        first({"type": "number", "multipleOf": 4999, "anyOf": [{"multipleOf": 4993}, {}]})[0] == "#/anyOf/0/multipleOf"
    )
    beneath = [{"type": "array", "items": schema} for schema in steps(4999, 4993)]
    assert first({"anyOf": beneath})[0] == "#/anyOf/1/items/multipleOf"


def test_an_option_without_a_step() -> None:
    """A number or null is one number."""
    nullable = [{"anyOf": [schema, {"type": "null"}]} for schema in steps(4999, 4993)]
    assert first(closed(dict(zip("ab", nullable, strict=True)))) == ("", "")
