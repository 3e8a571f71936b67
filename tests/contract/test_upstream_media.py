"""Pictures and recordings go to upstreams that take them, and to no others: what they take is found out."""

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import numpy as np
import pytest

from antiphon.media.speech.encode.flac import FlacEncoder
from tests.contract.live import wait_for
from tests.contract.relayed import ask, read, relay
from tests.contract.upstreams.conversing import MODEL, is_up
from tests.contract.upstreams.faults import Status
from tests.contract.upstreams.kinds import Kind
from tests.contract.upstreams.senses import TOKENS, Sensing, parts_of
from tests.contract.upstreams.upstream import CHAT, Upstream
from tests.unit.engine.remote.request.media import draw, encode, say, url_of
from tests.unit.media.documents.pdfs import write_pdf

EYES, EARS = frozenset({"image_url"}), frozenset({"input_audio", "audio_url"})
PNG = url_of("PNG", "png")
PICTURE = {"type": "image_url", "image_url": {"url": PNG, "detail": "high"}}
SOUND = {"type": "input_audio", "input_audio": {"data": encode(say()), "format": "wav"}}
PDF = {"type": "file", "file": {"filename": "a.pdf", "file_data": encode(write_pdf(["Blue whales sing."]))}}
ASKED = {"type": "text", "text": "What is it?"}


def sense(kind: Kind, *, sees: bool = False, hears: bool = False, careless: bool = False) -> Upstream:
    """An upstream that takes these, and says so where its kind says it."""
    upstream = Upstream(kind)
    takes = (EYES if sees else frozenset()) | (EARS if hears else frozenset())
    upstream.trial = upstream.behaviour = Sensing(takes=takes, careless=careless)
    more: dict[str, dict[str, Any]] = {
        "llama-server": {"/props": {**upstream.told.get("/props", {}), "modalities": {"vision": sees, "audio": hears}}},
        "sglang": {"/model_info": {"has_image_understanding": sees, "has_audio_understanding": hears}},
    }
    upstream.told = {**upstream.told, **more.get(kind, {})}
    return upstream


@contextmanager
def before(*upstreams: Upstream) -> Iterator[httpx.Client]:
    """A server before them, that knows what all of them are."""
    with ExitStack() as stack:
        for upstream in upstreams:
            stack.enter_context(upstream)
        client = stack.enter_context(relay({MODEL: upstreams}))
        wait_for(lambda: all(is_up(client, upstream) for upstream in upstreams))
        yield client


def modalities(client: httpx.Client) -> list[str]:
    """What the server says that its model takes."""
    (model,) = client.get("/v1/models").json()["data"]
    told: list[str] = model["input_modalities"]
    return told


def content_of(upstream: Upstream) -> Any:
    """What a user said last, as it came there."""
    return upstream.chats[-1].body["messages"][-1]["content"]


def questions(upstream: Upstream) -> list[str]:
    """The types of the parts that it was asked about before all requests."""
    trials = [asked for asked in upstream.asked if asked.path == CHAT and not asked.body.get("stream")]
    return [part["type"] for asked in trials for part in parts_of(asked.body)]


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama-server", "openai", "generic"])
def test_a_picture_for_one_that_sees(kind: Kind) -> None:
    """Comes there in its place, with what it may know of its detail; what it counts is told."""
    upstream = sense(kind, sees=True)
    with before(upstream) as client:
        assert modalities(client) == ["text", "image"]
        answer = ask(client, MODEL, [ASKED, PICTURE, {"type": "text", "text": "Well?"}])
        assert read(answer, stream=False) == ("Hello", None)
        first, shown, last = content_of(upstream)
        assert (first, last) == (ASKED, {"type": "text", "text": "Well?"})
        assert shown["image_url"]["detail"] == "high"
        assert (shown["image_url"]["url"] == PNG) == (kind != "llama-server")
        details = answer.json()["usage"]["prompt_tokens_details"]
        assert (details["image_tokens"], details["text_tokens"], details["audio_tokens"]) == (TOKENS, 7, 0)


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama-server", "generic"])
@pytest.mark.parametrize("careless", [False, True])
def test_a_picture_for_one_that_does_not(kind: Kind, careless: bool) -> None:
    """Is refused, also where the upstream would pass over it; and of a document there is its text."""
    upstream = sense(kind, careless=careless)
    with before(upstream) as client:
        assert modalities(client) == ["text"]
        _, error = read(ask(client, MODEL, [ASKED, PICTURE]), stream=False)
        assert error and (error["code"], error["param"]) == ("unsupported_parameter", "messages[0].content[1].type")
        assert not upstream.chats
        assert read(ask(client, MODEL, [PDF, ASKED]), stream=False) == ("Hello", None)
        assert isinstance(content_of(upstream), str) and "Blue whales sing." in content_of(upstream)


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama-server", "generic"])
def test_a_recording_for_one_that_hears(kind: Kind) -> None:
    """Comes there as it came here, in the part that its kind has for it."""
    upstream = sense(kind, hears=True)
    with before(upstream) as client:
        assert modalities(client) == ["text", "audio"]
        answer = ask(client, MODEL, [SOUND, ASKED])
        assert read(answer, stream=False) == ("Hello", None)
        url = {"type": "audio_url", "audio_url": {"url": f"data:audio/wav;base64,{encode(say())}"}}
        assert content_of(upstream) == [url if kind == "sglang" else SOUND, ASKED]
        assert answer.json()["usage"]["prompt_tokens_details"]["audio_tokens"] == TOKENS


def test_the_pages_of_a_document() -> None:
    """Are pictures that nobody has sent: they are encoded here, each behind its text."""
    upstream = sense("generic", sees=True)
    with before(upstream) as client:
        assert read(ask(client, MODEL, [PDF, ASKED]), stream=False) == ("Hello", None)
        told, shown, asked = content_of(upstream)
        assert "Blue whales sing." in told["text"] and asked == ASKED
        head, _, data = shown["image_url"]["url"].partition(",")
        assert head == "data:image/png;base64" and base64.b64decode(data, validate=True).startswith(b"\x89PNG")


def test_several_pictures_in_a_conversation() -> None:
    """Each in the message that it came in, in order, whatever else its user is called."""
    upstream = sense("vllm", sees=True)
    other = {"type": "image_url", "image_url": {"url": url_of("JPEG", "jpeg")}}
    messages = [
        {"role": "user", "content": [PICTURE, ASKED, other], "name": "ann"},
        {"role": "assistant", "content": "A dot."},
        {"role": "user", "content": [other]},
    ]
    with before(upstream) as client:
        answer = client.post("/v1/chat/completions", json={"model": MODEL, "messages": messages})
        assert read(answer, stream=False) == ("Hello", None)
        first, _, last = (message["content"] for message in upstream.chats[-1].body["messages"])
        assert first == [{"type": "text", "text": "ann: "}, PICTURE, ASKED, other] and last == [other]


def test_a_low_detail_is_kept_to_here() -> None:
    """An upstream that may not know of it gets a picture that is small."""
    upstream = sense("vllm", sees=True)
    low = {"type": "image_url", "image_url": {"url": PNG, "detail": "low"}}
    with before(upstream) as client:
        assert read(ask(client, MODEL, [low]), stream=False) == ("Hello", None)
        (shown,) = content_of(upstream)
        assert shown["image_url"]["url"] != PNG and shown["image_url"]["detail"] == "low"


@pytest.mark.parametrize(("kind", "asked"), [
    ("vllm", ["image_url", "input_audio"]), ("generic", ["image_url", "input_audio"]),
    ("sglang", []), ("llama-server", []), ("openai", []),
])  # fmt: skip
def test_only_who_does_not_say_is_asked(kind: Kind, asked: list[str]) -> None:
    """One question with a picture, one with a sound."""
    upstream = sense(kind, sees=True)
    with before(upstream):
        assert questions(upstream) == asked


def test_an_older_sglang_is_asked() -> None:
    """It says nothing of this; in its own words for a sound."""
    upstream = sense("sglang", sees=True)
    del upstream.told["/model_info"]
    with before(upstream) as client:
        assert questions(upstream) == ["image_url", "audio_url"] and modalities(client) == ["text", "image"]


def test_another_antiphon_says_it() -> None:
    """By `input_modalities`; so one is as good as what is behind it."""
    for given in (["text"], ["text", "image"], ["text", "image", "audio"]):
        upstream = sense("openai")
        model = {"id": "upstream-model", "owned_by": "antiphon", "input_modalities": given}
        upstream.told = {**upstream.told, "/v1/models": {"data": [model]}}
        with before(upstream) as client:
            assert modalities(client) == given and questions(upstream) == []


def test_an_antiphon_that_has_not_loaded_its_model() -> None:
    """Is believed to see, as hosted models are; what it says later counts."""
    upstream = sense("openai", sees=True)
    model = {"id": "upstream-model", "owned_by": "antiphon", "context_length": None, "input_modalities": None}
    upstream.told = {**upstream.told, "/v1/models": {"data": [model]}}
    with before(upstream) as client:
        assert modalities(client) == ["text", "image"]
        upstream.told["/v1/models"] = {"data": [model | {"context_length": 512, "input_modalities": ["text"]}]}
        wait_for(lambda: modalities(client) == ["text"])
        assert client.get(f"/v1/models/{MODEL}").json()["context_length"] == 512


def test_what_all_of_them_take() -> None:
    """Any may be asked, so one that does not see is enough."""
    with before(sense("generic", sees=True), sense("generic", sees=True, hears=True)) as client:
        assert modalities(client) == ["text", "image"]
    with before(sense("generic", sees=True), sense("generic", hears=True)) as client:
        assert modalities(client) == ["text"]


def test_what_an_upstream_says_against_a_picture() -> None:
    """Is passed on: a hosted model that does not see says so itself."""
    upstream = sense("openai")
    with before(upstream) as client:
        _, error = read(ask(client, MODEL, [PICTURE]), stream=False)
        assert error and error["code"] == "upstream_refused" and "does not take image_url" in error["message"]


def test_a_recording_that_has_no_name() -> None:
    """Of a kind that can be read here and not be told of there: refused with its place."""
    upstream = sense("generic", hears=True)
    flac = {"type": "input_audio", "input_audio": {"data": encode(write_flac()), "format": "wav"}}
    with before(upstream) as client:
        _, error = read(ask(client, MODEL, [ASKED, flac]), stream=False)
        assert error and (error["code"], error["param"]) == ("invalid_audio", "messages[0].content[1].input_audio.data")
        assert "is FLAC" in error["message"] and not upstream.chats


def write_flac() -> bytes:
    """A moment of silence."""
    encoder = FlacEncoder()
    return encoder.feed(np.zeros(4800, np.float32)) + encoder.finish()


def test_one_that_fails_over_a_picture_does_not_see() -> None:
    """Whatever it does with the question; all else is answered."""
    for fault in (Status(500), Status(200, "[]"), Status(422, {"detail": [{"msg": "Input should be a valid string"}]})):
        upstream = sense("generic")
        upstream.trial = fault
        with before(upstream) as client:
            assert modalities(client) == ["text"]
            assert read(ask(client, MODEL, "Hi"), stream=False) == ("Hello", None)


def test_a_picture_that_is_none_reaches_nobody() -> None:
    """It is decoded here first."""
    upstream = sense("generic", sees=True)
    broken = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encode(draw('PNG')[:40])}"}}
    with before(upstream) as client:
        _, error = read(ask(client, MODEL, [broken]), stream=False)
        assert error and error["code"] == "invalid_image" and not upstream.chats
