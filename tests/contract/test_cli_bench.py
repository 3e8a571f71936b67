"""`antiphon bench` as a command: of a server of its own and of one that runs, what it tells and what it writes."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.contract.conftest import KEY
from tests.contract.live import serve, wait_for
from tests.model.processes import children_of, runs

LIMIT_S = 90
LENGTHS = ("100", "500", "1,000", "2,000", "4,000")
SVG = "{http://www.w3.org/2000/svg}"
Ended = subprocess.CompletedProcess[str]


def bench(*arguments: str, cwd: Path) -> Ended:
    """What became of it."""
    started = [sys.executable, "-m", "antiphon", "bench", *arguments]
    return subprocess.run(started, cwd=cwd, capture_output=True, text=True, timeout=LIMIT_S, check=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    """A benchmark of a server of its own, and the folder it wrote to."""
    folder = tmp_path_factory.mktemp("bench")
    outputs = ("--output", "report.html", "--output", "report.json")
    ended = bench("--seconds", "20", *outputs, "--", "--engine", "scripted", "--parallel", "4", cwd=folder)
    assert ended.returncode == 0, ended.stderr
    return ended, folder


def test_the_table(whole: tuple[Ended, Path]) -> None:
    """The terminal has a row for each level and each length, and says that this engine ignores a prediction."""
    ended, _ = whole
    rows = [line.split() for line in ended.stdout.splitlines() if line.startswith("  ")]
    first = [row[0] for row in rows if row]
    assert {"1", "2", "4", "8", *LENGTHS} <= set(first)
    (predicted,) = (row for row in rows if row[:2] == ["with", "prediction"])
    assert "ignored" in predicted
    assert "command: antiphon bench --seconds 20 " in ended.stdout
    assert "Traceback" not in ended.stderr


def test_the_numbers(whole: tuple[Ended, Path]) -> None:
    """The JSON file has what the terminal shows, and what it belongs to."""
    told: dict[str, Any] = json.loads((whole[1] / "report.json").read_text())
    setting, measured = told["setting"], told["measured"]
    assert setting["model"] == "smollm2" and setting["cores"] >= 1 and setting["cpu"] and setting["date"]
    assert "--engine scripted" in setting["command"]
    levels = {one["num_streams"]: one for one in measured["throughputs"]}
    assert {1, 2, 4, 8} <= set(levels)
    assert all(one["tokens_per_s"] > 0 and one["num_failed"] == 0 for one in levels.values())
    assert [one["prompt_tokens"] for one in measured["first_tokens"]] == [100, 500, 1000, 2000, 4000]
    assert all(one["gain"] == pytest.approx(one["cold_s"] / one["warm_s"]) for one in measured["first_tokens"])
    draft = measured["draft"]
    assert (draft["outcome"], draft["gain"], draft["accepted_tokens"]) == ("ignored", None, 0)
    assert draft["output_tokens"] > 16 and draft["predicted_per_s"] > 0


@pytest.fixture(scope="module")
def page(whole: tuple[Ended, Path]) -> Element:
    """The HTML file, which is XML too."""
    return fromstring((whole[1] / "report.html").read_text())


def test_the_page_needs_nothing_else(page: Element, whole: tuple[Ended, Path]) -> None:
    """No scripts, no addresses of other resources, and colours for light and dark."""
    names = {element.tag.rpartition("}")[2] for element in page.iter()}
    assert not names & {"script", "link", "img", "iframe", "object", "use", "image"}
    assert not {name for element in page.iter() for name in element.attrib} & {"href", "src", "style", "onclick"}
    style = page.findtext("head/style") or ""
    assert "prefers-color-scheme: dark" in style and "url(" not in style and "@import" not in style
    text = (whole[1] / "report.html").read_text()
    assert set(re.findall(r"https?://[^\s\"<]+", text)) == {"http://www.w3.org/2000/svg", find_server(page)}


def find_server(page: Element) -> str:
    """The address that was measured, as the page tells it."""
    terms = {term.text: value.text or "" for term, value in zip(page.iter("dt"), page.iter("dd"), strict=True)}
    return terms["server"]


def test_the_plots(page: Element) -> None:
    """Plots of throughput, of first tokens new and known, and of gains, each with a title and a point for each row."""
    figures = {figure.get("id"): figure for figure in page.iter(f"{SVG}svg")}
    assert list(figures) == ["throughput", "first-token", "gains"]
    assert all(figure.findtext(f"{SVG}title") and figure.findtext(f"{SVG}desc") for figure in figures.values())
    points = {
        series.get("data-name"): len(series.find(f"{SVG}polyline").get("points", "").split())  # type: ignore[union-attr]
        for figure in figures.values()
        for series in figure.iter(f"{SVG}g")
        if series.get("data-name")
    }
    assert points["all streams"] >= 4
    assert (points["new prompt"], points["same prompt again"]) == (5, 5)
    assert len(list(figures["gains"].iter(f"{SVG}rect"))) == 5
    labels = [label.text for label in figures["first-token"].iter(f"{SVG}text")]
    assert "prompt, in tokens" in labels and "first token, in ms (p50)" in labels


def test_the_tables_of_the_page(page: Element) -> None:
    """The page has the rows of the terminal."""
    rows = [row.findtext("th") for row in page.findall(".//tbody/tr")]
    assert {"1", "8", *LENGTHS, "without prediction", "with prediction"} <= set(rows)


def test_a_server_that_runs(keyed_url: str, tmp_path: Path) -> None:
    """With `--base-url` the server of that address is measured, by its key, which stands nowhere."""
    given = ("--base-url", f"{keyed_url}/v1/", "--api-key", KEY, "--seconds", "2", "--output", "report.html")
    ended = bench(*given, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert f"server: {keyed_url}/v1\n" in ended.stdout and "--api-key '***'" in ended.stdout
    assert KEY not in ended.stdout and KEY not in (tmp_path / "report.html").read_text()


def test_what_a_server_refuses_is_told(tmp_path: Path) -> None:
    """Prompts that the server does not take are left out, and the report says why."""
    with serve(max_body_bytes=4096) as url:
        ended = bench("--base-url", f"{url}/v1", "--seconds", "2", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert re.search(
        r"^A prompt of 1000 tokens \(longer ones were not tried\) failed: HTTP 413: .*\.$", ended.stdout, re.MULTILINE
    )
    assert (tmp_path / "antiphon-bench.html").exists()


FAULTS: dict[str, tuple[tuple[str, ...], int, str]] = {
    # arguments, exit status, words
    "nobody there": (("--base-url", "http://127.0.0.1:PORT/v1"), 1, "did not answer GET /models"),
    "a wrong key": (("--base-url", "URL/v1", "--api-key", "wrong"), 1, "HTTP 401"),
    "no API there": (("--base-url", "URL/v2", "--api-key", KEY), 1, "HTTP 404"),
    "a model that is none": (("--base-url", "URL/v1", "--api-key", KEY, "--model", "none"), 1, "HTTP 404"),
    "no address": (("--base-url", "127.0.0.1:8000"), 2, "--base-url"),
    "a port that is none": (("--base-url", "http://127.0.0.1:http/v1"), 2, "--base-url"),
    "a key that is none": (("--base-url", "URL/v1", "--api-key", "é"), 2, "--api-key"),
    "no time": (("--seconds", "0"), 2, "--seconds"),
    "a form that is none": (("--output", "report.png"), 2, "neither in .html nor in .json"),
    "a folder that is none": (("--output", "none/report.html"), 2, "no folder"),
    "flags for both": (("--base-url", "URL/v1", "--", "--parallel", "2"), 2, "--base-url"),
    "a key for ours": (("--api-key", "k"), 2, "--api-key"),
    "an unknown flag": (("--", "--prallel", "2"), 2, "--prallel"),
    "a flag of ours": (("--", "--port", "8000"), 2, "--port"),
    "a bad value": (("--", "--parallel", "many"), 1, "--parallel"),
    "a model's file that is none": (("--", "--model", "m=/nowhere/model.gguf"), 1, "/nowhere/model.gguf"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults(name: str, keyed_url: str, tmp_path: Path) -> None:
    """What cannot be measured is told in one sentence: with status 1 when a server does not answer, or cannot start as
    configured, with status 2 and the way to the help when the command line is wrong. Nothing is written.
    """
    given, status, words = FAULTS[name]
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = str(closed.getsockname()[1])
    ended = bench(*(one.replace("URL", keyed_url).replace("PORT", port) for one in given), cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (status, ""), ended.stderr
    assert words in ended.stderr and "Traceback" not in ended.stderr
    if status == 1:
        (line,) = ended.stderr.splitlines()
        assert line.startswith("antiphon: ") and line.endswith(".") and ".." not in line
    assert not list(tmp_path.iterdir())


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def under_way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A benchmark that measures, and what it is told; it has a server that answers."""
    script = ("--seconds", "60", "--", "--engine", "scripted")
    command = [sys.executable, "-m", "antiphon", "bench", *script]
    with subprocess.Popen(command, cwd=tmp_path, stdout=-1, stderr=-1, text=True) as process:
        yield process, request.param
        process.kill()


def test_a_stop_stops_the_server_too(under_way: tuple[subprocess.Popen[str], int], tmp_path: Path) -> None:
    """Ctrl-C, or SIGTERM, ends the benchmark with one sentence and status 130, and the server that it started."""
    process, sign = under_way
    wait_for(lambda: [pid for pid in children_of(process.pid) if is_connected(pid)], LIMIT_S)
    (server,) = children_of(process.pid)
    process.send_signal(sign)
    told, complaint = process.communicate(timeout=LIMIT_S)
    assert (told, complaint) == ("", "Stopped; nothing is written.\n")
    # Where it comes while a module is made from text (`exec`), Python ends by the signal, which shells call 130, too.
    assert process.returncode in (130, -signal.SIGINT)
    assert not runs(server)
    assert not list(tmp_path.iterdir())


def is_connected(pid: int) -> bool:
    """Whether somebody talks with a process by TCP."""
    inodes = {name.rpartition("[")[2].rstrip("]") for name in sockets_of(pid)}
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(line[3] == "01" and line[9] in inodes for line in lines)


def sockets_of(pid: int) -> list[str]:
    """What its descriptors are, of those that are sockets."""
    names = []
    for path in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            names.append(str(path.readlink()))
        except OSError:
            continue
    return [name for name in names if name.startswith("socket:")]
