"""Paths, pointers and the walk."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.constraint.place import find_value, parse_reference, render_pointer, walk

POINTERS = [
    ((), "#"), (("a",), "#/a"), (("properties", "a/b"), "#/properties/a~1b"), (("~",), "#/~0"), (("~1",), "#/~01"),
    (("",), "#/"), (("é b", "0"), "#/é b/0"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "pointer"), POINTERS)
def test_pointers(path: tuple[str, ...], pointer: str) -> None:
    """A pointer escapes what a pointer must, and can be read by people otherwise."""
    assert render_pointer(path) == pointer
    assert parse_reference(pointer) == path


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_references_may_be_percent_encoded(steps: list[str]) -> None:
    """Whatever names there are, a reference can lead there."""
    assert parse_reference(quote(render_pointer(tuple(steps)), safe="#/~")) == tuple(steps)


@pytest.mark.parametrize("reference", ["", "#name", "other.json", "other.json#/a", "https://example.com/a", "/a", "a"])
def test_references_to_elsewhere(reference: str) -> None:
    """Anchors and other documents are no paths."""
    assert parse_reference(reference) is None


def test_values() -> None:
    """A path leads through objects and arrays, and nowhere else."""
    root = {"a": [{"b": 1}, {"": {"0": 2}}]}
    assert find_value(root, ()) is root
    assert find_value(root, ("a", "0", "b")) == 1
    assert find_value(root, ("a", "1", "", "0")) == 2
    for path in [("b",), ("a", "2"), ("a", "00"), ("a", "-1"), ("a", "x"), ("a", "0", "b", "c"), ("a", "1" * 5000)]:
        with pytest.raises(LookupError):
            find_value(root, path)


def test_the_walk_is_in_the_documents_order() -> None:
    """Each schema comes before those within it; names are no keywords, and values are no schemas."""
    schema = {
        "anyOf": [True, {"items": {}}],
        "properties": {
            "properties": {"const": {"items": {}}},
            "items": {"prefixItems": [{}], "default": {"items": {}}},
        },
        "items": [{}, {}],
        "$defs": {"a": 5},
    }
    assert [render_pointer(place.path) for place in walk(schema)] == [
        "#", "#/anyOf/0", "#/anyOf/1", "#/anyOf/1/items", "#/properties/properties", "#/properties/items",
        "#/properties/items/prefixItems/0", "#/items/0", "#/items/1", "#/$defs/a",
    ]  # fmt: skip


def test_the_walk_goes_over_what_is_malformed() -> None:
    """What holds no schemas is passed by, and told by others."""
    schema = {"properties": [{}], "anyOf": {"a": {}}, "items": 5, "$defs": None}
    assert [render_pointer(place.path) for place in walk(schema)] == ["#", "#/items"]
