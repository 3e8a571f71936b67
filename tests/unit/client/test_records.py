"""Answers are read leniently: what is not known is kept, what is not there is told apart from null."""

import json
from typing import get_args, get_type_hints

import msgspec
import pytest

from antiphon.client import responses, words
from antiphon.client.errors import Unreadable
from antiphon.client.records import Record
from antiphon.client.responses import ChatCompletion, Choice, Message
from antiphon.schema.outgoing import Outgoing
from antiphon.schema.response import calls, chunk, completion, logprobs, models, stored, usage

WIRE = (calls, chunk, completion, logprobs, models, stored, usage)
STRUCTS = {
    kind.__name__: kind
    for module in WIRE
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Outgoing) and kind is not Outgoing
}
MERGED = {
    "Message": ("ResponseMessage",),
    "ChatCompletion": ("ChatCompletion", "StoredCompletion"),
    "ToolCall": ("FunctionToolCall", "CustomToolCall"),
    "StoredPart": ("StoredTextPart", "StoredImagePart", "StoredAudioPart", "StoredFilePart", "StoredRefusalPart"),
}
"""Records that stand for several wire models, or have another name."""
AS_THEY_ARE = {
    "CompletionList", "MessageList", "ModelList", "StoredBreakpoint", "StoredImageUrl", "StoredInputAudio",
    "StoredFile", "StoredAudio", "ModerationReport",
}  # fmt: skip
"""Wire models that a client gives as pages, or as plain dictionaries."""
RECORDS = {
    kind.__name__: kind
    for kind in vars(responses).values()
    if isinstance(kind, type) and issubclass(kind, Record) and kind is not Record
}


def wire_fields(name: str) -> set[str]:
    """Of a wire model, and the tag that tells it from others."""
    config = STRUCTS[name].__struct_config__
    return set(STRUCTS[name].__struct_fields__) | ({config.tag_field} if config.tag_field else set())


@pytest.mark.parametrize("name", RECORDS)
def test_the_fields_of_the_wire(name: str) -> None:
    """Each record has the fields of its wire models."""
    wanted = set().union(*(wire_fields(wire) for wire in MERGED.get(name, (name,))))
    assert set(RECORDS[name].declared()) == wanted


def test_every_wire_model_can_be_read() -> None:
    """None is missed."""
    covered = {wire for name in RECORDS for wire in MERGED.get(name, (name,))}
    assert covered | AS_THEY_ARE == set(STRUCTS)


def test_the_words_of_the_wire() -> None:
    """Words that a record knows are those that the wire has."""
    roles = get_args(get_type_hints(stored.StoredMessage)["role"])
    assert set(roles) == words.Role.KNOWN
    assert {"function", "custom"} == words.ToolType.KNOWN


WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hi", "refusal": None, "mood": "good"},
            "finish_reason": "vanished",
        }
    ],
    "service_tier": None,
    "later": {"a": 1},
}


def test_what_is_not_known_is_kept() -> None:
    """Extra fields, the JSON as it was, and a word that is not among those known."""
    text = json.dumps(WHOLE, indent=1).encode()
    read = ChatCompletion.parse(text)
    assert read.extra_fields == {"later": {"a": 1}}
    assert read.raw_json == text.decode()
    assert read.choices[0].message.extra_fields == {"mood": "good"}
    assert json.loads(read.choices[0].raw_json) == WHOLE["choices"][0]  # type: ignore[index]
    assert read.choices[0].finish_reason == "vanished" and not read.choices[0].finish_reason.is_known
    assert read.choices[0].message.role.is_known
    assert read.to_dict() == WHOLE and read == ChatCompletion(WHOLE)


def test_missing_null_and_present() -> None:
    """All three can be told apart, also where the attribute is None."""
    read = ChatCompletion(WHOLE)
    assert [read.state(name) for name in ("usage", "service_tier", "id", "nonsense")] == [
        "missing", "null", "present", "missing",
    ]  # fmt: skip
    assert read.usage is None and read.service_tier is None


def test_what_is_needed_and_not_there() -> None:
    """Is told when somebody needs it, by its name."""
    with pytest.raises(AttributeError, match="sent no 'finish_reason' in this Choice"):
        _ = Choice({"index": 0}).finish_reason
    with pytest.raises(AttributeError, match="has no field 'contents'"):
        _ = Message({}).contents
    assert not hasattr(Message({}), "contents")


@pytest.mark.parametrize(("fields", "wanted"), [
    ({"choices": {}}, "no list"),
    ({"choices": ["x"]}, "no object where a Choice belongs"),
])  # fmt: skip
def test_what_is_something_else(fields: dict[str, object], wanted: str) -> None:
    """Is told, too."""
    with pytest.raises(Unreadable, match=wanted):
        _ = ChatCompletion(fields).choices[0]


@pytest.mark.parametrize("text", [b"", b"<html>", b"[1]", b"7", b'{"a":'])
def test_what_is_no_object(text: bytes) -> None:
    """An answer that is not JSON, or not an object, is told with its beginning."""
    with pytest.raises(Unreadable):
        ChatCompletion.parse(text)


def test_our_own_answers() -> None:
    """A completion of this server is read with nothing left over."""
    answer = completion.ChatCompletion(
        id="chatcmpl-1",
        created=1,
        model="m",
        choices=[],
        usage=usage.Usage(
            prompt_tokens=1,
            completion_tokens=2,
            total_tokens=3,
            prompt_tokens_details=usage.PromptTokensDetails(),
            completion_tokens_details=usage.CompletionTokensDetails(),
        ),
        system_fingerprint="fp",
    )
    read = ChatCompletion.parse(msgspec.json.encode(answer))
    assert read.usage and read.usage.prompt_tokens_details
    assert not read.extra_fields and not read.usage.extra_fields and read.usage.total_tokens == 3
    assert read.usage.prompt_tokens_details.cached_tokens == 0
