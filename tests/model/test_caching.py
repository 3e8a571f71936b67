"""What is found of earlier prompts, by whom, and for how long."""

import itertools
import signal
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from antiphon.engine.llama.disk_cache import MAGIC, SIZE, read_header
from tests.model.processes import Server, serve

numbers = itertools.count()
QUICK = ("--flash-attention", "off", "--cpu-layout", "file")
"""Nothing to find out at the start."""


def text_of(length: int = 60) -> str:
    """A text that no request has had before."""
    number = next(numbers)
    return " ".join(f"item {number} {place} of a list" for place in range(length // 6))


def ask(server: Server, *texts: str | dict[str, Any], **fields: Any) -> tuple[int, int, int]:
    """Prompt tokens, cached ones, and written ones. texts: the parts of one message."""
    parts = [{"type": "text", "text": text} if isinstance(text, str) else text for text in texts]
    body = {"model": "smollm2", "messages": [{"role": "user", "content": parts}], "max_tokens": 2, "temperature": 0}
    answer = httpx.post(f"{server.url}/v1/chat/completions", json={**body, **fields}, timeout=60)
    assert answer.status_code == 200, answer.text
    assert "antiphon-ignored" not in answer.headers
    usage = answer.json()["usage"]
    details = usage["prompt_tokens_details"]
    return usage["prompt_tokens"], details["cached_tokens"], details["cache_write_tokens"]


def marked(text: str) -> dict[str, Any]:
    """A part that ends a prefix to keep."""
    return {"type": "text", "text": text, "prompt_cache_breakpoint": {"mode": "explicit"}}


def begins(server: Server) -> int:
    """Tokens that all prompts of this model begin with."""
    ask(server, text_of())
    return ask(server, text_of())[1]


def test_the_same_again(server: Server) -> None:
    """All but the last two tokens had been computed, and only these are written anew; n choices count a prompt once."""
    text = text_of()
    total, cached, written = ask(server, text)
    assert written == total - cached
    assert ask(server, text) == (total, total - 2, 2)
    assert ask(server, text, n=3) == (total, total - 2, 2)


def test_the_same_answer_again(folder: Path) -> None:
    """To the last bit of its probabilities, though the first one computed its prompt and the second one found it."""
    with serve(folder, *QUICK, "--no-draft") as server:
        for number in range(20):
            question = [{"role": "user", "content": f"{text_of(6 * number)} What is on this list?"}]
            body = {"model": "smollm2", "messages": question, "max_tokens": 24, "temperature": 0, "logprobs": True}
            first, second = (httpx.post(f"{server.url}/v1/chat/completions", json=body, timeout=60) for _ in range(2))
            assert second.json()["usage"]["prompt_tokens_details"]["cached_tokens"] > 0
            assert second.json()["choices"] == first.json()["choices"]


def test_keys_are_apart(server: Server) -> None:
    """A group shares with itself; neither with others nor with requests that name none."""
    text = text_of()
    total, *_ = ask(server, text, prompt_cache_key="a")
    assert ask(server, text, prompt_cache_key="a")[1] == total - 2
    assert ask(server, text, prompt_cache_key="b")[1] == 0
    assert ask(server, text)[1] < 40


def test_explicit_mode(server: Server) -> None:
    """Without a breakpoint nothing is read or written; with one that and no more, in any number of parts."""
    explicit = {"prompt_cache_options": {"mode": "explicit", "ttl": "30m"}}
    text, tail = text_of(), text_of()
    total, cached, written = ask(server, text, **explicit)
    assert (cached, written) == (0, 0)
    assert ask(server, text, **explicit) == (total, 0, 0)
    assert ask(server, text)[1] < 40, "nothing of it was for others"
    text = text_of()
    _, cached, written = ask(server, marked(text), tail, **explicit)
    assert 0 < written < ask(server, marked(text), tail, **explicit)[0]
    _, again, nothing = ask(server, marked(text), text_of(), **explicit)
    assert (again, nothing) == (written + cached, 0)


def test_breakpoints_in_implicit_mode(server: Server) -> None:
    """They are allowed, and the whole prompt is kept all the same."""
    text = text_of()
    total, *_ = ask(server, marked(text), marked("Go on."), prompt_cache_options={"mode": "implicit"})
    assert ask(server, marked(text), marked("Go on."))[:2] == (total, total - 2)


@pytest.mark.parametrize(("fields", "param"), [
    ({"prompt_cache_options": {"ttl": "1h"}}, "prompt_cache_options.ttl"),
    ({"prompt_cache_options": {"mode": "none"}}, "prompt_cache_options.mode"),
    ({"prompt_cache_retention": "48h"}, "prompt_cache_retention"),
    ({"service_tier": "best"}, "service_tier"),
    ({"prediction": {"type": "content"}}, "prediction.content"),
    ({"messages": [{"role": "user", "content": [marked("x")] * 5}]}, "messages[0].content[4].prompt_cache_breakpoint"),
])  # fmt: skip
def test_what_is_refused(server: Server, fields: dict[str, Any], param: str) -> None:
    """An unknown lifetime, mode, retention or tier, and five breakpoints, are 400, which names them."""
    body = {"model": "smollm2", "messages": [{"role": "user", "content": "Hi"}], **fields}
    answer = httpx.post(f"{server.url}/v1/chat/completions", json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.fixture
def data(tmp_path: Path) -> str:
    """Where a server keeps what outlives it."""
    return str(tmp_path / "data")


def test_a_day_on_disk(folder: Path, data: str) -> None:
    """With 24h a prompt is found after a restart, also after kill -9; with in_memory it is not."""
    kept, lost = text_of(300), text_of(300)
    with serve(folder, "--data-dir", data, *QUICK) as server:
        total, *_ = ask(server, kept, prompt_cache_retention="24h", prompt_cache_key="k")
        ask(server, lost, prompt_cache_retention="in_memory")
    server = Server(folder, "--data-dir", data, *QUICK)
    try:
        server.wait_until_ready()
        assert ask(server, kept, prompt_cache_key="k")[:2] == (total, total - 2)
        assert ask(server, kept)[1] == 0 and ask(server, lost)[1] < 40
        ask(server, text_of(300), prompt_cache_retention="24h")
        server.process.send_signal(signal.SIGKILL)
    finally:
        server.kill()
    with serve(folder, "--data-dir", data, *QUICK) as server:
        assert ask(server, kept, prompt_cache_key="k")[:2] == (total, total - 2)


def test_broken_files_on_disk(folder: Path, data: str) -> None:
    """They are computed again, removed, and cost nobody an answer."""
    text = text_of(300)
    with serve(folder, "--data-dir", data, *QUICK) as server:
        total, *_ = ask(server, text, prompt_cache_retention="24h")
    [file] = (Path(data) / "prompts").rglob("*.kv")
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 255
    file.write_bytes(damaged)
    foreign = file.with_name("foreign.kv")
    foreign.write_bytes(b"something else")
    with serve(folder, "--data-dir", data, *QUICK) as server:
        assert not foreign.exists()
        assert ask(server, text)[:2] == (total, 0)
        assert not file.exists()
        assert ask(server, text)[:2] == (total, total - 2)


def test_whole_files_that_do_not_fit(folder: Path, data: str) -> None:
    """llama.cpp refuses them; they are computed again, and removed, however many requests want them at once."""
    text = text_of(300)
    with serve(folder, "--data-dir", data, *QUICK) as server:
        total, *_ = ask(server, text, prompt_cache_retention="24h")
    [file] = (Path(data) / "prompts").rglob("*.kv")
    write_shortened(file)
    with serve(folder, "--data-dir", data, *QUICK) as server:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: ask(server, text), range(4)))
        assert {answer[0] for answer in answers} == {total}
        assert not file.exists()


def write_shortened(file: Path) -> None:
    """Make a file whole again whose state lacks its second half."""
    with file.open("rb") as opened:
        header = read_header(opened.read)
        state = opened.read()[: file.stat().st_size // 2]
    assert header
    changed = msgspec.structs.replace(header, num_bytes=len(state), checksum=zlib.crc32(state))
    data = msgspec.msgpack.encode(changed)
    file.write_bytes(MAGIC + SIZE.pack(len(data)) + data + state)


def test_other_settings(folder: Path, data: str) -> None:
    """A server with other slots or contexts computes by itself, and leaves the files to whom they fit."""
    text = text_of(300)
    with serve(folder, "--data-dir", data, *QUICK) as server:
        total, *_ = ask(server, text, prompt_cache_retention="24h")
    for other in (("--parallel", "1"), ("--context", "4096")):
        with serve(folder, "--data-dir", data, *QUICK, *other) as server:
            assert ask(server, text)[:2] == (total, 0)
    with serve(folder, "--data-dir", data, *QUICK) as server:
        assert ask(server, text)[:2] == (total, total - 2)


def test_no_room_on_disk(folder: Path, data: str) -> None:
    """With no bytes allowed nothing is written, and the answer says so."""
    with serve(folder, "--data-dir", data, *QUICK, "--disk-cache-bytes", "0") as server:
        body = {"model": "smollm2", "messages": [{"role": "user", "content": text_of(300)}], "max_tokens": 1}
        answer = httpx.post(
            f"{server.url}/v1/chat/completions", json={**body, "prompt_cache_retention": "24h"}, timeout=60
        )
    assert answer.headers["antiphon-ignored"] == "prompt_cache_retention"
    assert not (Path(data) / "prompts").exists()
