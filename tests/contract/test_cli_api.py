"""The operations as commands: everything the specification's command line has, against a server and against none."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from antiphon.cli.api.values import read_value
from antiphon.cli.main import cli
from tests.contract.live import body, free_port, script
from tests.contract.recorder import record, respond
from tests.contract.test_cli_keys import antiphon

CREATE, LIST = ("chat:completions", "create"), ("chat:completions", "list")
COMPLETION = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [], "new_field": {"a": 1}}
USER = "{role: user, content: Hello there}"


class Ended(NamedTuple):
    """A command that was run here, not as a process."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """What it showed."""
        assert self.status == 0, self.err
        return json.loads(self.out)


Run = Callable[..., Ended]


def run_at(url: str, *arguments: str) -> Ended:
    """Without anything on standard input."""
    ended = CliRunner().invoke(cli, [*arguments, "--base-url", url])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


@pytest.fixture
def run(url: str) -> Run:
    """A command that speaks to the common server."""
    return lambda *arguments: run_at(f"{url}/v1", *arguments)


def test_the_examples_of_the_specification(run: Run) -> None:
    """Each runs as it is printed there, but for the id, which is that of a completion that exists."""
    key = ("--api-key", "My API Key")
    created = run(
        *CREATE, *key, "--message", "{content: string, role: developer}", "--model", "gpt-5.4", "--store"
    ).json()
    assert created["object"] == "chat.completion" and created["choices"][0]["finish_reason"] == "stop"
    completion_id = created["id"]
    listed = run(*LIST, *key, "--format", "jsonl")
    assert completion_id in [json.loads(line)["id"] for line in listed.out.splitlines()]
    named = ("--completion-id", completion_id)
    assert run("chat:completions", "retrieve", *key, *named).json()["id"] == completion_id
    updated = run("chat:completions", "update", *key, *named, "--metadata", "{foo: string}").json()
    assert updated["metadata"] == {"foo": "string"}
    message = run("chat:completions:messages", "list", *key, *named).json()
    assert (message["role"], message["content"]) == ("developer", "string")
    deleted = run("chat:completions", "delete", *key, *named).json()
    assert deleted == {"id": completion_id, "object": "chat.completion.deleted", "deleted": True}


@pytest.mark.parametrize(("arguments", "sent"), [
    (("--message", "{content: string, role: developer}", "--model", "m"),
     {"messages": [{"content": "string", "role": "developer"}], "model": "m"}),
    (("--stop", '"\\n"', "--modality", "[text]", "--logprobs=true", "--logit-bias", "{50256: -100}"),
     {"stop": "\n", "modalities": ["text"], "logprobs": True, "logit_bias": {"50256": -100}}),
    (("--audio.voice", "alloy", "--function.name", "f", "--moderation.model", "m", "--prediction.content", "p"),
     {"audio": {"voice": "alloy"}, "functions": [{"name": "f"}], "moderation": {"model": "m"},
      "prediction": {"content": "p"}}),
    (("--stream-options.include-usage", "--store", "--stream=false"),
     {"stream_options": {"include_usage": True}, "store": True, "stream": False}),
    (("--n", "three", "--temperature", "{}", "--service-tier", "no such tier"),
     {"n": "three", "temperature": {}, "service_tier": "no such tier"}),
    (("--prompt-cache-options.ttl=30m", "--web-search-options.search-context-size", "low"),
     {"prompt_cache_options": {"ttl": "30m"}, "web_search_options": {"search_context_size": "low"}}),
    ((), {}),
])  # fmt: skip
def test_what_is_sent(arguments: tuple[str, ...], sent: dict[str, Any]) -> None:
    """Exactly what is said: judging it is the server's work."""
    with record(respond(COMPLETION)) as server:
        assert run_at(server.url, *CREATE, *arguments).json() == COMPLETION
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("POST", "/v1/chat/completions", sent)


def test_who_asks() -> None:
    """Key, organization and project go with every request, and what is left out does not."""
    flags = ("--api-key", "sk-secret", "--organization", "org-1", "--project", "proj-1")
    with record(respond(COMPLETION)) as server:
        run_at(server.url, "chat:completions", "retrieve", "a/b", *flags)
        run_at(server.url, "chat:completions", "delete", "c")
    first, second = server.requests
    assert (first.method, first.path, first.body) == ("GET", "/v1/chat/completions/a%2Fb", None)
    names = ("authorization", "openai-organization", "openai-project")
    assert [first.headers.get(name) for name in names] == ["Bearer sk-secret", "org-1", "proj-1"]
    assert (second.method, [second.headers.get(name) for name in names]) == ("DELETE", [None] * 3)


def test_lists_are_asked_for_page_by_page() -> None:
    """All pages, or as many items as are wanted; what narrows the list goes with each."""
    pages = [
        {"object": "list", "data": [{"id": "a"}, {"id": "b"}], "last_id": "b", "has_more": True},
        {"object": "list", "data": [{"id": "c"}], "last_id": "c", "has_more": False},
    ]
    flags = ("--metadata", "{a b: 'c&d'}", "--limit", "2", "--order", "desc", "--transform", "id", "-r")
    with record(*map(respond, pages)) as server:
        assert run_at(server.url, *LIST, *flags).out == "a\nb\nc\n"
    query = "limit=2&order=desc&metadata%5Ba%20b%5D=c%26d"
    assert sorted(server.requests[0].path.partition("?")[2].replace("+", "%20").split("&")) == sorted(query.split("&"))
    assert "after=b" in server.requests[1].path and "limit=2" in server.requests[1].path
    with record(*map(respond, pages)) as server:
        assert run_at(server.url, *LIST, "--max-items", "1", "--transform", "id").out == '"a"\n'
        assert run_at(server.url, *LIST, "--max-items", "0").out == ""
    assert len(server.requests) == 1
    with record(*map(respond, pages)) as server:
        assert json.loads(run_at(server.url, *LIST, "--format", "raw").out) == pages[0]
    with record(respond(pages[1])) as server:
        assert run_at(server.url, "chat:completions:messages", "list", "x", "--after", "y").status == 0
    assert server.requests[0].path == "/v1/chat/completions/x/messages?after=y"


def test_a_stream(run: Run) -> None:
    """Chunks as they come, with usage where it is asked for."""
    flags = ("--model", "smollm2", "--message", USER, "--format", "jsonl", "--stream", "--stream-options.include-usage")
    chunks = [json.loads(line) for line in run(*CREATE, *flags).out.splitlines()]
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])
    assert text == "Hello there" and chunks[-1]["usage"]["total_tokens"] > 0
    said = run(*CREATE, *flags[:4], "--stream", "--transform", "choices.0.delta.content", "-r")
    assert "".join(said.out.splitlines()) == "Hello there"


def test_standard_input(url: str, tmp_path: Path) -> None:
    """A whole request, in YAML or JSON, which flags override; files are put in."""
    (tmp_path / "said.txt").write_text("From a file")
    request = f'messages:\n- {{role: user, content: "@{tmp_path}/said.txt"}}\nmodel: none\nmax_tokens: 50\n'
    flags = ("--base-url", f"{url}/v1", "--model", "smollm2", "--transform", "choices.0.message.content")
    ended = antiphon(*CREATE, *flags, given=request.encode())
    assert (ended.returncode, json.loads(ended.stdout)) == (0, "From a file")
    ended = antiphon(*CREATE, *flags, "--message", USER, given=json.dumps(body()).encode())
    assert json.loads(ended.stdout) == "Hello there"
    ended = antiphon(*CREATE, *flags, given=json.dumps(body(f"@{tmp_path}/said.txt")).encode())
    assert json.loads(ended.stdout) == f"@{tmp_path}/said.txt", "what others said reads no files"


def test_an_update_leaves_standard_input_alone() -> None:
    """Which may be a loop's; without metadata it is the request."""
    with record(respond(COMPLETION)) as server:
        update = ("chat:completions", "update", "c", "--base-url", server.url)
        assert antiphon(*update, "--metadata", "{a: b}", given=b"not a request").returncode == 0
        assert antiphon(*update, given=b"{metadata: {c: d}}").returncode == 0
    assert [request.body for request in server.requests] == [{"metadata": {"a": "b"}}, {"metadata": {"c": "d"}}]


def test_closed_outputs() -> None:
    """Nobody reads errors and answers: what is asked for is done all the same, and no traceback is written."""
    with record(respond(COMPLETION)) as server:
        command = f"{sys.executable} -m antiphon chat:completions retrieve c --debug --base-url {server.url}"
        for outputs in (">&-", "2>&-", ">&- 2>&-"):
            ended = subprocess.run(["sh", "-c", f"{command} {outputs} </dev/null"], capture_output=True, check=False)
            assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False), outputs
    assert len(server.requests) == 3


def test_an_image_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where an address belongs becomes a data URL."""
    monkeypatch.chdir(tmp_path)
    Path("photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    message = '{role: user, content: [{type: image_url, image_url: {url: "@photo.png"}}]}'
    with record(respond(COMPLETION)) as server:
        run_at(server.url, *CREATE, "--message", message)
    (part,) = server.requests[0].body["messages"][0]["content"]
    assert part["image_url"]["url"] == "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(("form", "read"), [
    ("json", json.loads), ("jsonl", json.loads), ("raw", json.loads), ("yaml", read_value), ("pretty", json.loads),
    ("auto", json.loads),
])  # fmt: skip
def test_forms(form: str, read: Callable[[str], Any]) -> None:
    """All say the same, what the client does not know of, too; piped, none is coloured."""
    with record(respond(COMPLETION)) as server:
        ended = run_at(server.url, "chat:completions", "retrieve", "c", "--format", form)
    assert read(ended.out) == COMPLETION
    assert "\x1b" not in ended.out and (form != "jsonl" or ended.out.count("\n") == 1)
    assert form != "raw" or ended.out == json.dumps(COMPLETION) + "\n"


def test_errors_are_the_servers_own(run: Run) -> None:
    """Status 1, with the error object on standard error, in the form that is wanted."""
    missing = ("chat:completions", "retrieve", "chatcmpl-none")
    ended = run(*missing)
    assert (ended.status, ended.out) == (1, "")
    assert json.loads(ended.err)["error"]["code"] == "completion_not_found"
    assert read_value(run(*missing, "--format-error", "yaml").err)["error"]["param"] == "completion_id"
    assert run(*missing, "--transform-error", "error.code", "-r").err == "completion_not_found\n"
    assert run(*CREATE, "--model", "smollm2").status == 1


def sentence_at(url: str, *arguments: str) -> str:
    """What a process says that failed."""
    ended = antiphon(*arguments, "--base-url", url)
    assert ended.returncode == 1, ended.stderr
    (line,) = ended.stderr.decode().splitlines()
    assert line.startswith("antiphon: ") and "Traceback" not in line
    return line


def test_no_server() -> None:
    """One sentence that says where it was looked for, and what to do."""
    url = f"http://127.0.0.1:{free_port()}/v1"
    told = sentence_at(url, *LIST)
    assert url in told and "Connection refused" in told and "antiphon serve" in told
    assert "'nothing' is no address" in sentence_at("nothing", *LIST)
    assert "API key" in sentence_at(url, *LIST, "--api-key", "a\nb")


def test_a_wrong_key(keyed_url: str) -> None:
    """The server's error, status 1."""
    ended = run_at(f"{keyed_url}/v1", *LIST, "--api-key", "wrong")
    assert ended.status == 1 and json.loads(ended.err)["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize(("answer", "told"), [
    (respond(b"<html>Welcome</html>", kind="text/html"), "is not JSON"),
    (respond([1]), "is not an object"),
    (respond(b"Bad gateway", "502 Bad Gateway", kind="text/html"), "status 502"),
    (respond(b'{"id": ', length=500), "without sending complete"),
    (b"", "No answer from"),
    (b"SSH-2.0-OpenSSH\r\n", "No answer from"),
])  # fmt: skip
def test_what_is_no_api(answer: bytes, told: str) -> None:
    """Whatever answers there, it is one sentence."""
    with record(answer) as server:
        assert told in sentence_at(server.url, "chat:completions", "retrieve", "c")


def test_a_stream_that_breaks_off() -> None:
    """What came is shown, then it is said; an error frame is the server's error."""
    chunk = b'data: {"id": "c", "choices": [{"index": 0, "delta": {"content": "Hel"}}]}\n\n'
    flags = (*CREATE, "--stream", "--format", "jsonl")
    with record(respond(chunk, kind="text/event-stream")) as server:
        ended = antiphon(*flags, "--base-url", server.url)
    assert (ended.returncode, ended.stdout.count(b"\n")) == (1, 1)
    assert b"ended before the answer did" in ended.stderr
    failed = chunk + b'data: {"error": {"message": "Out of order.", "code": "x"}}\n\n'
    with record(respond(failed, kind="text/event-stream")) as server:
        ended = antiphon(*flags, "--base-url", server.url)
    assert (ended.returncode, json.loads(ended.stderr)["error"]["code"]) == (1, "x")


@pytest.mark.parametrize(("arguments", "told"), [
    ((*CREATE, "--mesage", "x"), "--message"),
    (("chat:completion", "create"), "chat:completions"),
    (("chat:completions", "crate"), "create"),
    ((*CREATE, "--message", "{role: user"), "--message: not YAML or JSON"),
    ((*CREATE, "--message.content", "@nothing.txt"), "--message.content: cannot read 'nothing.txt'"),
    ((*CREATE, "--temperature", "1e999"), "--temperature: not YAML or JSON: the number 1e999 is too large"),
    ((*CREATE, "--metadata", "!!map [a]"), "--metadata: not YAML or JSON"),
    ((*CREATE, "--model"), "requires an argument"),
    ((*CREATE, "--format", "xml"), "'xml' is not one of"),
    ((*CREATE, "--format-error", "explore"), "'explore' is not one of"),
    ((*CREATE, "--transform", "a.#(b"), "--transform: "),
    ((*CREATE, "--transform-error", "a.#(b"), "--transform-error: "),
    ((*LIST, "--max-items", "-2"), "--max-items"),
    (("chat:completions", "retrieve"), "--completion-id ID"),
    (("chat:completions", "retrieve", ""), "--completion-id ID"),
    (("chat:completions", "retrieve", "a", "b"), "unexpected extra argument"),
    (("chat:completions:messages", "list"), "--completion-id ID"),
    (("chat:completions", "list", "--format", "explore"), "terminal"),
])  # fmt: skip
def test_mistakes_in_how_it_is_called(run: Run, arguments: tuple[str, ...], told: str) -> None:
    """Status 2, and what is near is named."""
    ended = CliRunner().invoke(cli, arguments)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert told in ended.stderr


def test_input_that_is_none() -> None:
    """Junk on standard input is a mistake in how it is called."""
    for junk, told in ((b"\xff\xfe", "UTF-8"), (b"[1]", "an object"), (b"{a", "YAML")):
        ended = antiphon(*CREATE, given=junk)
        assert ended.returncode == 2 and b"Standard input" in ended.stderr and told.encode() in ended.stderr


def test_debug_shows_no_key() -> None:
    """Requests and responses on standard error; the key is not there, wherever it came from."""
    with record(respond(COMPLETION)) as server:
        ended = run_at(server.url, *CREATE, "--model", "m", "--debug", "--api-key", "sk-secret")
    assert json.loads(ended.out) == COMPLETION
    assert "> authorization: ***" in ended.err and "sk-secret" not in ended.err
    assert '> {"model":"m"}' in ended.err and "< 200 OK" in ended.err and "new_field" in ended.err


def test_whoever_reads_may_leave(url: str) -> None:
    """A closed pipe ends it quietly."""
    asked = json.dumps(body(script(*["word "] * 1500)) | {"stream": True}).encode()
    command = [sys.executable, "-m", "antiphon", *CREATE, "--base-url", f"{url}/v1", "--format", "jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(asked)
        process.stdin.close()
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_on_a_terminal() -> None:
    """Coloured; what an answer says cannot steer the terminal, in no form."""
    hostile = {**COMPLETION, "text": "\x1b]0;owned\x07 \x9b31m \x7f", "flag": True}
    seen = {}
    for form, more in (("auto", ()), ("yaml", ()), ("raw", ()), ("json", ("--transform", "text", "-r"))):
        with record(
            respond(json.dumps(hostile, ensure_ascii=False).encode().replace(b"\\u001b", b"\\u001b"))
        ) as server:
            seen[form] = on_terminal(
                "chat:completions", "retrieve", "c", "--base-url", server.url, "--format", form, *more
            )
    assert "\x1b[" in seen["auto"]
    for form, text in seen.items():
        assert "owned" in text
        assert not {"\x1b]", "\x9b", "\x7f", "\x07"} & {text[i : i + n] for i in range(len(text)) for n in (1, 2)}, form
        assert form == "auto" or "\x1b" not in text


def on_terminal(*arguments: str) -> str:
    """What a person sees."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "antiphon", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}):
        os.close(theirs)
        seen = b""
        while piece := read_terminal(ours):
            seen += piece
    os.close(ours)
    return seen.decode()


def read_terminal(ours: int) -> bytes:
    """Nothing when it is over, of which Linux makes an error."""
    try:
        return os.read(ours, 65536)
    except OSError:
        return b""
