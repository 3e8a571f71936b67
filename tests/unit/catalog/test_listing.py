"""What is here, among what there is."""

from pathlib import Path

import pytest

from antiphon.catalog.entry import load_catalog
from antiphon.catalog.kept import Kept
from antiphon.catalog.listing import Lister
from antiphon.catalog.search import find_kept
from antiphon.catalog.wanted import parse_wanted
from antiphon.errors import ConfigurationError


def kept(repo: str, file: str) -> Kept:
    """A model that is there."""
    return Kept(repo=repo, file=file, num_bytes=10, path=Path("/cache") / file, files=())


def test_which_is_there() -> None:
    """Of what is there, one is found by its file, its quantisation, or because it is the only one; else it is asked."""
    there = [kept("o/r", "a-Q4_0.gguf"), kept("o/r", "a-Q8_0.gguf"), kept("o/s", "b.gguf")]
    assert find_kept(there, parse_wanted("o/r:a-Q8_0.gguf")) == there[1]
    assert find_kept(there, parse_wanted("o/r:q4_0")) == there[0]
    assert find_kept(there, parse_wanted("o/s")) == there[2]
    assert find_kept(there, parse_wanted("o/r:Q2_K")) is find_kept(there, parse_wanted("o/t")) is None
    with pytest.raises(ConfigurationError, match=r"say which: 'o/r:a-Q4_0\.gguf', 'o/r:a-Q8_0\.gguf'"):
        find_kept(there, parse_wanted("o/r"))


def test_rows() -> None:
    """The list has the catalogue, what is here of it and whether it fits, and then what else is here."""
    entries = [load_catalog()[name] for name in ("smollm2", "qwen3-4b", "qwen3-8b")]
    there = [kept(entries[1].repo, entries[1].file), kept("o/other-GGUF", "a.gguf")]
    lister = Lister(
        there,
        unfinished=lambda repo: repo == entries[2].repo,
        free=4 * 10**9,
        bundled=None,
        measure=lambda _: 5 * 10**9,
    )
    rows = lister.list(entries)
    assert [(row.name, row.here, row.fits) for row in rows] == [
        ("smollm2", "no", True), ("qwen3-4b", "yes", True), ("qwen3-8b", "partly", False), ("other", "yes", False),
    ]  # fmt: skip
    assert (rows[1].path, rows[1].size_bytes, rows[3].source) == (str(there[0].path), 10, "o/other-GGUF:a.gguf")
    nobody = Lister(there, unfinished=lambda _: False, free=None, bundled=None, measure=lambda _: 1)
    assert {row.fits for row in nobody.list(entries)} == {None}
