"""What stands before every route, as a function of a request's path and headers."""

from typing import Any

import pytest

from antiphon.server.auth import Keyring
from antiphon.server.gate import FORM_BYTES, Gate, host_name
from antiphon.server.traffic import Traffic
from tests.unit.server.kept import Kept

HOSTS = {
    "localhost": "localhost", "localhost:80": "localhost", "127.0.0.1:8000": "127.0.0.1", "[::1]": "[::1]",
    "[::1]:8000": "[::1]", "a:b": "a:b", "": "", ":80": "", "evil:80:80": "evil:80",
}  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_host_names(host: str) -> None:
    """A Host header without its port, in IPv6 too; what is no port is part of the name."""
    assert host_name(host) == HOSTS[host]


REQUESTS: list[tuple[dict[str, Any], str, dict[str, str], int]] = [
    # state of the server, path, headers, status
    ({}, "/v1/models", {}, 200),
    ({}, "/v1/models", {"content-length": "10"}, 200),
    ({}, "/v1/models", {"content-length": "11"}, 413),
    ({}, "/v1/models", {"content-length": "-1"}, 413),
    ({}, "/v1/models", {"content-length": "²"}, 413),
    ({}, "/v1/models", {"host": "evil"}, 403),
    ({}, "/health", {"host": "evil"}, 403),
    ({"draining": True}, "/v1/models", {}, 503),
    ({"draining": True}, "/health", {}, 200),
    ({"draining": True, "keys": ["k"]}, "/v1/models", {}, 503),
    ({"keys": ["k"]}, "/v1/models", {}, 401),
    ({"keys": ["k"]}, "/v1/models", {"authorization": "Bearer k"}, 200),
    ({"keys": ["k"]}, "/v1/models", {"authorization": "Bearer  k "}, 200),
    ({"keys": ["k"]}, "/v1/models", {"authorization": "Bearer kk"}, 401),
    ({"keys": ["k"]}, "/v1/models", {"authorization": "Basic k"}, 401),
    ({"keys": ["k"]}, "/v1/models", {"host": "evil", "authorization": "Bearer k"}, 200),
    ({"keys": ["k"]}, "/health", {"host": "evil"}, 200),
    ({"keys": ["k"]}, "/health", {"content-length": "11"}, 413),
    ({"method": "POST"}, "/v1/files", {"content-length": "11"}, 200),
    ({"method": "POST"}, "/v1/files", {"content-length": f"{20 + FORM_BYTES}"}, 200),
    ({"method": "POST"}, "/v1/files", {"content-length": f"{21 + FORM_BYTES}"}, 413),
    ({"method": "POST"}, "/v1/files/", {"content-length": "11"}, 413),
    ({"method": "GET"}, "/v1/files", {"content-length": "11"}, 413),
    ({"method": "POST", "keys": ["k"]}, "/v1/files", {"content-length": "11"}, 401),
]


@pytest.mark.parametrize(("state", "path", "headers", "status"), REQUESTS)
async def test_the_gate(state: dict[str, Any], path: str, headers: dict[str, str], status: int) -> None:
    """In this order: a bearable body, a host of ours, a server that stays, a right key. /health asks for no key. The
    body of an upload may be as large as a file, with something around it.
    """
    traffic, sent = Traffic(), []
    traffic.draining = state.get("draining", False)

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    keyring = Keyring(state.get("keys", ()), Kept())
    gate = Gate(inner, keyring=keyring, max_body_bytes=10, max_file_bytes=20, traffic=traffic)
    given = [(name.encode(), value.encode("latin-1")) for name, value in ({"host": "localhost"} | headers).items()]
    method = state.get("method", "GET")
    await gate({"type": "http", "path": path, "method": method, "headers": given}, receive, send)
    assert sent[0]["status"] == status
