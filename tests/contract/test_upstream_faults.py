"""Whatever an upstream does wrong, the client gets a clear error of ours, it is counted, nothing leaks, and nothing
hangs; and the next request is answered.
"""

import logging
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest

from tests.contract.live import COMPLETIONS
from tests.contract.relayed import KEY, ask, ask_and_see, check_secrecy, count_faults, read, relay, settle
from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.faults import Script, Status
from tests.contract.upstreams.table import calls, contents, framing, numbers, replies
from tests.contract.upstreams.table.row import STATUSES, Row
from tests.contract.upstreams.upstream import Upstream

ROWS = {name: row for room in (replies, framing, contents, calls, numbers) for name, row in room.rows().items()}
AT_ONCE = [name for name, row in ROWS.items() if row.said is None]
PATIENCE_S, HASTE_S = 20.0, 1.0


class Relayed(NamedTuple):
    """first: the upstream of "one", and of "hasty", which does not wait long. "two" and "hasty-two" have second too."""

    client: httpx.Client
    first: Upstream
    second: Upstream


@pytest.fixture(scope="module")
def shared() -> Iterator[Relayed]:
    """One server for the whole table, as one server has to bear them all."""
    with Upstream(key=KEY) as first, Upstream(key=KEY) as second:
        models = {"one": [first], "hasty": [first], "two": [first, second], "hasty-two": [first, second]}
        told = {name: {"timeout": HASTE_S if "hasty" in name else PATIENCE_S} for name in models}
        with relay(models, told) as client:
            yield Relayed(client, first, second)


@pytest.fixture
def relayed(shared: Relayed, caplog: pytest.LogCaptureFixture) -> Iterator[Relayed]:
    """The same, whose log is looked at."""
    caplog.set_level(logging.DEBUG)
    yield shared
    settle(shared.first, shared.second)
    for record in caplog.records:
        told = logging.Formatter().format(record)
        assert KEY not in told and "Traceback" not in told and record.levelno < logging.ERROR, told


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", ROWS)
def test_a_fault_is_told_and_counted(relayed: Relayed, name: str, stream: bool) -> None:
    """By its code: with a status where nothing was said yet or the answer is whole; else in a frame before [DONE]."""
    row, client = ROWS[name], relayed.client
    model = "hasty" if row.hasty else "one"
    relayed.first.behave(row.behaviour)
    before = count_faults(client, model)
    if row.said and stream:
        answer = ask_and_see(client, model, relayed.first, row.said, **row.fields)
    else:
        answer = ask(client, model, stream=stream, **row.fields)
    settle(relayed.first)
    attempts = len(relayed.first.chats)
    check_answer(answer, row, stream=stream)
    check_secrecy(answer, relayed.first)
    assert count_since(before, count_faults(client, model)) == {row.counted: attempts}
    again = row.again or (row.counted == "closed" and not stream)  # cut off, what was said may never have been read
    assert attempts == 1 or (again and attempts == 2)
    relayed.first.behave(Answer())
    assert read(ask(client, "one", stream=stream), stream=stream) == ("Hello", None)


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [
        (None, 1, 60), ("7", 7, 7), ("0", 0, 60), ("-5", 0, 60), ("1.5", 1, 60), ("soon", 1, 60), ("", 1, 60),
        ("9" * 400, 1, 86400), ("7, 8", 1, 60), ("Fri, 31 Dec 1999 23:59:59 GMT", 0, 60), ("Fri, 99 Foo", 1, 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60, 86400), ("\u0667", 1, 60),
    ],
)  # fmt: skip
def test_when_to_come_again_is_told(relayed: Relayed, told: str | None, least: int, most: int) -> None:
    """A 429 carries a Retry-After of whole seconds: the upstream's, where that is one or a date, within bounds."""
    headers = {} if told is None else {"Retry-After": told}
    relayed.first.behave(Status(429, {"error": {"message": "Slow down"}}, headers=headers))
    answer = ask(relayed.client, "one")
    assert (answer.status_code, read(answer, stream=False)[1]) == (429, answer.json()["error"])
    assert answer.headers["retry-after"].isascii() and least <= int(answer.headers["retry-after"]) <= most
    relayed.first.behave(Answer())


def test_a_request_that_is_too_long_for_it(relayed: Relayed) -> None:
    """It answers and hangs up before it has read all: 400 with its words where they were read, else 502; no hang."""
    relayed.first.most_bytes = 1 << 16
    try:
        answer = ask(relayed.client, "one", "x" * 8_000_000)
    finally:
        relayed.first.most_bytes = 1 << 26
    _, error = read(answer, stream=False)
    assert error and (answer.status_code, error["code"]) in {(400, "upstream_refused"), (502, "upstream_error")}
    assert read(ask(relayed.client, "one"), stream=False) == ("Hello", None)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", ["500", "HTML 502", "broken JSON, later", "ends: closed, later", "usage: empty"])
def test_nothing_is_kept_of_an_answer_that_failed(relayed: Relayed, name: str, stream: bool) -> None:
    """With `store` too: what is not whole is no completion."""
    relayed.first.behave(ROWS[name].behaviour)
    ask(relayed.client, "one", stream=stream, store=True)
    assert relayed.client.get(COMPLETIONS).json()["data"] == []
    relayed.first.behave(Answer())


def count_since(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was counted meanwhile, without looks at health, which on a busy machine may come late."""
    counted = {kind: number - before.get(kind, 0) for kind, number in after.items() if kind != "refused"}
    return {kind: number for kind, number in counted.items() if number}


def check_answer(answer: httpx.Response, row: Row, *, stream: bool) -> None:
    """Whether it is what the row says."""
    status, kind = STATUSES[row.code]
    begun = stream and row.said is not None
    text, error = read(answer, stream=stream)
    assert error and (answer.status_code, error["code"], error["type"]) == (200 if begun else status, row.code, kind)
    assert text.startswith(row.said or "") if begun else not text


@pytest.mark.parametrize("name", AT_ONCE)
def test_another_upstream_is_tried_before_the_first_token(relayed: Relayed, name: str) -> None:
    """Where another may do better; what is the request's fault, or took all the time there is, is told at once."""
    row, client, stream = ROWS[name], relayed.client, True
    script = Script(row.behaviour, Answer(tokens=('{"city": "Oslo"}',)))
    relayed.first.behave(script)
    relayed.second.behave(script)
    answer = ask(client, "hasty-two" if row.hasty else "two", stream=stream, **row.fields)
    settle(relayed.first, relayed.second)
    attempts = len(relayed.first.chats) + len(relayed.second.chats)
    if row.again:
        assert (*read(answer, stream=stream), attempts) == ('{"city": "Oslo"}', None, 2)
    else:
        assert attempts == 1
        check_answer(answer, row, stream=stream)
    check_secrecy(answer, relayed.first, relayed.second)
    relayed.first.behave(Answer())
    relayed.second.behave(Answer())
    assert read(ask(client, "two"), stream=False) == ("Hello", None)
