"""`antiphon keys` as a command beside a running server: who may come in, see what, and for how long."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from antiphon.store.keys import PREFIX
from tests.contract.kept import Asker
from tests.contract.live import COMPLETIONS, body, check_error, error_of, free_port, serve, wait_for
from tests.contract.test_cli import command, running

LIMIT_S = 30
AT_ONCE = 4
Ended = subprocess.CompletedProcess[bytes]


def antiphon(*arguments: str | bytes, given: bytes = b"") -> Ended:
    """What became of the command as a person starts it."""
    started = [sys.executable, "-m", "antiphon", *arguments]
    return subprocess.run(started, input=given, capture_output=True, timeout=LIMIT_S, check=False)


def succeed(*arguments: str | bytes, given: bytes = b"") -> Ended:
    """The same where it must end well."""
    ended = antiphon(*arguments, given=given)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended


def side_by_side(*work: Callable[[], Any]) -> list[Any]:
    """What these give, which run at the same time because processes take their time to start."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [running.result() for running in [threads.submit(one) for one in work]]


def sentence_of(ended: Ended) -> str:
    """The one line of stderr of a command that failed and wrote nothing else."""
    assert (ended.returncode, ended.stdout) == (1, b""), ended.stderr.decode()
    (line,) = ended.stderr.decode().splitlines()
    assert line.endswith(".") or "see: antiphon" in line
    return line


class Made(NamedTuple):
    """A key as `antiphon keys create` told of it."""

    text: str
    id: str


def make(folder: Path, *flags: str | bytes) -> Made:
    """A new key."""
    ended = succeed("keys", "create", "--data-dir", str(folder), *flags)
    (told,) = ended.stderr.decode().splitlines()
    return Made(ended.stdout.decode().removesuffix("\n"), told.split()[0])


def revoke(folder: Path, made: Made) -> None:
    """From now on it is none."""
    ended = succeed("keys", "revoke", made.id, "--data-dir", str(folder))
    assert (ended.stdout, ended.stderr.decode()) == (b"", f"{made.id} is revoked.\n")


def ask(url: str, key: str | None = None) -> int:
    """The status of a question that needs a key when there are any."""
    return httpx.get(f"{url}/v1/models", headers={"authorization": f"Bearer {key}"} if key else {}).status_code


def test_a_first_key_closes_a_running_server_and_revoking_opens_nothing(tmp_path: Path) -> None:
    """A running server asks for a key soon after the first is made, and takes it at once; it keeps what was stored
    before for the project `default`. A revoked key is none soon after, and nobody comes in without one ever again.
    """
    with serve(data_dir=tmp_path) as url:
        before = httpx.post(url + COMPLETIONS, json=body(store=True)).json()["id"]
        assert ask(url) == ask(url, "whatever") == 200
        made = make(tmp_path)
        wait_for(lambda: ask(url) == 401)
        assert (ask(url, made.text), ask(url, made.text[:-1]), ask(url, f"{made.text}x")) == (200, 401, 401)
        assert httpx.get(f"{url}/health").status_code == 200
        with ExitStack() as stack:
            assert Asker(url, made.text, stack).ids() == [before]
        revoke(tmp_path, made)
        wait_for(lambda: ask(url, made.text) == 401)
        refused = httpx.get(f"{url}/v1/models")
        assert (refused.status_code, error_of(refused)["code"]) == (401, "invalid_api_key")
    with serve(data_dir=tmp_path) as url:
        assert (ask(url), ask(url, made.text)) == (401, 401)


def test_a_key_is_told_once(tmp_path: Path) -> None:
    """The key goes to stdout alone, and what people want to know of it to stderr. It stands nowhere in the database,
    also while a server has it open.
    """
    with serve(data_dir=tmp_path) as url:
        flags = ("--project", "team", "--name", "é 👩‍👧", "--scope", "stored:read", "--scope", "chat")
        ended = succeed("keys", "create", "--data-dir", str(tmp_path), *flags)
        key = ended.stdout.decode().removesuffix("\n")
        assert re.fullmatch(rf"{PREFIX}[A-Za-z0-9_-]{{43,}}", key)
        told = ended.stderr.decode()
        assert re.match(r"key_[0-9a-f]{16} of project 'team', for chat, stored:read\.", told)
        wait_for(lambda: ask(url) == 401)
        assert ask(url, key) == 200
        kept = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    secret = key.removeprefix(PREFIX)[:-4]
    assert {"antiphon.db", "antiphon.db-wal"} <= set(kept)
    assert any(told.split()[0].encode() in content for content in kept.values())
    assert not any(secret.encode() in content for content in (*kept.values(), ended.stderr))


PEOPLE: dict[str, tuple[str, ...]] = {
    # who, and what their key is made with
    "usual": ("--project", "a"),
    "other": ("--project", "b"),
    "chat": ("--project", "a", "--scope", "chat"),
    "stored:read": ("--project", "a", "--scope", "stored:read"),
    "stored:write": ("--project", "a", "--scope", "stored:write"),
    "admin": ("--project", "a", "--scope", "admin"),
}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Asker]]:
    """Who asks a server that also has keys of its settings: `given`, and `of a` whose project is `a`."""
    folder = tmp_path_factory.mktemp("keys")
    with serve(data_dir=folder, api_key=["given", "a:of a"]) as url, ExitStack() as stack:
        made = side_by_side(*(partial(make, folder, *flags) for flags in PEOPLE.values()))
        wait_for(lambda: all(ask(url, key.text) != 401 for key in made))
        keys = {name: key.text for name, key in zip(PEOPLE, made, strict=True)}
        keys |= {"given": "given", "of a": "of a", "wrong": "wrong"}
        yield {name: Asker(url, key, stack) for name, key in keys.items()}


@pytest.fixture
def kept(people: dict[str, Asker]) -> str:
    """The id of the one completion that there is; it is the project `a`'s."""
    for name in ("admin", "other", "given"):
        people[name].clear()
    return people["admin"].store("Hello", metadata={"a": "b"})


OPERATIONS: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "create": ("POST", COMPLETIONS, body()),
    "stream": ("POST", COMPLETIONS, body(stream=True)),
    "create and store": ("POST", COMPLETIONS, body(store=True)),
    "list models": ("GET", "/v1/models", None),
    "retrieve a model": ("GET", "/v1/models/smollm2", None),
    "list": ("GET", COMPLETIONS, None),
    "retrieve": ("GET", f"{COMPLETIONS}/KEPT", None),
    "messages": ("GET", f"{COMPLETIONS}/KEPT/messages", None),
    "update": ("POST", f"{COMPLETIONS}/KEPT", {"metadata": {}}),
    "delete": ("DELETE", f"{COMPLETIONS}/KEPT", None),
}
CHAT = {"create", "stream", "create and store", "list models", "retrieve a model"}
READ = {"list", "retrieve", "messages"}
WRITE = {"update", "delete"}
MAY: dict[str, set[str]] = {
    "usual": CHAT | READ | WRITE,
    "admin": CHAT | READ | WRITE,
    "given": CHAT | READ | WRITE,
    "chat": CHAT,
    "stored:read": READ,
    "stored:write": WRITE,
}


def do(asker: Asker, operation: str, kept: str) -> httpx.Response:
    """One of the operations, on this completion."""
    method, path, sent = OPERATIONS[operation]
    return asker.http.request(method, path.replace("KEPT", kept), json=sent)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("who", MAY)
def test_scopes(who: str, operation: str, people: dict[str, Asker], kept: str) -> None:
    """What a key is not for is 403 `missing_scope`, which names what it needs, whether or not there is such a
    completion; all else happens, and others' completions are not there.
    """
    answers = [do(people[who], operation, name) for name in (kept, "chatcmpl-none")]
    if operation not in MAY[who]:
        needed = "chat" if operation in CHAT else "stored:read" if operation in READ else "stored:write"
        for answer in answers:
            assert (answer.status_code, error_of(answer)["code"]) == (403, "missing_scope")
            assert f"'{needed}'" in error_of(answer)["message"]
        assert people["admin"].ids() == [kept]
        return
    there = who != "given" or operation in {*CHAT, "list"}
    named = "KEPT" in OPERATIONS[operation][1]
    assert [answer.status_code for answer in answers] == [200 if there else 404, 404 if named else 200]


@pytest.mark.parametrize("who", [*MAY, "wrong"])
def test_health_asks_nobody(who: str, people: dict[str, Asker]) -> None:
    """`/health` is answered whatever the key is for, and whether it is one."""
    assert people[who].http.get("/health").status_code == 200


def test_a_project_sees_its_own(people: dict[str, Asker], kept: str) -> None:
    """Keys of one project see the same completions, however they were made; those of another see theirs."""
    theirs = people["other"].store("Goodbye")
    alone = people["given"].store("Alone")
    for name in ("usual", "admin", "stored:read", "of a"):
        assert people[name].ids() == [kept]
    assert (people["other"].ids(), people["given"].ids()) == ([theirs], [alone])
    for name, other in (("usual", theirs), ("of a", theirs), ("other", kept), ("given", kept), ("usual", alone)):
        for operation in ("retrieve", "messages", "update", "delete"):
            refused = do(people[name], operation, other)
            assert (refused.status_code, error_of(refused)["code"]) == (404, "completion_not_found")
    assert do(people["stored:write"], "delete", kept).status_code == 200
    assert people["of a"].ids() == [] and people["other"].ids() == [theirs]


def test_keys_of_both_kinds_side_by_side(people: dict[str, Asker]) -> None:
    """Where `--api-key` gives keys, those of the database count too; a wrong one never does."""
    statuses = {name: asker.http.post(COMPLETIONS, json=body()).status_code for name, asker in people.items()}
    assert {name for name, status in statuses.items() if status == 200} == {
        "usual", "other", "chat", "admin", "given", "of a",
    }  # fmt: skip
    assert statuses["wrong"] == 401


LISTED: dict[str, tuple[str, ...]] = {
    "marked": ("--project", "team", "--name", "[/] [bold]x[/bold] :smile:", "--scope", "admin"),
    "long": ("--project", "p" * 64, "--name", "a name of many words " * 10),
    "gone": ("--name", "gone", "--scope", "stored:read"),
}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Made]]:
    """A folder with keys, of which one is revoked."""
    folder = tmp_path_factory.mktemp("listed")
    made = side_by_side(*(partial(make, folder, *flags) for flags in LISTED.values()))
    revoke(folder, made[-1])
    return folder, dict(zip(LISTED, made, strict=True))


def test_the_list(listed: tuple[Path, dict[str, Made]]) -> None:
    """`keys list` shows every key with its id, project, name, end, scopes, and since when it is none, and never the
    key. What people wrote stands there as they wrote it, and an id can be copied whatever stands beside it.
    """
    folder, made = listed
    ended = succeed("keys", "list", "--data-dir", str(folder))
    shown = ended.stdout.decode()
    lines = {name: next(line for line in shown.splitlines() if key.id in line) for name, key in made.items()}
    for name, key in made.items():
        assert key.text[-4:] in lines[name] and key.text.removeprefix(PREFIX)[:-4] not in shown
        assert len(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", lines[name])) == (2 if name == "gone" else 1)
    assert all(word in lines["marked"] for word in ("team", "[/] [bold]x[/bold] :smile:", "admin"))
    assert "chat stored:read stored:write" in lines["long"]
    assert "gone" in lines["gone"] and "stored:read" in lines["gone"]
    assert ended.stderr == b""


def test_revoking_what_is_none(listed: tuple[Path, dict[str, Made]]) -> None:
    """An id that nobody has, or whose key was revoked before, is an error in one sentence."""
    folder, made = listed
    names = (made["gone"].id, made["long"].id.upper())
    started = [partial(antiphon, "keys", "revoke", name, "--data-dir", str(folder)) for name in names]
    for name, ended in zip(names, side_by_side(*started), strict=True):
        assert f"There is no key '{name}' that could be revoked" in sentence_of(ended)


MISTAKES: dict[str, tuple[tuple[str | bytes, ...], str]] = {
    "a project with a space": (("create", "--project", "a b"), "--project"),
    "a scope that is none": (("create", "--scope", "everything"), "--scope"),
    "no id": (("revoke",), "ID"),
}


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Ended, Path]]:
    """What became of each mistake, and the folder where it was made."""
    folders = {name: tmp_path_factory.mktemp("mistaken") for name in MISTAKES}
    here = {name: ("--data-dir", str(folder)) for name, folder in folders.items()}
    started = [partial(antiphon, "keys", *arguments, *here[name]) for name, (arguments, _) in MISTAKES.items()]
    return dict(zip(MISTAKES, zip(side_by_side(*started), folders.values(), strict=True), strict=True))


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str, mistaken: dict[str, tuple[Ended, Path]]) -> None:
    """Flags that mean nothing are told with the way to the help, and nothing is made."""
    ended, folder = mistaken[name]
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert MISTAKES[name][1] in ended.stderr.decode() and "--help" in ended.stderr.decode()
    assert not list(folder.iterdir())


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """Bytes of the command line that are no text are refused as a mistake."""
    ended = antiphon("keys", "create", "--name", b"\xff", "--data-dir", str(tmp_path))
    assert (ended.returncode, ended.stdout) == (2, b"") and b"--name" in ended.stderr


def test_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    """A database that cannot be opened is told in one sentence that names it."""
    (tmp_path / "antiphon.db").mkdir()
    sentence = sentence_of(antiphon("keys", "list", "--data-dir", str(tmp_path)))
    assert re.fullmatch(rf"antiphon: The database .*{tmp_path}/antiphon.db cannot be opened: .*", sentence)


def test_a_key_that_nobody_could_read_is_told(tmp_path: Path) -> None:
    """When the new key cannot be written, that is an error in one sentence."""
    started = [sys.executable, "-m", "antiphon", "keys", "create", "--data-dir", str(tmp_path)]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(started, stdout=full, stderr=subprocess.PIPE, timeout=LIMIT_S, check=False)
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr and b"No space left" in ended.stderr


def test_other_machines_are_served_where_a_key_is_kept(tmp_path: Path) -> None:
    """`serve --host 0.0.0.0` starts without `--api-key` when the database has a key, and asks for it; without any it
    is refused in one sentence, which says how to make one.
    """
    made = make(tmp_path / "keys")
    with running(tmp_path, "--host", "0.0.0.0", "--data-dir", str(tmp_path / "keys")) as (_, url):
        assert (ask(url), ask(url, made.text)) == (401, 200)
        refused = httpx.post(url + COMPLETIONS, json=body(), headers={"host": "antiphon.example"})
        assert check_error(refused.json())["code"] == "invalid_api_key"
    started = command("--host", "0.0.0.0", "--port", str(free_port()), "--data-dir", str(tmp_path / "none"))
    ended = subprocess.run(started, capture_output=True, timeout=LIMIT_S, check=False)
    sentence = sentence_of(ended)
    assert sentence.startswith("antiphon: --host 0.0.0.0 ")
    assert "--api-key" in sentence and "antiphon keys create" in sentence
