"""The Hugging Face hub over HTTP: which files a repository has, and what is in one, from any byte on.

Every failure is a sentence: `HubRefused` where asking again is no use, `HubAway` where it may be. Addresses and headers
are those of https://huggingface.co/docs/hub/api; token, endpoint and timeouts those that `huggingface_hub` knows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import quote

import httpx
import msgspec
from msgspec import Struct

import antiphon
from antiphon.catalog.remote import RemoteFile, parse_remote
from antiphon.errors import ConfigurationError

MOST_HOPS = 5
MOST_PAGES = 100
WRONG_TOKEN = "Invalid credentials in Authorization header"  # noqa: S105 (what the hub says of one)


class HubRefused(ConfigurationError):
    """The hub will not give it."""


class NoSuchFile(HubRefused):
    """The repository is there, and has no file of that name."""


class HubOffline(ConfigurationError):
    """The hub is not to be asked."""


class HubAway(ConfigurationError):
    """The hub did not answer, or not to the end."""


class Listed(Struct):
    """What the list of a repository's files says of one, or of a folder."""

    type: str
    path: str


class Stream(NamedTuple):
    """The content of a file from the byte `start` on."""

    start: int
    chunks: Iterator[bytes]


class Hub:
    """client: sends the token. endpoint: where the hub is."""

    def __init__(self, client: httpx.Client, endpoint: str) -> None:
        self.client = client
        self.endpoint = endpoint.rstrip("/")

    def list_files(self, repo: str) -> list[str]:
        """The names of all files of a repository."""
        address: str | None = f"{self.endpoint}/api/models/{repo}/tree/main?recursive=true"
        names: list[str] = []
        for _ in range(MOST_PAGES):
            if address is None:
                break
            with self._ask("GET", address, repo) as answer:
                answer.read()
                names += read_names(answer, repo)
                address = answer.links.get("next", {}).get("url")
        return names

    def describe(self, repo: str, name: str) -> RemoteFile:
        """What the hub tells of a file: it answers with a way to where the content is, which is not gone yet."""
        address = self._address(repo, name)
        for _ in range(MOST_HOPS):
            with self._ask("HEAD", address, repo, name=name, follow=False) as answer:
                onward = answer.next_request
                if onward is None or onward.url.host != httpx.URL(address).host:
                    return parse_remote(repo, name, answer.headers)
                address = str(onward.url)
        raise HubRefused(f"The hub sends from one place to the next for '{name}' of '{repo}'.")

    @contextmanager
    def stream(self, file: RemoteFile, *, start: int) -> Iterator[Stream]:
        """Its content. A hub that knows no ranges begins at the beginning."""
        address = self._address(file.repo, file.name, file.commit)
        headers = {"Range": f"bytes={start}-"} if start else {}
        with self._ask("GET", address, file.repo, name=file.name, headers=headers) as answer:
            begun = start if answer.status_code == httpx.codes.PARTIAL_CONTENT else 0
            yield Stream(begun, answer.iter_bytes())

    def _address(self, repo: str, name: str, revision: str = "main") -> str:
        return f"{self.endpoint}/{repo}/resolve/{revision}/{quote(name)}"

    @contextmanager
    def _ask(
        self,
        method: str,
        address: str,
        repo: str,
        *,
        name: str = "",
        follow: bool = True,
        headers: dict[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        # Packed content would have another length than the file. The client keeps the token from other hosts.
        sent = {"Accept-Encoding": "identity", **(headers or {})}
        try:
            with self.client.stream(method, address, headers=sent, follow_redirects=follow) as answer:
                check(answer, repo, name)
                yield answer
        except httpx.RequestError as error:
            raise explain(error, self.endpoint) from None
        except httpx.InvalidURL as error:
            raise HubRefused(f"The hub at '{self.endpoint}' cannot be asked: {error}.") from None


@contextmanager
def open_hub() -> Iterator[Hub]:
    """The hub that `HF_ENDPOINT` names, with the token of `HF_TOKEN` or `hf auth login`. Raises `HubOffline`."""
    from huggingface_hub import constants, get_token  # noqa: PLC0415 (half a second to import)

    if constants.HF_HUB_OFFLINE:
        raise HubOffline("HF_HUB_OFFLINE is set, so the hub is not asked: unset it to fetch models.")
    headers = {"User-Agent": f"antiphon/{antiphon.__version__}"}
    if token := get_token():
        headers["Authorization"] = f"Bearer {token}"
    with httpx.Client(headers=headers, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT) as client:
        yield Hub(client, constants.ENDPOINT)


def explain(error: httpx.RequestError, endpoint: str) -> ConfigurationError:
    """What is to be told of an answer that did not come, or not to the end."""
    if isinstance(error, httpx.TimeoutException):
        return HubAway(f"The hub at {endpoint} did not answer in time; try again.")
    if isinstance(error, httpx.ConnectError):
        return HubAway(f"The hub at {endpoint} cannot be reached: check the connection, or HF_ENDPOINT.")
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol):
        return HubAway(f"The connection to the hub at {endpoint} broke; try again.")
    return HubRefused(f"The hub at '{endpoint}' cannot be asked: {str(error).rstrip('.')}.")


def read_names(answer: httpx.Response, repo: str) -> list[str]:
    """The files of a page of a repository's list."""
    try:
        return [file.path for file in msgspec.json.decode(answer.content, type=list[Listed]) if file.type == "file"]
    except msgspec.DecodeError:
        raise HubRefused(f"What the hub tells of '{repo}' is no list of files: check HF_ENDPOINT.") from None


def check(answer: httpx.Response, repo: str, name: str) -> None:
    """Raises what the hub's status means."""
    if answer.is_success or answer.has_redirect_location:
        return
    status, code = answer.status_code, answer.headers.get("X-Error-Code")
    if status >= 500 or status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.REQUEST_TIMEOUT):
        raise HubAway(f"The hub answers {status} {answer.reason_phrase} just now; try again later.")
    if code == "GatedRepo":
        raise HubRefused(
            f"'{repo}' is gated: accept its terms at https://huggingface.co/{repo}, and set HF_TOKEN to your token."
        )
    if answer.headers.get("X-Error-Message") == WRONG_TOKEN:
        raise HubRefused(
            "The hub does not know this token: make a new HF_TOKEN at https://huggingface.co/settings/tokens."
        )
    if code == "EntryNotFound":
        raise NoSuchFile(f"The repository '{repo}' has no file '{name}'.")
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
        raise HubRefused(f"The hub has no repository '{repo}', or it is private: check its name, or set HF_TOKEN.")
    raise HubRefused(f"The hub answers {status} {answer.reason_phrase} for '{repo}'.")
