"""`--debug`: requests and responses on standard error, without what is secret."""

from collections.abc import Callable
from contextlib import suppress

import click
import httpx

from antiphon.client.errors import render_address
from antiphon.client.tls import LazyContext

SECRET = {"authorization", "cookie", "set-cookie", "x-api-key", "api-key"}
MOST_CHARS = 10_000


def open_http(*, debug: bool) -> httpx.Client:
    """The connections of a client, told about where that is wanted."""
    hooks: dict[str, list[Callable[..., None]]] = {"request": [show_request], "response": [show_response]}
    return httpx.Client(follow_redirects=True, verify=LazyContext(), event_hooks=hooks if debug else None)


def show_request(request: httpx.Request) -> None:
    """Its line, headers and body."""
    show(">", f"{request.method} {render_address(request.url)}", request.headers, request.content)


def show_response(response: httpx.Response) -> None:
    """Its status, headers and body; a stream has no body yet."""
    is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
    body = b"" if is_stream else response.read()
    show("<", f"{response.status_code} {response.reason_phrase}", response.headers, body)


def show(mark: str, line: str, headers: httpx.Headers, body: bytes) -> None:
    """On standard error, each line with its mark."""
    lines = [line, *(f"{name}: {'***' if name in SECRET else value}" for name, value in headers.items())]
    if body:
        lines += ["", *body[:MOST_CHARS].decode(errors="backslashreplace").splitlines()]
        lines += [f"... {len(body) - MOST_CHARS} bytes more"] if len(body) > MOST_CHARS else []
    with suppress(OSError):  # that nobody reads it must not change what is done
        click.echo("\n".join(f"{mark} {line}" for line in lines), err=True)
