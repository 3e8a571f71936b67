"""`--debug`: requests and responses on standard error, without what is secret."""

import sys

import httpx

SECRET = {"authorization", "cookie", "set-cookie", "x-api-key", "api-key"}
MOST_CHARS = 4000


def show_request(request: httpx.Request) -> None:
    """Its line, headers and body."""
    show(">", f"{request.method} {request.url}", request.headers, request.content)


def show_response(response: httpx.Response) -> None:
    """Its status and headers; of an error the body, too."""
    if response.is_error:
        response.read()
    show(
        "<",
        f"{response.status_code} {response.reason_phrase}",
        response.headers,
        response.content if response.is_error else b"",
    )


def show(mark: str, line: str, headers: httpx.Headers, body: bytes) -> None:
    """On standard error, each line with its mark."""
    lines = [line, *(f"{name}: {'***' if name in SECRET else value}" for name, value in headers.items())]
    if body:
        lines += ["", *body[:MOST_CHARS].decode(errors="replace").splitlines()]
    print("\n".join(f"{mark} {line}" for line in lines), file=sys.stderr)


HOOKS = {"request": [show_request], "response": [show_response]}
