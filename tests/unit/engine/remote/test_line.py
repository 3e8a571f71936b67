"""What goes along a line: bodies that any server can read, and headers that only it gets."""

import json
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine.remote.address import parse_address
from antiphon.engine.remote.line import Line, describe, encode
from antiphon.upstreams import UpstreamSettings

KEY = ConnectionKey("gpu.internal", 8000, False, True, None, None, None)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.text(st.characters() | st.sampled_from("\ud800\udfff"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=30)
@given(values)
def test_a_body(value: Any) -> None:
    """Is the same where it is Unicode; half a character becomes a sign for one."""
    assert json.loads(encode(value)) == without_halves(value)


def without_halves(value: Any) -> Any:
    """The same with a question mark for each."""
    if isinstance(value, str):
        return "".join("?" if "\ud800" <= letter <= "\udfff" else letter for letter in value)
    if isinstance(value, dict):
        return {without_halves(key): without_halves(inner) for key, inner in value.items()}
    return [without_halves(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("error", "reason"), [
    (aiohttp.ConnectionTimeoutError("gpu.internal"), "it does not take the connection"),
    (aiohttp.ClientConnectorError(KEY, ConnectionRefusedError("gpu.internal")), "it refuses the connection"),
    (aiohttp.ClientConnectorError(KEY, OSError(113, "gpu.internal")), "there is no way to it"),
    (aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(-2, "gpu.internal")), "its name cannot be looked up"),
    (aiohttp.ClientConnectorCertificateError(KEY, ValueError("gpu.internal")),
     "its certificate is not trusted, or it does not speak TLS"),
])  # fmt: skip
def test_why_there_is_no_connection(error: Exception, reason: str) -> None:
    """Without saying where to."""
    assert describe(error) == reason


async def test_headers() -> None:
    """The key, what else was set, and that nothing be compressed; the secrets are known as such."""
    told = {"key": "sk-a", "headers": {"X-Team": "blue"}}
    line = Line("big", parse_address("http://gpu:8000/v1"), UpstreamSettings.model_validate(told))
    headers = line.session.headers
    assert (headers["authorization"], headers["x-team"]) == ("Bearer sk-a", "blue")
    assert headers["accept-encoding"] == "identity" and set(line.secrets) == {"sk-a", "blue"}
    await line.close()


async def test_no_key() -> None:
    """Then nothing is said of one, and nothing is secret."""
    line = Line("big", parse_address("http://gpu:8000/v1"), UpstreamSettings.model_validate({"key": ""}))
    assert "authorization" not in line.session.headers and line.secrets == ()
    await line.close()
