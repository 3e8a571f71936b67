"""The socket that clients connect to, and the address by which they do."""

import os
import socket

from antiphon.errors import ConfigurationError
from antiphon.settings import Settings


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Raises `ConfigurationError`."""
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {settings.host}:{settings.port}: {os.strerror(error.errno or 0)}."
        ) from None


def base_url(listener: socket.socket) -> str:
    """Where a client on this machine reaches us."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{host}:{port}"
