"""What looks odd and is no fault: an answer comes of it all the same."""

from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.chunks import (
    DONE,
    Json,
    choice,
    chunk,
    counted,
    finished,
    frame,
    logprobs_of,
    render,
    role,
    said,
)
from tests.contract.upstreams.faults import Bytes, Stream
from tests.contract.upstreams.floods import Slow
from tests.contract.upstreams.wire import Behaviour

HELLO = (role(), said("Hel"), said("lo"), finished(), counted())
WHOLE = render(HELLO)
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"


def chunk_of(data: bytes, extension: bytes = b"") -> bytes:
    """A chunk of HTTP's."""
    return b"%x%b\r\n%b\r\n" % (len(data), extension, data)


def bare(text: str) -> Json:
    """A chunk with no more than is needed."""
    return {"choices": [{"delta": {"content": text}}]}


HARMLESS: dict[str, Behaviour] = {
    "a good answer": Answer(),
    "byte by byte": Slow(HELLO),
    "a few bytes at a time": Slow(HELLO, size=7),
    "lines that end with CR LF": Stream(WHOLE.replace(b"\n", b"\r\n")),
    "lines of both kinds": Stream(WHOLE.replace(b"\n\n", b"\r\n\n")),
    "comments": Stream(b": ping\n\n", role(), b":\n", said("Hel"), b": x\n\n:\n\n", said("lo"), finished(), counted()),
    "fields that nobody knows": Stream(b"id: 7\nevent: message\nretry: 10\nfoo\n" + WHOLE),
    "empty events": Stream(b"\n\n\ndata:\n\ndata: \n\n" + WHOLE),
    "no space after the colon": Stream(WHOLE.replace(b"data: ", b"data:")),
    "data of several lines": Stream(WHOLE.replace(b', "choices"', b',\ndata: "choices"')),
    "a byte order mark": Stream(b"\xef\xbb\xbf" + WHOLE),
    "no [DONE]": Stream(WHOLE, ending="terminated"),
    "no [DONE], and a length": Stream(WHOLE, framing="length", length=len(WHOLE), ending="kept"),
    "no [DONE], and the end of the connection": Stream(WHOLE, framing="close", ending="closed"),
    "silence after [DONE]": Stream(WHOLE, DONE, ending="hung"),
    "[DONE] twice": Stream(WHOLE, DONE),
    "data after [DONE]": Stream(WHOLE, DONE, said("!"), b"data: {broken\n\n"),
    "a finish twice": Stream(role(), said("Hel"), said("lo"), finished(), finished(), counted()),
    "an empty delta behind the end": Stream(role(), said("Hel"), said("lo"), finished(), choice({}), counted()),
    "a finish together with the last text": Stream(
        role(), said("Hel"), choice({"content": "lo"}, finish_reason="stop"), counted()
    ),
    "usage in every chunk": Stream(
        *(
            piece | {"usage": {"prompt_tokens": 7, "completion_tokens": number}}
            for number, piece in enumerate(HELLO[:4])
        ),
        counted(),
    ),
    "usage in the last chunk": Stream(role(), said("Hel"), said("lo"), finished() | {"usage": counted()["usage"]}),
    "usage that is null before it comes": Stream(*(piece | {"usage": None} for piece in HELLO[:4]), counted()),
    "a wrong total": Stream(*HELLO[:4], counted(total_tokens=3)),
    "a total that is nonsense": Stream(*HELLO[:4], counted(total_tokens="many")),
    "details that are null": Stream(
        *HELLO[:4], counted(prompt_tokens_details=None, completion_tokens_details={"reasoning_tokens": None})
    ),
    "no more than is needed": Stream(
        bare("Hel"), bare("lo"), {"choices": [{"finish_reason": "stop"}]}, {"usage": counted()["usage"]}
    ),
    "nonsense in fields that are not needed": Stream(
        *(piece | {"id": 7, "object": None, "created": "x", "model": []} for piece in HELLO)
    ),
    "a delta that is null": Stream(role(), choice(None), said("Hel"), said("lo"), finished(), counted()),
    "a text that is null": Stream(role(), said(None), said("Hel"), said("lo"), finished(), counted()),
    "calls that are null": Stream(role(), choice({"tool_calls": None, "content": "Hello"}), finished(), counted()),
    "calls that are none": Stream(role(), choice({"tool_calls": [], "content": "Hello"}), finished(), counted()),
    "choices that are null": Stream(role(), chunk(None), said("Hel"), said("lo"), finished(), counted()),
    "choices that are missing": Stream({"id": "x"}, role(), said("Hel"), said("lo"), finished(), counted()),
    "the role in every chunk": Stream(
        *(choice({"role": "assistant", "content": text}) for text in ("Hel", "lo")), finished(), counted()
    ),
    "another role": Stream(choice({"role": "user", "content": "Hel"}), said("lo"), finished(), counted()),
    "texts that are empty": Stream(
        role(), said(""), said("Hel"), said(""), said("lo"), said(""), finished(), counted()
    ),
    "log-probabilities that nobody asked for": Stream(
        role(), said("Hello", logprobs=logprobs_of("Hello", 1)), finished(), counted()
    ),
    "a head in two pieces": Bytes(
        b"HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED + b"\r\n" + chunk_of(WHOLE) + b"0\r\n\r\n", "kept"
    ),
    "extensions and trailers of chunks": Bytes(
        CHUNKED + b"\r\n" + chunk_of(WHOLE, b";a=b") + b"0\r\nX-Trailer: 1\r\n\r\n", "kept"
    ),
    "HTTP/1.0": Bytes(b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + WHOLE, "closed"),
    "a content type with a charset": Stream(WHOLE, kind="TEXT/Event-Stream;charset=UTF-8"),
    "cookies": Answer(headers={"Set-Cookie": "a=b; Path=/"}),
    "all in one write": Stream(WHOLE + DONE, ending="terminated"),
    "an event of 1 MB": Stream(frame({"filler": "x" * 1_000_000}), WHOLE),
}
"""By what is odd: of each comes Hello."""
EMPTY: dict[str, Behaviour] = {
    "a role and a finish": Stream(role(), finished(), counted(completion=0)),
    "a finish and nothing else": Stream(finished(), counted(completion=0)),
}
"""Of each comes nothing, and that is an answer too."""
