"""`antiphon serve` with an upstream as a process of its own: where its key comes from, and that it stays there."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body
from tests.contract.relayed import KEY
from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.chunks import role, said
from tests.contract.upstreams.faults import CloseEarly, Status, Stream
from tests.contract.upstreams.upstream import Upstream
from tests.model.processes import Server, serve

START_LIMIT_S = 60.0
FAULTS = (
    Status(400, {"error": {"message": f"Wrong key: {KEY}"}}),
    Status(401, {"error": {"message": f"Wrong key: {KEY}"}}),
    Status(500, f"Traceback: {KEY}"),
    CloseEarly(),
    Stream(role(), said("Hel"), {"error": {"message": f"Wrong key: {KEY}"}}),
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    """One that asks for a key."""
    with Upstream(key=KEY) as upstream:
        yield upstream


def check_keeps_its_key(server: Server, upstream: Upstream) -> None:
    """It answers, which it cannot without; and whatever goes wrong, its log has no key."""
    asked = body() | {"model": "m"}
    assert httpx.post(f"{server.url}{COMPLETIONS}", json=asked, timeout=30).status_code == 200
    for fault in FAULTS:
        upstream.behave(fault)
        for stream in (False, True):
            answer = httpx.post(f"{server.url}{COMPLETIONS}", json=asked | {"stream": stream}, timeout=30)
            assert KEY not in answer.text
    upstream.behave(Answer())
    told = server.log.read_text()
    assert KEY not in told and "Traceback" not in told and upstream.address in told


def test_a_key_by_flag(tmp_path: Path, upstream: Upstream) -> None:
    """`--upstream NAME.key=KEY`."""
    flags = ("--model", f"m={upstream.url}#upstream-model", "--upstream", f"m.key={KEY}")
    with serve(tmp_path, *flags, "--data-dir", str(tmp_path)) as server:
        check_keeps_its_key(server, upstream)


def test_a_key_by_environment(tmp_path: Path, upstream: Upstream) -> None:
    """ANTIPHON_UPSTREAM, so that no list of processes shows it."""
    environment = {"ANTIPHON_UPSTREAM": json.dumps({"m": {"key": KEY}})}
    flags = ("--model", f"m={upstream.url}#upstream-model", "--data-dir", str(tmp_path))
    with serve(tmp_path, *flags, environment=environment) as server:
        check_keeps_its_key(server, upstream)


def test_a_key_by_file(tmp_path: Path, upstream: Upstream) -> None:
    """antiphon.toml, with several addresses for the name."""
    (tmp_path / "antiphon.toml").write_text(
        f'data_dir = "{tmp_path}"\n[model]\nm = ["{upstream.url}#upstream-model", "http://127.0.0.1:1/v1"]\n'
        f'[upstream.m]\nkey = "{KEY}"\ntimeout = 5\n'
    )
    with serve(tmp_path) as server:
        check_keeps_its_key(server, upstream)


@pytest.mark.parametrize(
    "flags",
    [
        ("--model", f"m=http://user:{KEY}@127.0.0.1/v1"),
        ("--model", f"m=http://127.0.0.1/v1?key={KEY}"),
        ("--model", f"m=http://user:{KEY}@127.0.0.1:port/v1"),
        ("--model", f"m=http://user:{KEY}@[::1/v1"),
        ("--model", "m=http://127.0.0.1/v1", "--upstream", f"m.key={KEY}\n"),
        ("--model", "m=http://127.0.0.1/v1", "--upstream", f"m.headers.X={KEY}\r\nY: 1"),
        ("--model", "m=http://127.0.0.1/v1", "--upstream", f"m.keys={KEY}"),
        ("--model", "m=http://127.0.0.1/v1", "--upstream", f"other.key={KEY}"),
        ("--model", "m=http://127.0.0.1/v1", "--upstream", f"{KEY}"),
    ],
)
def test_a_start_that_cannot_be_does_not_show_the_key(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """One sentence says what is wrong, without what is secret in it."""
    server = Server(tmp_path, *flags, "--data-dir", str(tmp_path))
    try:
        assert server.process.wait(START_LIMIT_S) in (1, 2)
    finally:
        server.kill()
    told = server.log.read_text()
    assert KEY not in told and "Traceback" not in told and told.strip()
