"""Encrypted connections are verified, whenever the certificates of authorities are read."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from antiphon.client import AsyncClient, Client, ConnectionFailed

MAKE = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"


class Handler(BaseHTTPRequestHandler):
    """Knows one answer."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"id": "c", "choices": []}')

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That nobody has signed but itself, with its key."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here: apt-get install openssl")
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", *MAKE.split(), "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "certificate.pem"


@pytest.fixture(scope="module")
def address(certificate: Path) -> Iterator[str]:
    """Of a server with it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"https://localhost:{server.server_port}/v1"
        server.shutdown()
        thread.join()


async def test_a_stranger_is_refused(address: str) -> None:
    """A certificate that no known authority has signed is none."""
    with Client(base_url=address, max_retries=0) as client, pytest.raises(ConnectionFailed, match="self-signed"):
        client.chat.completions.retrieve("c")
    async with AsyncClient(base_url=address, max_retries=0) as client_async:
        with pytest.raises(ConnectionFailed, match="self-signed"):
            await client_async.chat.completions.retrieve("c")


async def test_a_known_one_is_taken(address: str, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`SSL_CERT_FILE` says whom to believe; the name still has to be the right one."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Client(base_url=address, max_retries=0) as client:
        assert client.chat.completions.retrieve("c").id == "c"
    async with AsyncClient(base_url=address, max_retries=0) as client_async:
        assert (await client_async.chat.completions.retrieve("c")).id == "c"
    other = address.replace("localhost", "127.0.0.1")
    with Client(base_url=other, max_retries=0) as client, pytest.raises(ConnectionFailed, match="mismatch"):
        client.chat.completions.retrieve("c")
