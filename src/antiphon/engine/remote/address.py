"""Where an engine is: `http://HOST:PORT/v1#MODEL`. Knows nothing of what is there."""

from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from antiphon.errors import ConfigurationError

DEFAULT_PATH = "/v1"


class Address(Struct, frozen=True):
    """base: what the API's paths begin with. root: the same without a path. model: what it calls the model; empty where
    it has one only. place: host and port, for people.
    """

    base: str
    root: str
    place: str
    model: str = ""


def parse_address(text: str) -> Address:
    """Raises `ConfigurationError`."""
    try:
        split = urlsplit(text.strip())
        host, port = split.hostname, split.port
    except ValueError as error:
        raise ConfigurationError(f"'{hide(text)}' is no address{'' if '@' in text else f': {error}'}.") from None
    if "@" in split.netloc:
        raise ConfigurationError(
            f"'{hide(text)}' has a user or password in it; give a key by --upstream NAME.key=… instead."
        )
    if split.scheme not in ("http", "https") or not host:
        raise ConfigurationError(f"'{hide(text)}' is no address: expected http://HOST:PORT/v1#MODEL.")
    if split.query:
        raise ConfigurationError(f"'{hide(text)}' is no address of an API: it has a query.")
    path = split.path.rstrip("/") or DEFAULT_PATH
    root = urlunsplit((split.scheme, split.netloc, "", "", ""))
    place = split.netloc if port else f"{split.netloc.rstrip(':')}:{443 if split.scheme == 'https' else 80}"
    return Address(root + path, root, place, split.fragment)


def hide(text: str) -> str:
    """An address without what may be secret in it."""
    scheme, sign, rest = text.partition("://")
    return f"{scheme}{sign}{rest.rpartition('@')[2].partition('?')[0]}"
