"""A hub that answers as a test says, and one that sends elsewhere as the real one does."""

import hashlib
from collections.abc import Callable

import httpx

from antiphon.catalog.hub import Hub
from antiphon.catalog.remote import RemoteFile

COMMIT = "c" * 40
CONTENT = bytes(range(256)) * 40
ENDPOINT = "http://hub.test"
FILE = RemoteFile(
    repo="org/repo", name="file.gguf", commit=COMMIT, tag=hashlib.sha256(CONTENT).hexdigest(), num_bytes=len(CONTENT)
)


def hub_of(answer: Callable[[httpx.Request], httpx.Response]) -> Hub:
    """A hub that answers so, asked with a token."""
    client = httpx.Client(transport=httpx.MockTransport(answer), headers={"Authorization": "Bearer secret"})
    return Hub(client, ENDPOINT)


def lead_elsewhere(request: httpx.Request) -> httpx.Response:
    """As the real hub does: a repository that was renamed, and contents on another host."""
    if request.url.host == "cdn.test":
        assert "authorization" not in request.headers
        start = int(request.headers.get("range", "bytes=0-")[6:-1])
        return httpx.Response(206 if start else 200, content=CONTENT[start:])
    if request.url.path.startswith("/org/repo/"):
        return httpx.Response(307, headers={"Location": request.url.path.replace("repo", "renamed", 1)})
    told = {"X-Repo-Commit": COMMIT, "X-Linked-Etag": f'"{FILE.tag}"', "X-Linked-Size": str(len(CONTENT))}
    return httpx.Response(302, headers={"Location": "http://cdn.test/blob?signed", **told})
