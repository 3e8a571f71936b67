"""Faults of the stream as such: where it ends, what is no JSON, and what is too much."""

from tests.contract.upstreams.chunks import DONE, counted, finished, frame, role, said
from tests.contract.upstreams.faults import Bytes, Stream
from tests.contract.upstreams.floods import Endless, endless_line
from tests.contract.upstreams.table.row import HEL, Row, both

NEXT = frame(said("lo"))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
NO_JSON = {
    "broken JSON": b'data: {"choices": [{"index": 0, "delta": {"content": "lo}}]}\n\n',
    "half of JSON": b'data: {"choices": [\n\n',
    "a word": b"data: hello\n\n",
    "invalid UTF-8 in a text": NEXT.replace(b"lo", b"l\xff"),
    "half a character": NEXT.replace(b"lo", b"\xe2\x82"),
    "UTF-8 of half a pair": NEXT.replace(b"lo", b"\xed\xa0\x80"),
    "half a pair": NEXT.replace(b"lo", rb"\ud800"),
    "invalid UTF-8 outside": b"data: \xff\xfe\n\n",
    "a zero byte in a text": NEXT.replace(b"lo", b"l\0"),
    "zero bytes": b"data: \0\0\0\n\n",
    "a line end in a text": NEXT.replace(b"lo", b"l\no"),
    "an array": b"data: [1, 2]\n\n",
    "a string": b'data: "lo"\n\n',
    "a number": b"data: 17\n\n",
    "null": b"data: null\n\n",
    "NaN": b'data: {"choices": NaN}\n\n',
    "deep nesting": b"data: " + b"[" * 100_000 + b"\n\n",
    "a deep unknown field": b'data: {"x": ' + b'{"x": ' * 100_000 + b"\n\n",
    "two objects": b"data: {} {}\n\n",
}
ERRORS = {
    "vLLM": {"error": {"message": "EngineCore died", "type": "InternalServerError", "param": None, "code": 500}},
    "llama-server": {"error": {"code": 500, "message": "compute error", "type": "server_error"}},
    "SGLang": {"error": {"message": "abort", "type": "InternalServerError", "param": None, "code": 503}},
    "old vLLM": {"object": "error", "message": "Boom", "type": "InternalServerError", "param": None, "code": 500},
    "a text": {"error": "Boom"},
    "nothing": {"error": {}},
}
REFUSAL = {"error": {"message": "min_p is out of range", "type": "BadRequestError", "param": None, "code": 400}}


def rows() -> dict[str, Row]:
    """By their names."""
    table = {
        "hangs in mid-stream": Row(
            behaviour=Stream(*HEL, ending="hung"),
            code="upstream_timeout", counted="timeout", again=False, said="Hel", hasty=True,
        ),
        "hangs within a line": Row(
            behaviour=Stream(*HEL, NEXT[:20], ending="hung"),
            code="upstream_timeout", counted="timeout", again=False, said="Hel", hasty=True,
        ),
        "[DONE] and nothing else": Row(behaviour=Stream()),
        "a stream of nothing": Row(behaviour=Stream(ending="terminated"), counted="closed"),
        "less than its length": Row(
            behaviour=Stream(*HEL, framing="length", length=5000, ending="closed"),
            counted="closed", again=False, said="Hel",
        ),
        "closes within a chunk": Row(
            behaviour=Bytes(HEAD + b"ffff\r\n" + frame(role()) + frame(said("Hel")) + NEXT[:20]),
            counted="closed", again=False, said="Hel",
        ),
        "closes within a character": Row(
            behaviour=Stream(*HEL, NEXT.replace(b"lo", b"\xe2\x82")[:-20], ending="closed"),
            counted="closed", again=False, said="Hel",
        ),
        "[DONE] before its finish": Row(behaviour=Stream(*HEL), again=False, said="Hel"),
        "[DONE] before its usage": Row(behaviour=Stream(*HEL, finished()), again=False, said="Hel"),
        "resets before its usage": Row(
            behaviour=Stream(*HEL, finished(), ending="reset"), counted="closed", again=False, said="Hel"
        ),
        "a line without an end, at once": Row(behaviour=endless_line(), counted="too_much", again=False),
        "a line without an end, later": Row(
            behaviour=endless_line(*HEL), counted="too_much", again=False, said="Hel"
        ),
        "an event of many lines without an end": Row(
            behaviour=Endless(b"data: " + b"x" * 1000 + b"\n"), counted="too_much", again=False
        ),
        "an event of empty lines without an end": Row(
            behaviour=Endless(b"data:\n", most=48 << 20), counted="too_much", again=False
        ),
        "an event of 20 MB, at once": Row(
            behaviour=Stream(role(), said("x" * 20_000_000), counted()), counted="too_much", again=False
        ),
        "an event of 20 MB, later": Row(
            behaviour=Stream(*HEL, said("x" * 20_000_000), counted()), counted="too_much", again=False, said="Hel"
        ),
        "a text without an end": Row(
            behaviour=Endless(frame(said("x" * 60_000)), HEL), counted="too_much", again=False, said="Hel"
        ),
        "400 in the stream, at once": Row(
            behaviour=Stream(REFUSAL), code="upstream_refused", counted="request", again=False
        ),
        "an error event of its own kind": Row(
            behaviour=Stream(*HEL, b'event: error\ndata: {"error": {"message": "Boom"}}\n\n'),
            counted="failed", again=False, said="Hel",
        ),
        "an error line of an old llama-server": Row(
            behaviour=Stream(*HEL, b'error: {"code": 500, "message": "Boom"}\n\n', ending="terminated"),
            counted="closed", again=False, said="Hel",
        ),
    }  # fmt: skip
    for name, data in NO_JSON.items():
        table |= both(name, data)
    for name, told in ERRORS.items():
        table |= both(f"an error as {name} says it", told, DONE, counted="failed", ending="terminated")
    for ending in ("terminated", "closed", "reset"):
        table |= both(f"ends: {ending}", counted="closed", ending=ending)
        table |= both(f"ends within a line: {ending}", NEXT[:30], counted="closed", ending=ending)
    return table
