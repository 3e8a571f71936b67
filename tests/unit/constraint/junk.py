"""Schemas that nobody would write: any keyword with any value."""

from typing import Any

from hypothesis import strategies as st

from antiphon.constraint.faults.keywords import ANNOTATIONS, JUDGES, UNENFORCED

keywords = st.sampled_from(sorted({*JUDGES, *UNENFORCED, *ANNOTATIONS, "foo", "x-foo", ""}))
scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([
        "string", "object", "array", "integer", "null", "date", "#", "#/$defs/a", "#/properties/a", "#/items/0",
        "#/nowhere",
        "^a.[^\"]$", "(?=a)", "[", "\\", "a", "",
    ]),
)  # fmt: skip


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Arrays, schemas, and names."""
    names = st.sampled_from(["a", "b", "^a", "$ref", "properties"])
    return st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(keywords, inner, max_size=4),
        st.dictionaries(names, inner, max_size=3),
    )


schemas: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    keywords, st.recursive(scalars, containers, max_leaves=25), max_size=6
)
