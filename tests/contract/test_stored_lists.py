"""Lists of stored completions and of their messages: order, pages, filters, and what is no list."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.contract.kept import BACKENDS, Asker, serve_on
from tests.contract.live import COMPLETIONS, body, error_of
from tests.contract.test_answers import described
from tests.contract.test_stored import CALL
from tests.shown import document, picture, recording

PARALLEL = 8


@pytest.fixture(scope="module", params=BACKENDS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server with two projects."""
    settings = {"api_key": ("ours", "theirs"), "alias": {"gpt-*": "smollm2"}, "model": {"smollm2": "a", "other": "b"}}
    with serve_on(request.param, request, **settings) as url:
        yield url


@pytest.fixture
def ours(url: str) -> Iterator[Asker]:
    """The first, which has nothing yet."""
    with ExitStack() as stack:
        asker = Asker(url, "ours", stack)
        asker.clear()
        yield asker


def test_a_page_at_a_time(ours: Asker) -> None:
    """Oldest first, or newest first; each page tells its ends and whether there is another."""
    names = [ours.store() for _ in range(7)]
    ways: list[tuple[dict[str, str], list[str]]] = [
        ({}, names),
        ({"order": "asc"}, names),
        ({"order": "desc"}, names[::-1]),
    ]
    for order, expected in ways:
        found: list[str] = []
        after: dict[str, str] = {}
        while True:
            page = ours.page(limit=3, **order, **after)
            ids = [one["id"] for one in page["data"]]
            assert (page["object"], page["first_id"], page["last_id"]) == ("list", ids[0], ids[-1])
            found += ids
            assert page["has_more"] == (len(found) < 7)
            if not page["has_more"]:
                break
            after = {"after": page["last_id"]}
        assert found == expected
    assert ours.ids(after=names[-1]) == []


def test_a_page_has_20_by_default_and_100_at_most(ours: Asker) -> None:
    """`limit` says how many, from 1 to 100."""
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(lambda _: ours.store(), range(101)))
    assert [len(ours.ids(**limit)) for limit in ({}, {"limit": 1}, {"limit": 100})] == [20, 1, 100]
    assert ours.page(limit=100)["has_more"]


def test_what_was_just_created_is_in_the_next_list(ours: Asker) -> None:
    """A completion whose answer has come is there for whoever asks next."""
    for _ in range(20):
        name = ours.store(metadata={"now": "yes"})
        assert ours.ids(order="desc", limit=1) == [name] == ours.ids(order="desc", limit=1, **{"metadata[now]": "yes"})


def test_pages_are_stable_while_others_store(ours: Asker) -> None:
    """Who pages while completions come sees each that was there before exactly once, in one order."""
    there = [ours.store() for _ in range(60)]
    stop = threading.Event()

    def keep_storing() -> None:
        while not stop.is_set():
            ours.store()

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(keep_storing)
        try:
            for order in ("asc", "desc"):
                found = [one.id for one in ours.completions.list(limit=7, order=order)]  # type: ignore[arg-type]
                assert len(found) == len(set(found))
                assert [name for name in found if name in there] == (there if order == "asc" else there[::-1])
        finally:
            stop.set()


def test_deleting_while_paging(ours: Asker) -> None:
    """A loop that deletes what it is shown reaches the end: where a deleted one stood, the next page begins."""
    names = [ours.store() for _ in range(12)]
    seen = []
    for one in ours.completions.list(limit=5):
        seen.append(one.id)
        ours.completions.delete(one.id)
    assert seen == names
    assert ours.ids() == []


VALUES = ["plain", "it's", 'a "quote"', "100%", "_", "\\", "\\0", "\0", "a[b]", "][", "日本 🎉", "", " ", "a=b&c=d",
          "null", "'; DROP TABLE completions;--", "%27", "x" * 512, "🎉" * 512]  # fmt: skip
KEYS = ["key", "a[b]", "a][b", "[", "]", "it's", "%", "", "日本", "\0", "\\", "k" * 64, "🎉" * 64]


def test_metadata_is_matched_exactly(ours: Asker) -> None:
    """Whatever characters keys and values have, a filter finds what has exactly this pair, and nothing else."""
    pairs = [*(("key", value) for value in VALUES), *((key, "value") for key in KEYS)]
    with ThreadPoolExecutor(PARALLEL) as pool:
        names = list(pool.map(lambda pair: ours.store(metadata=dict([pair])), pairs))
    for (key, value), name in zip(pairs, names, strict=True):
        assert ours.ids(**{f"metadata[{key}]": value}) == [name]
        assert [one.id for one in ours.completions.list(metadata={key: value})] == [name]


def test_all_filters_must_match(ours: Asker) -> None:
    """Several pairs and a model narrow the list together, also across pages and in both orders."""
    combinations = [(model, {"a": str(n % 2), "b": str(n % 3)}) for model in ("smollm2", "other") for n in range(12)]
    names = [ours.store(model=model, metadata=metadata) for model, metadata in combinations]
    for model in (None, "smollm2", "other", "gpt-4o"):
        for a in (None, "0", "1", "2"):
            for b in (None, "0", "2"):
                query = {"model": model, "metadata[a]": a, "metadata[b]": b}
                query = {key: value for key, value in query.items() if value is not None}
                own = {None: None, "gpt-4o": "smollm2"}.get(model, model)
                expected = [
                    name
                    for name, (its, metadata) in zip(names, combinations, strict=True)
                    if own in (None, its) and a in (None, metadata["a"]) and b in (None, metadata["b"])
                ]
                assert ours.ids(limit=100, **query) == expected
                assert ours.ids(limit=100, order="desc", **query) == expected[::-1]
                if len(expected) > 2:
                    assert ours.ids(limit=1, after=expected[0], **query) == [expected[1]]
                    assert ours.page(limit=1, after=expected[0], **query)["has_more"]


QUERIES: list[tuple[str, str, str]] = [
    ("limit=0", "limit", "integer_below_min_value"),
    ("limit=101", "limit", "integer_above_max_value"),
    ("limit=-1", "limit", "integer_below_min_value"),
    ("limit=99999999999999999999999", "limit", "invalid_type"),
    ("limit=1.5", "limit", "invalid_type"),
    ("limit=many", "limit", "invalid_type"),
    ("limit=", "limit", "invalid_type"),
    ("limit=1&limit=2", "limit", "invalid_value"),
    ("limit[a]=1", "limit", "invalid_type"),
    ("order=up", "order", "invalid_value"),
    ("order=ASC", "order", "invalid_value"),
    ("model=", "model", "invalid_value"),
    ("after=", "after", "invalid_value"),
    ("after=chatcmpl-nothing", "after", "invalid_value"),
    ("after=%00", "after", "invalid_value"),
    ("after='%20OR%201=1", "after", "invalid_value"),
    ("metadata=a", "metadata", "invalid_type"),
    ("metadata[a]=1&metadata[a]=2", "metadata[a]", "invalid_value"),
    ("metadata[a]=1&metadata=2", "metadata", "invalid_value"),
    (f"metadata[{'k' * 65}]=1", f"metadata.{'k' * 65}", "invalid_value"),
    (f"metadata[k]={'v' * 513}", "metadata.k", "invalid_value"),
    ("&".join(f"metadata[{number}]=v" for number in range(17)), "metadata", "invalid_value"),
    ("before=x", "before", "unknown_parameter"),
    ("metadatas[a]=1", "metadatas", "unknown_parameter"),
    ("limit=1&extra=", "extra", "unknown_parameter"),
]


@pytest.mark.parametrize(("query", "param", "code"), QUERIES)
def test_a_bad_query_is_400(ours: Asker, query: str, param: str, code: str) -> None:
    """A query that means nothing is refused, and the parameter named."""
    answer = ours.http.get(f"{COMPLETIONS}?{query}")
    error = error_of(answer)
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error["param"], error["code"]) == (param, code)


def test_a_broken_query_is_no_fault(ours: Asker) -> None:
    """Bytes that are no UTF-8, or percent signs that are none, are texts that nothing matches."""
    ours.store(metadata={"a": "b"})
    for query in ("metadata[a]=%FF", "metadata[a]=%", "metadata[%ED%A0%80]=b", "metadata%5Ba%5D=%zz"):
        answer = ours.http.get(f"{COMPLETIONS}?{query}")
        assert answer.status_code == 200 and answer.json()["data"] == []
    assert len(ours.http.get(f"{COMPLETIONS}?metadata%5Ba%5D=b").json()["data"]) == 1


IMAGE = picture(20_000)
MESSAGES: list[dict[str, Any]] = [
    {"role": "developer", "content": "Be brief."},
    {"role": "system", "content": [{"type": "text", "text": "Be kind."}]},
    {"role": "user", "content": "And?", "name": "ada"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "time", "arguments": "{broken"}},
            {"id": "b", "type": "custom", "custom": {"name": "note", "input": "x\0y"}},
        ],
    },
    {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "Noon."}]},
    {"role": "tool", "tool_call_id": "b", "content": "Kept."},
    {"role": "assistant", "content": "", "function_call": {"name": "weather", "arguments": "{}"}},
    {"role": "function", "name": "weather", "content": "Rain."},
    {"role": "function", "name": "weather", "content": None},
    {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}], "refusal": "No."},
    {"role": "assistant", "content": "Hm.", "reasoning_content": "I think.", "annotations": []},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "日本 🎉", "prompt_cache_breakpoint": {"mode": "explicit"}},
            {"type": "image_url", "image_url": {"url": IMAGE, "detail": "low"}},
            {"type": "image_url", "image_url": {"url": picture()}},
            {"type": "input_audio", "input_audio": {"data": recording(10_000), "format": "wav"}},
            {"type": "file", "file": {"file_data": document(100), "filename": "a.pdf"}},
        ],
    },
]
OPTIONAL = ("name", "tool_calls", "function_call", "tool_call_id", "annotations", "reasoning_content")


def as_listed(name: str, number: int, message: dict[str, Any]) -> dict[str, Any]:
    """How an input message is shown."""
    content, in_parts = message.get("content"), isinstance(message.get("content"), list)
    return {
        "id": f"{name}-{number}",
        "role": message["role"],
        "content": None if in_parts else content,
        "content_parts": content if in_parts else None,
        "refusal": message.get("refusal"),
        **{field: message[field] for field in OPTIONAL if field in message},
    }


@pytest.mark.parametrize("stream", [False, True])
def test_messages_are_listed_as_they_were_sent(ours: Asker, stream: bool) -> None:
    """In order, with ids that count them, content as text or in parts as it came, calls and names kept."""
    request = body(messages=MESSAGES, store=True, stream=stream)
    assert ours.http.post(COMPLETIONS, json=request).status_code == 200
    (name,) = ours.ids()
    expected = [as_listed(name, number, message) for number, message in enumerate(MESSAGES)]
    page = ours.http.get(f"{COMPLETIONS}/{name}/messages").json()
    assert page["data"] == expected
    assert [error.message for error in described("MessageList").iter_errors(page)] == []
    assert (page["object"], page["first_id"], page["last_id"]) == ("list", f"{name}-0", f"{name}-{len(MESSAGES) - 1}")
    assert page["has_more"] is False
    parsed = list(ours.completions.messages.list(name, limit=2))
    assert [message.id for message in parsed] == [message["id"] for message in expected]
    assert parsed[-1].content_parts is not None and parsed[-1].content_parts[0].to_dict()["text"] == "日本 🎉"


def test_messages_a_page_at_a_time(ours: Asker) -> None:
    """Both ways, from any message on, 20 by default."""
    messages = [{"role": "user", "content": str(number)} for number in range(25)]
    name = ours.store(messages=messages)
    path = f"{COMPLETIONS}/{name}/messages"
    for order, numbers in ("asc", list(range(25))), ("desc", list(range(25))[::-1]):
        assert [m.content for m in ours.completions.messages.list(name, order=order, limit=4)] == [*map(str, numbers)]  # type: ignore[arg-type]
        for place in (0, 3, 23, 24):
            query = {"after": f"{name}-{numbers[place]}", "order": order, "limit": 5}
            page = ours.http.get(path, params=query).json()
            assert [message["content"] for message in page["data"]] == [*map(str, numbers[place + 1 : place + 6])]
            assert page["has_more"] == (place + 6 < 25)
    assert len(ours.http.get(path).json()["data"]) == 20


@pytest.mark.parametrize("after", ["", "x", "{name}", "{name}-", "{name}-1", "{name}-01", "{name}--1", "{name}-9999",
                                   "chatcmpl-other-0", "-0", "{name}-0 ", "{name}-\u0660"])  # fmt: skip
def test_a_bad_cursor_of_messages_is_400(ours: Asker, after: str) -> None:
    """Only a message of this completion can be gone on from."""
    name = ours.store()
    answer = ours.http.get(f"{COMPLETIONS}/{name}/messages", params={"after": after.format(name=name)})
    assert (answer.status_code, error_of(answer)["param"]) == (400, "after")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "order=x", "model=smollm2", "metadata[a]=b"])
def test_a_bad_query_of_messages_is_400(ours: Asker, query: str) -> None:
    """The same bounds as of the list; there is nothing to filter by."""
    assert ours.http.get(f"{COMPLETIONS}/{ours.store()}/messages?{query}").status_code == 400
    assert ours.http.get(f"{COMPLETIONS}/nothing/messages?{query}").status_code == 400


def test_a_call_is_kept_unrepaired(ours: Asker) -> None:
    """Arguments that a limit cut stay as the model wrote them."""
    tools = [{"type": "function", "function": {"name": "time"}}]
    name = ours.store(json.dumps(list(CALL)), tools=tools)
    (call,) = ours.http.get(f"{COMPLETIONS}/{name}").json()["choices"][0]["message"]["tool_calls"]
    assert call["function"] == {"name": "time", "arguments": '{"zone":'}
