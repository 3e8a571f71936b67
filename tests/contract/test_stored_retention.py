"""How long completions are kept: no longer than `--retention` says, and no shorter."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.kept import BACKENDS
from tests.contract.live import COMPLETIONS, body, wait_for
from tests.contract.processes import check_log, list_all, run_command, serve_scripted
from tests.postgres import Postgres
from tests.shown import picture

LIMIT_S = 30.0
HOUR_S = 3600
DECODED = ("temperature", "top_p", "presence_penalty", "frequency_penalty")
AGES = {"ancient": 20 * HOUR_S, "old": 2 * HOUR_S, "young": HOUR_S // 2, "new": 0}
LARGE = picture(10_000)
CONTENT = [{"type": "image_url", "image_url": {"url": LARGE}}, {"type": "text", "text": "Look"}]


@pytest.fixture(params=BACKENDS)
def flags(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Where a new database is."""
    if request.param == "sqlite":
        return ("--data-dir", str(tmp_path))
    postgres: Postgres = request.getfixturevalue("postgres")
    return ("--database-url", postgres.create_database())


def test_what_gets_too_old_is_deleted(flags: tuple[str, str], tmp_path: Path) -> None:
    """While a server runs what gets older than `--retention` is deleted; what is stored afterwards is there."""
    with serve_scripted(tmp_path, "--retention", "2s", *flags) as server:
        with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:

            def store() -> str:
                return str(client.post(COMPLETIONS, json=body(CONTENT, store=True)).json()["id"])

            name = store()
            wait_for(lambda: list_all(client) == [], LIMIT_S)
            assert client.get(f"{COMPLETIONS}/{name}/messages").status_code == 404
            assert "default" not in run_command("store", "stats", *flags), "nothing is left, not even the image"
            wait_for(lambda: store() in [one["id"] for one in list_all(client)])
        check_log(server)


def test_what_is_too_old_at_the_start_is_deleted(http: httpx.Client, flags: tuple[str, str], tmp_path: Path) -> None:
    """A server that starts deletes what is older than `--retention`, and nothing else, though they share an input."""
    answer = http.post(COMPLETIONS, json=body()).json()
    lines = [build_line(answer, name, created=int(time.time()) - age) for name, age in AGES.items()]
    run_command("store", "import", *flags, given="".join(f"{json.dumps(line)}\n" for line in lines))
    with serve_scripted(tmp_path, "--retention", "1h", *flags) as server:
        with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
            wait_for(lambda: len(list_all(client)) == 2, LIMIT_S)
            assert [one["id"] for one in list_all(client)] == ["chatcmpl-young", "chatcmpl-new"]
            assert list_all(client, name="old") == []
            assert [one["id"] for one in list_all(client, name="young")] == ["chatcmpl-young"]
            kept = client.get(f"{COMPLETIONS}/chatcmpl-young/messages").json()["data"]
            assert kept[0]["content_parts"] == CONTENT
        check_log(server)


def test_sweeping_goes_on(postgres: Postgres, tmp_path: Path) -> None:
    """While the database cannot be reached nothing gets deleted, which the log tells; afterwards it is."""
    with serve_scripted(tmp_path, "--retention", "1s", "--database-url", postgres.create_database()) as server:
        with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
            client.post(COMPLETIONS, json=body(store=True))
            postgres.stop()
            try:
                wait_for(lambda: "past their retention stay for now" in server.log.read_text(), LIMIT_S)
            finally:
                postgres.start()
            client.post(COMPLETIONS, json=body(store=True))
            wait_for(lambda: list_all(client) == [], LIMIT_S)
        check_log(server)


def build_line(answer: dict[str, Any], name: str, *, created: int) -> dict[str, Any]:
    """An answer as `antiphon store import` takes it."""
    answer = answer | {"id": f"chatcmpl-{name}", "created": created}
    return {
        "id": answer["id"], "created": created, "model": "smollm2", "project": "default", "request_id": "req_1",
        "metadata": {"name": name}, "completion": answer, "messages": [{"role": "user", "content": CONTENT}],
        "request": {**dict.fromkeys(DECODED, 1.0), "model": "smollm2", "seed": 1},
    }  # fmt: skip
