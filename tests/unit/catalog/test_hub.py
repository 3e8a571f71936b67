"""What is asked of the hub."""

import httpx
import pytest

from antiphon.errors import ConfigurationError
from tests.unit.catalog.renamed import ENDPOINT, hub_of


def test_lists_in_pages() -> None:
    """All files of a large repository are seen."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "cursor" in request.url.params:
            return httpx.Response(200, json=[{"type": "file", "path": "b.gguf"}])
        more = f'<{ENDPOINT}/api/models/o/r/tree/main?cursor=x>; rel="next"'
        folder = {"type": "directory", "path": "d"}
        return httpx.Response(200, json=[folder, {"type": "file", "path": "a.gguf"}], headers={"Link": more})

    assert hub_of(answer).list_files("o/r") == ["a.gguf", "b.gguf"]


@pytest.mark.parametrize("content", [b"<html>", b"{}", b"[1]", b"null"])
def test_what_is_no_list(content: bytes) -> None:
    """An answer that is no list of files is told."""
    with pytest.raises(ConfigurationError, match="is no list of files"):
        hub_of(lambda _: httpx.Response(200, content=content)).list_files("o/r")
