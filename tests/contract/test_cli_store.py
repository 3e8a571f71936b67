"""`antiphon store` as a command: what is kept can be counted, taken elsewhere and brought back, exactly."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from antiphon.cli.main import cli
from antiphon.store.inputs import LONGEST_INLINE
from tests.contract.kept import Asker
from tests.contract.live import COMPLETIONS, body, script, serve
from tests.contract.scripts import TOOLS, wanted
from tests.contract.test_cli_keys import LIMIT_S, Ended, antiphon, side_by_side, succeed
from tests.postgres import Postgres
from tests.shown import document, picture, recording
from tests.unit.completion.test_exchange import BAD, Line
from tests.unit.schema.request.cases.base import call, custom_call

KEYS = ["a:key-a", "b:key-b", "c:key-c"]
MODELS = {"smollm2": "a", "second": "b"}
Flags = tuple[str, ...]

IMAGE = picture(5000)
PARTS: list[Any] = [
    {"type": "text", "text": "Look \0 here", "prompt_cache_breakpoint": {"mode": "explicit"}},
    {"type": "image_url", "image_url": {"url": IMAGE, "detail": "low"}},
    {"type": "image_url", "image_url": {"url": picture(5000, 2)}},
    {"type": "image_url", "image_url": {"url": picture()}},
    {"type": "input_audio", "input_audio": {"data": recording(6000), "format": "wav"}},
    {"type": "file", "file": {"file_data": document(50), "filename": "é.pdf"}},
]
PAST: list[Any] = [
    {"role": "developer", "content": [{"type": "text", "text": "Be kind."}], "name": "dev"},
    {"role": "user", "content": PARTS, "name": "Ann"},
    {"role": "assistant", "content": "I look.", "tool_calls": [call("c1", "time"), custom_call("c2", "calculate")]},
    {"role": "tool", "content": "12:00", "tool_call_id": "c1"},
    {"role": "tool", "content": [{"type": "text", "text": "2"}], "tool_call_id": "c2"},
    {"role": "assistant", "content": None, "refusal": "No.", "annotations": []},
    {"role": "assistant", "content": "Hm.", "reasoning": "Let me think."},
    {"role": "user", "content": '{"blob":"0"} is what I \\0 wrote', "name": None},
]
KEPT: list[tuple[str, dict[str, Any]]] = [
    # whose it is, and what was asked
    ("a", body("Hello", metadata={"job": "7", "stage": "x"})),
    (
        "a",
        body("Grüße 👩‍👩‍👧 \u2028\0", metadata={"job": "7", "": "", "a=b": "c=d", "\0é": "\0\\0"}, user="ann", seed=-5),
    ),
    ("a", body(messages=PAST, **TOOLS, parallel_tool_calls=True, metadata={"job": "8"})),
    ("a", wanted("everything at once")),
    ("a", wanted("choices") | {"model": "second", "metadata": {"job": "7"}}),
    ("a", wanted("a function's call")),
    ("a", wanted("likeliest tokens")),
    ("b", wanted("choices that call") | {"stream": True}),
    ("b", body(PARTS, metadata={"job": "7"}, temperature=0, service_tier="auto", response_format={"type": "text"})),
    ("b", body(script({"event": "refusal", "text": "No."}), tools=None, metadata=None, model="second")),
    ("c", body("x" * 5000, stop=["\0"], logit_bias={"1": -1.5}, prompt_cache_key="k")),
]


class Old(NamedTuple):
    """A running server that keeps all this. lines: what `export` writes. shown: what it shows over HTTP."""

    url: str
    flags: Flags
    lines: list[bytes]
    shown: dict[str, Any]

    @property
    def file(self) -> bytes:
        """All lines."""
        return b"".join(self.lines)

    def chosen(self, choose: Callable[[Line], bool]) -> bytes:
        """The lines of which this is true."""
        return b"".join(line for line in self.lines if choose(json.loads(line)))


@contextmanager
def asking(url: str) -> Iterator[dict[str, Asker]]:
    """Who asks a server: one of each project."""
    with ExitStack() as stack:
        yield {key.partition(":")[0]: Asker(url, key.partition(":")[2], stack) for key in KEYS}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    """A server on SQLite, filled over HTTP."""
    folder = tmp_path_factory.mktemp("old")
    with serve(data_dir=folder, model=MODELS, api_key=KEYS) as url:
        with asking(url) as askers:
            for project, request in KEPT:
                answer = askers[project].http.post(COMPLETIONS, json=request | {"store": True})
                assert answer.status_code == 200, answer.text
        flags = ("--data-dir", str(folder))
        exported = succeed("store", "export", *flags)
        assert exported.stderr.decode() == f"{len(KEPT)} exported.\n"
        yield Old(url, flags, exported.stdout.splitlines(keepends=True), show(url))


def show(url: str) -> dict[str, Any]:
    """All that a server shows of what it keeps: lists in pages, each completion, its messages in pages."""
    shown: dict[str, Any] = {}
    with asking(url) as askers:
        for project, asker in askers.items():
            shown[project] = pages(asker, COMPLETIONS)
            for one in [one for page in shown[project] for one in page["data"]]:
                place = f"{COMPLETIONS}/{one['id']}"
                shown[one["id"]] = [asker.http.get(place).json(), pages(asker, f"{place}/messages")]
    return shown


def pages(asker: Asker, path: str) -> list[Any]:
    """Every page of a list."""
    found: list[Any] = []
    after: dict[str, str] = {}
    while True:
        answer = asker.http.get(path, params={"limit": 3, **after})
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        if not found[-1]["has_more"]:
            return found
        after = {"after": found[-1]["last_id"]}


@pytest.fixture(params=["sqlite", "postgresql"])
def new(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Flags, dict[str, Any]]:
    """An empty database on each of those there are, as the command is told of it and as the server is."""
    if request.param == "sqlite":
        return ("--data-dir", str(tmp_path)), {"data_dir": tmp_path}
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create_database()
    return ("--database-url", url), {"database_url": url}


def told(added: int, there: int) -> bytes:
    """What `import` says."""
    return f"{added:,} imported, {there:,} were there already.\n".encode()


def test_lines_are_what_was_stored(old: Old) -> None:
    """An exported line has the completion with the request and its messages as they were sent; large inputs too."""
    lines = [json.loads(line) for line in old.lines]
    assert [line["project"] for line in lines] == [project for project, _ in KEPT]
    for line, (_, request) in zip(lines, KEPT, strict=True):
        asked = request | {"store": True}
        assert line["messages"] == asked.pop("messages")
        assert line["metadata"] == (asked.pop("metadata", None) or {})
        assert {name: line["request"][name] for name in asked} == asked
        assert (line["id"], line["model"]) == (line["completion"]["id"], request["model"])


def test_there_and_again(old: Old, new: tuple[Flags, dict[str, Any]], tmp_path: Path) -> None:
    """What was exported and imported elsewhere is exported byte for byte as before, and a server there shows exactly
    what the old one shows. Importing it twice changes nothing. The same between SQLite and PostgreSQL.
    """
    flags, settings = new
    file = tmp_path / "lines"
    file.write_bytes(old.file)
    first = succeed("store", "import", str(file), *flags)
    assert (first.stdout, first.stderr) == (b"", told(len(KEPT), 0))
    again = succeed("store", "import", *flags, given=old.file)
    assert (again.stdout, again.stderr) == (b"", told(0, len(KEPT)))
    assert succeed("store", "export", "-", *flags).stdout == old.file
    with serve(**settings, model=MODELS, api_key=KEYS) as url:
        assert show(url) == old.shown


def test_from_postgresql_by_a_pipe(old: Old, postgres: Postgres, tmp_path: Path) -> None:
    """What PostgreSQL keeps can be piped into SQLite, which then exports what was exported first."""
    there = ("--database-url", postgres.create_database())
    back = ("--data-dir", str(tmp_path))
    succeed("store", "import", "-", *there, given=old.file)
    exporting = subprocess.Popen(
        [sys.executable, "-m", "antiphon", "store", "export", *there], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with exporting:
        piped = [sys.executable, "-m", "antiphon", "store", "import", *back]
        ended = subprocess.run(piped, stdin=exporting.stdout, capture_output=True, timeout=LIMIT_S, check=True)
    assert (exporting.returncode, ended.stderr) == (0, told(len(KEPT), 0))
    file = tmp_path / "lines"
    written = succeed("store", "export", str(file), *back)
    assert (written.stdout, file.read_bytes()) == (b"", old.file)


def test_what_is_there_stays_as_it_is(old: Old, tmp_path: Path) -> None:
    """`--project` makes imported completions that project's. A later import brings back what was deleted since, and
    leaves alone what was changed.
    """
    given = old.chosen(lambda line: line["project"] == "a")
    lines = [json.loads(line) | {"project": "c"} for line in given.splitlines()]
    flags = ("--data-dir", str(tmp_path), "--project", "c")
    assert succeed("store", "import", *flags, given=given).stderr == told(len(lines), 0)
    with serve(data_dir=tmp_path, api_key=KEYS) as url, asking(url) as askers:
        assert [askers[name].ids() for name in "abc"] == [[], [], [line["id"] for line in lines]]
        changed, deleted = (f"{COMPLETIONS}/{line['id']}" for line in lines[:2])
        assert askers["c"].http.post(changed, json={"metadata": {"new": "é"}}).status_code == 200
        assert askers["c"].http.delete(deleted).status_code == 200
        assert succeed("store", "import", *flags, given=given).stderr == told(1, len(lines) - 1)
        lines[0]["metadata"] = {"new": "é"}
        exported = succeed("store", "export", "--data-dir", str(tmp_path)).stdout
        assert list(map(json.loads, exported.splitlines())) == lines
        assert [askers["c"].ids(**{f"metadata[{key}]": "7"}) for key in ("job", "new")] == [
            [line["id"] for line in lines[1:] if line["metadata"].get("job") == "7"], [],
        ]  # fmt: skip


def having(**pairs: str) -> Callable[[Line], bool]:
    """Lines with this metadata."""
    return lambda line: pairs.items() <= line["metadata"].items()


FILTERS: dict[str, tuple[Flags, Callable[[Line], bool]]] = {
    "a project": (("--project", "b"), lambda line: line["project"] == "b"),
    "metadata": (("--metadata", "job=7"), having(job="7")),
    "metadata twice": (("--metadata", "=", "--metadata", "job=7"), having(**{"": "", "job": "7"})),
    "all of it": (
        ("--project", "a", "--model", "second", "--metadata", "job=7"),
        lambda line: (line["project"], line["model"], line["metadata"].get("job")) == ("a", "second", "7"),
    ),
}


@pytest.fixture(scope="module")
def filtered(old: Old) -> dict[str, Ended]:
    """What each filter gives."""
    started = (partial(succeed, "store", "export", *flags, *old.flags) for flags, _ in FILTERS.values())
    return dict(zip(FILTERS, side_by_side(*started), strict=True))


@pytest.mark.parametrize("name", FILTERS)
def test_filters(name: str, filtered: dict[str, Ended], old: Old) -> None:
    """`--project`, `--model` and `--metadata` choose what is exported, in the order and form of all."""
    expected = old.chosen(FILTERS[name][1])
    assert expected and filtered[name].stdout == expected
    assert filtered[name].stderr.decode() == f"{len(expected.splitlines())} exported.\n"


def test_lines_for_training(old: Old, tmp_path: Path) -> None:
    """`--form training` writes a line for each choice: the input messages as they were sent, the assistant's answer
    last, with the tools that it could call, and nothing that fine-tuning does not know.
    """
    file = tmp_path / "training.jsonl"
    succeed("store", "export", str(file), "--form", "training", "--project", "a", *old.flags)
    lines = [json.loads(line) for line in file.read_text().split("\n")[:-1]]
    kept = [json.loads(line) for line in old.chosen(lambda line: line["project"] == "a").splitlines()]
    pairs = [(request, choice) for (_, request), one in zip(KEPT, kept, strict=False) for choice in choices(one)]
    assert len(lines) == len(pairs) > len(kept)
    for line, (request, choice) in zip(lines, pairs, strict=True):
        *asked, answer = line.pop("messages")
        assert asked == request["messages"]
        assert answer["role"] == "assistant" and set(answer) <= {
            "role", "content", "refusal", "tool_calls", "function_call",
        }  # fmt: skip
        assert {"content": None, "refusal": None, "annotations": []} | answer == choice["message"]
        assert line == {
            name: request[name] for name in ("tools", "functions", "parallel_tool_calls") if name in request
        }


def choices(line: Line) -> list[Any]:
    """The answers of a completion."""
    found: list[Any] = line["completion"]["choices"]
    return found


SPOILED = (
    "not JSON", "an unknown field", "an id other than the completion's", "no message", "17 pairs of metadata",
    "a reference in place of an image", "bytes that are no text", "a completion too deep to read",
)  # fmt: skip


@pytest.fixture(scope="module")
def spoiled(old: Old, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Ended, list[str]]]:
    """What became of a file with a bad line in its fourth place, and the ids that are kept now."""
    good = [old.lines[0], b"\n", old.lines[1]]
    folders = {name: tmp_path_factory.mktemp("spoiled") for name in SPOILED}
    files = {name: b"".join((*good, BAD[name][0](json.loads(old.lines[2])), b"\n", old.lines[3])) for name in SPOILED}
    started = (
        partial(antiphon, "store", "import", "--data-dir", str(folders[name]), given=files[name]) for name in SPOILED
    )
    ids = (read_ids(folders[name] / "antiphon.db") for name in SPOILED)
    return dict(zip(SPOILED, zip(side_by_side(*started), ids, strict=True), strict=True))


def read_ids(file: Path) -> list[str]:
    """The ids in a database."""
    connection = sqlite3.connect(file)
    ids = [name for (name,) in connection.execute("SELECT id FROM completions ORDER BY created, id")]
    connection.close()
    return ids


@pytest.mark.parametrize("name", SPOILED)
def test_a_bad_line(name: str, spoiled: dict[str, tuple[Ended, list[str]]], old: Old) -> None:
    """A line that no export could have written ends the import in one sentence with the line's number; the lines
    before it are imported, those after it are not. All there is of bad lines: `tests/unit/completion/test_exchange.py`.
    """
    ended, ids = spoiled[name]
    assert (ended.returncode, ended.stdout) == (1, b"")
    (sentence,) = ended.stderr.decode().splitlines()
    assert sentence.startswith("Error: Line 4: ") and BAD[name][1] in sentence
    assert sentence.endswith(". The lines before it are imported.") and ".." not in sentence
    assert ids == [json.loads(line)["id"] for line in old.lines[:2]]


def test_nothing(tmp_path: Path) -> None:
    """Nothing can be imported and exported like something."""
    imported = succeed("store", "import", "--data-dir", str(tmp_path))
    assert (imported.stdout, imported.stderr) == (b"", told(0, 0))
    exported = succeed("store", "export", "--data-dir", str(tmp_path))
    assert (exported.stdout, exported.stderr) == (b"", b"0 exported.\n")


@pytest.mark.parametrize(("file", "few"), [("/dev/full", ("--metadata", "stage=x")), ("-", ())], ids=["little", "much"])
def test_a_disk_that_is_full(file: str, few: Flags, old: Old) -> None:
    """An export that could not be written whole, be it much or little, is an error and never counted as done."""
    started = [sys.executable, "-m", "antiphon", "store", "export", file, *few, *old.flags]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(started, stdout=full, stderr=subprocess.PIPE, timeout=LIMIT_S, check=False)
    assert ended.returncode == 1, ended.stderr.decode()
    assert b"Traceback" not in ended.stderr and b"No space left" in ended.stderr and b"exported." not in ended.stderr


def held_in(part: dict[str, Any]) -> dict[str, str]:
    """What of a part is so long that it is kept apart."""
    holder = part.get(part["type"], {})
    return {name: text for name, text in holder.items() if len(text) > LONGEST_INLINE} if part["type"] != "text" else {}


def test_stats(old: Old) -> None:
    """`stats` tells of each project how many completions it has, since when, and how large its large inputs are,
    each of which is kept once.
    """
    shown = succeed("store", "stats", *old.flags).stdout.decode()
    rows = {words[0]: words[1:] for line in shown.splitlines() if (words := line.split()) and words[0] in "abc"}
    assert {project: int(words[0]) for project, words in rows.items()} == {"a": 7, "b": 3, "c": 1}
    assert {project: int(words[5]) for project, words in rows.items()} == {"a": 4, "b": 4, "c": 0}
    sizes = {project: " ".join(words[6:]) for project, words in rows.items()}
    large = [next(iter(part.values())) for part in map(held_in, PARTS) if part]
    assert sizes["a"] == sizes["b"] == f"{sum(map(len, large)) / 1000:.1f} kB" and sizes["c"] == "0 bytes"
    assert all(words[2].endswith("Z") and words[1] <= words[3] for words in rows.values())
    assert "The database takes" in shown and "kB" in shown.splitlines()[-1]


MANY = 3000


@pytest.fixture(scope="module")
def many(old: Old, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A file of many lines of the project `a`, and their ids."""
    line = json.loads(old.lines[0])
    ids = [f"chatcmpl-{number:08}" for number in range(MANY)]
    lines = (line | {"id": name, "completion": line["completion"] | {"id": name}} for name in ids)
    file = tmp_path_factory.mktemp("many") / "lines"
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return file, ids


def start_import(file: Path, flags: Flags) -> subprocess.Popen[bytes]:
    """An import that goes on."""
    return subprocess.Popen(
        [sys.executable, "-m", "antiphon", "store", "import", str(file), *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def test_beside_a_server_that_stores(many: tuple[Path, list[str]], tmp_path: Path) -> None:
    """An import of many lines and a server that stores at the same time lose nothing on either side."""
    file, ids = many
    flags = ("--data-dir", str(tmp_path))
    stored: list[str] = []
    with serve(data_dir=tmp_path, api_key=KEYS) as url, asking(url) as askers:
        importing = start_import(file, flags)

        def store() -> None:
            while importing.poll() is None:
                stored.append(askers["a"].store("Meanwhile", metadata={"by": "the server"}))

        threads = [Thread(target=store) for _ in range(3)]
        for thread in threads:
            thread.start()
        said = importing.communicate(timeout=LIMIT_S)[1]
        for thread in threads:
            thread.join()
        assert (importing.returncode, said) == (0, told(MANY, 0))
        exported = succeed("store", "export", *flags).stdout
    assert len(stored) > 10
    kept = [json.loads(line)["id"] for line in exported.splitlines()]
    assert len(kept) == len(set(kept)) and set(kept) == {*ids, *stored}


def test_beside_a_server_that_deletes(tmp_path: Path) -> None:
    """What is deleted while an export is under way is left out of it, and all else is exported."""
    with serve(data_dir=tmp_path) as url, ExitStack() as stack:
        asker = Asker(url, "none", stack)
        looks = ({"type": "image_url", "image_url": {"url": picture(250_000, number)}} for number in range(3))
        first, second, third = [asker.store([PARTS[0], look]) for look in looks]
        exporting = subprocess.Popen(
            [sys.executable, "-m", "antiphon", "store", "export", "--data-dir", str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with exporting:
            assert exporting.stdout is not None and exporting.stderr is not None
            begun = exporting.stdout.read(1)  # lines are longer than a pipe, so it waits in the first for who reads
            assert asker.http.delete(f"{COMPLETIONS}/{third}").status_code == 200
            exported = begun + exporting.stdout.read()
            said = exporting.stderr.read()
    assert (exporting.returncode, said) == (0, b"2 exported.\n"), said.decode()
    assert [json.loads(line)["id"] for line in exported.splitlines()] == [first, second]


def test_two_imports_of_the_same(many: tuple[Path, list[str]], tmp_path: Path) -> None:
    """Whoever imports the same file twice at the same time has each line once, and both are told so."""
    file, ids = many
    flags = ("--data-dir", str(tmp_path))
    with serve(data_dir=tmp_path):
        pass
    importing = [start_import(file, flags) for _ in range(2)]
    said = [process.communicate(timeout=LIMIT_S)[1].decode() for process in importing]
    assert [process.returncode for process in importing] == [0, 0], said
    added = [int(line.split()[0].replace(",", "")) for line in said]
    assert sum(added) == MANY
    assert read_ids(tmp_path / "antiphon.db") == ids


HELP: dict[Flags, tuple[str, ...]] = {
    (): ("keys", "serve", "store"),
    ("keys",): ("create", "list", "revoke", "project"),
    ("keys", "create"): ("--project", "--name", "--scope", "--data-dir", "--database-url", "only time", "hash"),
    ("keys", "list"): ("--data-dir", "--database-url", "revoked"),
    ("keys", "revoke"): ("ID", "keys list", "--data-dir", "--database-url"),
    ("store",): ("stats", "export", "import"),
    ("store", "stats"): ("Count", "--data-dir", "--database-url"),
    ("store", "export"): ("FILE", "--project", "--model", "--metadata KEY=VALUE", "--form", "training", "--data-dir"),
    ("store", "import"): ("FILE", "--project", "stays as it is", "--data-dir", "--database-url"),
}


@pytest.mark.parametrize("arguments", HELP, ids=" ".join)
def test_help(arguments: Flags) -> None:
    """`--help` of each command tells what it does and what it takes."""
    shown = CliRunner().invoke(cli, [*arguments, "--help"], catch_exceptions=False)
    assert shown.exit_code == 0
    text = " ".join(shown.output.split())
    assert all(word in text for word in HELP[arguments])
