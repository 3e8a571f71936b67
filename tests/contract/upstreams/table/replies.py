"""Faults before the body: statuses, heads, and connections that end."""

from tests.contract.upstreams.chunks import finished, role, said, whole
from tests.contract.upstreams.faults import Bytes, CloseEarly, Hang, Status, Stream, Truncated, html
from tests.contract.upstreams.floods import Bomb, Endless, endless_headers
from tests.contract.upstreams.table.row import Row

REASON = "temperature must be between 0 and 1"
LONG = (
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100"
    " in the completion)."
)
LONG_LLAMA = "the request exceeds the available context size, try increasing it"
OF_REQUEST = {
    "vLLM": {"object": "error", "message": REASON, "type": "BadRequestError", "param": None, "code": 400},
    "new vLLM": {"error": {"message": REASON, "type": "BadRequestError", "param": "temperature", "code": 400}},
    "llama-server": {"error": {"code": 400, "message": REASON, "type": "invalid_request_error"}},
    "OpenAI": {
        "error": {"message": REASON, "type": "invalid_request_error", "param": "temperature", "code": "invalid_value"}
    },
    "FastAPI": {"detail": REASON},
    "a text": {"error": REASON},
    "nothing known": {"surprise": [1]},
    "an array": [1],
    "half of JSON": '{"error": {"mess',
}
OVERFLOWS = {
    "OpenAI": {"error": {"message": LONG, "type": "invalid_request_error", "code": "context_length_exceeded"}},
    "vLLM": {"object": "error", "message": LONG, "type": "BadRequestError", "param": None, "code": 400},
    "llama-server": {
        "error": {
            "code": 400, "message": LONG_LLAMA, "type": "exceed_context_size_error", "n_prompt_tokens": 5000,
            "n_ctx": 4096,
        }
    },
    "SGLang": {
        "object": "error", "type": "BadRequestError", "code": 400,
        "message": "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
    },
}  # fmt: skip
STATUSES = (204, 206, 401, 402, 403, 404, 405, 408, 418, 501, 502, 503, 504, 529, 599)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
NO_HTTP = {
    "no HTTP": b"220 mail.example ESMTP\r\n\r\n",
    "TLS": b"\x15\x03\x03\x00\x02\x02\x16",
    "zeros": bytes(1000),
    "a status that is none": b"HTTP/1.1 abc OK\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "a header without a colon": b"HTTP/1.1 200 OK\r\nContent-Type text/event-stream\r\n\r\n",
    "a chunk of no size": HEAD + b"zz\r\n",
    "a chunk of negative size": HEAD + b"-5\r\nhello",
}  # fmt: skip
NO_STREAMS = {
    "an empty answer": Status(200),
    "a whole completion": Status(200, whole({"role": "assistant", "content": "Hello"})),
    "an array": Status(200, [1]),
    "a text": Status(200, '"Hello"'),
    "null": Status(200, "null"),
    "half of JSON": Status(200, '{"choices": ['),
    "HTML": html(),
    "plain text": Status(200, "Hello", "text/plain"),
}


def rows() -> dict[str, Row]:
    """By their names."""
    table = {
        "hangs before its head": Row(
            behaviour=Hang(), code="upstream_timeout", counted="timeout", again=False, hasty=True
        ),
        "hangs after its head": Row(
            behaviour=Stream(ending="hung"), code="upstream_timeout", counted="timeout", again=False, hasty=True
        ),
        "hangs after the role": Row(
            behaviour=Stream(role(), ending="hung"), code="upstream_timeout", counted="timeout", again=False, hasty=True
        ),
        "HTML 502": Row(behaviour=html(502), counted="status"),
        "HTML 404": Row(behaviour=html(404), counted="status"),
        "HTML 400": Row(behaviour=html(400), code="upstream_refused", counted="request", again=False),
        "500": Row(behaviour=Status(500, {"error": {"message": "Boom", "code": 500}}), counted="failed"),
        "429": Row(behaviour=Status(429, {"error": "slow down"}), code="upstream_busy", counted="busy"),
        "closes in place of an answer": Row(behaviour=CloseEarly(), counted="closed"),
        "resets in place of an answer": Row(behaviour=CloseEarly("reset"), counted="closed"),
        "a whole answer, cut off": Row(behaviour=Truncated(whole({"content": "Hello"})), counted="not_a_stream"),
        "a head without an end": Row(behaviour=endless_headers()),
        "a header without an end": Row(behaviour=Endless(b"x" * 1000, before=None)),
        "a huge header": Row(behaviour=Stream(role(), said("Hello"), finished(), headers={"X-Huge": "x" * 2_000_000})),
        "half a head": Row(behaviour=Bytes(b"HTTP/1.1 200 OK\r\nContent-Ty"), counted="closed"),
        "a gzip bomb": Row(behaviour=Bomb(), counted="closed"),
    }
    table |= {
        f"{status}": Row(
            behaviour=Status(status, "" if status == 204 else {"error": {"code": status}}), counted="status"
        )
        for status in STATUSES
    }
    table |= {
        f"400 as {name} says it": Row(
            behaviour=Status(400, told), code="upstream_refused", counted="request", again=False
        )
        for name, told in OF_REQUEST.items()
    }
    table |= {
        f"{status}": Row(
            behaviour=Status(status, {"error": {"message": REASON}}),
            code="upstream_refused",
            counted="request",
            again=False,
        )
        for status in (413, 422)
    }
    table |= {
        f"a prompt too long, as {name} says it": Row(
            behaviour=Status(400, told), code="context_length_exceeded", counted="request", again=False
        )
        for name, told in OVERFLOWS.items()
    }
    table |= {f"{name} in place of an answer": Row(behaviour=Bytes(data)) for name, data in NO_HTTP.items()}
    table |= {
        f"{name} in place of a stream": Row(behaviour=behaviour, counted="not_a_stream")
        for name, behaviour in NO_STREAMS.items()
    }
    return table
