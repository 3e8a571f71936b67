"""What completions can be found by."""

import pytest

from antiphon.store.record import Term, build_terms

TERMS: list[tuple[str | None, dict[str, str] | None, list[tuple[str, str]]]] = [
    (None, None, []),
    (None, {}, []),
    ("m", None, [("model", "m")]),
    ("", {"": ""}, [("model", ""), ("metadata[]", "")]),
    ("m", {"a": "1", "b": "2"}, [("model", "m"), ("metadata[a]", "1"), ("metadata[b]", "2")]),
    (None, {"model": "m"}, [("metadata[model]", "m")]),
    ("m", {"a]": "]", "a": "[", "a]=b": "'\0"}, [
        ("model", "m"), ("metadata[a]]", "]"), ("metadata[a]", "["), ("metadata[a]=b]", "'\0"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("model", "metadata", "expected"), TERMS)
def test_terms(model: str | None, metadata: dict[str, str] | None, expected: list[tuple[str, str]]) -> None:
    """A completion is found by its model and by each pair of its metadata, and no two of these look the same."""
    found = list(build_terms(model, metadata))
    assert found == [Term(*term) for term in expected]
    assert len({term.field for term in found}) == len(found)
