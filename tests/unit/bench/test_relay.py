"""What the gateway benchmark asks for, and how it counts what comes; of the folder benchmarks/relay."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module", autouse=True)
def benchmarks(root: Path) -> Iterator[None]:
    """Benchmarks are programs, not a package: their folder is where they import from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root / "benchmarks")
        yield


def events_of(num_tokens: int, *, include_usage: bool) -> list[str]:
    """The upstream's events without HTTP's chunked encoding."""
    from relay.emitter.frames import ROLE, TOKENS, build_ending

    frames = ROLE + b"".join(TOKENS[number % len(TOKENS)] for number in range(num_tokens))
    lines = (frames + build_ending(num_tokens, include_usage=include_usage)).split(b"\r\n")
    return [line.decode() for line in lines if line.startswith(b"data: ")]


@given(cuts=st.lists(st.integers(0, 4000), max_size=12), num_tokens=st.integers(1, 12))
def test_any_split_counts_the_same(cuts: list[int], num_tokens: int) -> None:
    """However the bytes of a stream are cut, its tokens and its end are the same."""
    from relay.tally import Tally

    data = "".join(events_of(num_tokens, include_usage=True)).encode()
    tally, places = Tally(), sorted({0, *(min(cut, len(data)) for cut in cuts), len(data)})
    for begin, end in itertools.pairwise(places):
        assert not tally.is_done
        tally.feed(data[begin:end])
    assert (tally.num_tokens, tally.is_done, tally.is_faulty) == (num_tokens, True, False)


def test_a_chunk_of_several_tokens_counts_for_all() -> None:
    """A gateway may put tokens together, and may pad; what is counted is the text."""
    from relay.tally import Tally

    tally = Tally()
    tally.feed(b'data: {"choices":[{"delta":{"content":" tok00 tok01"}}],"obfuscation":"0f"}\n\n')
    assert (tally.num_tokens, tally.is_done) == (2, False)


def test_an_error_within_a_stream_is_seen() -> None:
    """A stream that ends well after an error is not whole."""
    from relay.tally import Tally

    tally = Tally()
    tally.feed(b'data: {"error":{"message":"no"}}\n\ndata: [DONE]\n\n')
    assert tally.is_done and tally.is_faulty


def test_the_upstream_sends_what_vllm_does() -> None:
    """A role, a chunk for each token, a reason, usage where it was asked for, the end."""
    from relay.emitter.frames import build_text

    *chunks, end = events_of(205, include_usage=True)
    read: list[dict[str, Any]] = [json.loads(chunk.removeprefix("data: ")) for chunk in chunks]
    choices = [choice for chunk in read for choice in chunk["choices"]]
    assert end == "data: [DONE]\n\n"
    assert choices[0]["delta"] == {"role": "assistant", "content": ""}
    assert "".join(choice["delta"]["content"] for choice in choices) == build_text(205)
    assert [choice["finish_reason"] for choice in choices] == [None] * 206 + ["length"]
    assert (read[-1]["choices"], read[-1]["usage"]["completion_tokens"]) == ([], 205)
    assert len(events_of(205, include_usage=False)) == len(chunks)


@pytest.mark.parametrize("as_parts", [False, True])
def test_a_script_passes_through_a_prompt(as_parts: bool) -> None:
    """What the client asks for is what the upstream reads, also where a gateway makes parts of the text."""
    from relay.emitter.script import Script, build_body, parse_body

    script = Script(8, 0.5, held_after=1)
    body = json.loads(build_body(script, obfuscate=False))
    if as_parts:
        body["messages"][-1]["content"] = [{"type": "text", "text": body["messages"][-1]["content"]}]
    asked = parse_body(json.dumps(body).encode())
    assert (asked.script, asked.include_usage) == (script, True)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no", b'{"messages":[{"content":"Hello."}]}', b'{"messages":[]}'])
def test_what_is_no_script_is_refused(body: bytes) -> None:
    """A request without a script is one sentence, not a stream."""
    from relay.emitter.script import parse_body

    with pytest.raises(ValueError, match="no script"):
        parse_body(body)
