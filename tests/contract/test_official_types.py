"""The description of the API against the types of the official package: the same fields, kinds, values and nulls."""

from typing import Any

import pytest
from openai.types import FileDeleted, FileObject, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionDeleted, ChatCompletionStoreMessage
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from pydantic import TypeAdapter

from antiphon.server.app import build_app
from antiphon.settings import Settings
from tests.contract.flatten import Table, flatten

OURS: dict[str, Any] = build_app(Settings(engine="scripted")).openapi()["components"]["schemas"]


def official(*types: Any) -> Table:
    """The table of types of the official package."""
    schemas = [TypeAdapter(given).json_schema() for given in types]
    return flatten(
        *schemas, definitions={name: each for schema in schemas for name, each in schema.get("$defs", {}).items()}
    )


def ours(name: str) -> Table:
    """The table of one of our schemas."""
    return flatten(OURS[name], definitions=OURS)


def same(kinds: set[str], *, but_null: bool) -> set[str]:
    """Kinds to compare, where it may not matter whether null may stand there."""
    return kinds - {"null"} if but_null else kinds


ASKED = official(CompletionCreateParamsNonStreaming, CompletionCreateParamsStreaming)
TAKEN = ours("CreateChatCompletion")

TAKES_MORE: dict[str, str] = {
    "logit_bias.*": "a bias is added to a logit, so it may be any number; every integer is one",
}
ALSO_TAKEN: dict[str, str] = {
    "top_k": "extension, as in other servers",
    "min_p": "extension, as in other servers",
    "messages[]<assistant>.reasoning": "extension: thoughts are given back to templates that take them",
    "messages[]<assistant>.reasoning_content": "extension: another name of the same",
    "messages[]<assistant>.annotations": "the message of an answer has it, and can be given back as it is",
    "messages[]<assistant>.audio.data": "the same",
    "messages[]<assistant>.audio.expires_at": "the same",
    "messages[]<assistant>.audio.transcript": "the same",
    "messages[]<assistant>.audio.unspoken": "the same, our extension",
    "messages[]<assistant>.parsed": "the package's helpers leave it in the message of an answer",
    "messages[]<assistant>.tool_calls[]<function>.index": "and this in a call",
    "messages[]<assistant>.tool_calls[]<custom>.index": "the same",
    "messages[]<assistant>.tool_calls[]<function>.function.parsed_arguments": "and this in its function",
    "messages[]<assistant>.function_call.parsed_arguments": "the same",
    "tool_choice<allowed_tools>.allowed_tools.tools[]<": "the package's type is any object; the text says which",
}


@pytest.mark.parametrize("path", ASKED.kinds)
def test_what_the_package_can_send_is_taken(path: str) -> None:
    """Every field of a request, however deep, is described with the same kinds and values as in the official package.

    Null may stand wherever a field may be left out, and then means the same.
    """
    assert path in TAKEN.kinds
    optional = path in ASKED.required and not ASKED.required[path]
    assert ASKED.required.get(path) == TAKEN.required.get(path)
    assert not optional or "null" in TAKEN.of(path)
    if path in TAKES_MORE:
        assert (ASKED.of(path), TAKEN.of(path)) == ({"integer"}, {"number"})
    else:
        assert same(TAKEN.of(path), but_null=optional) == same(ASKED.of(path), but_null=optional)


def test_what_is_taken_beyond_the_package_is_known() -> None:
    """What we take and the official package does not know is told here, with its reason, and nothing else is."""
    more = {path for path in TAKEN.kinds if path not in ASKED.kinds}
    unknown = {path for path in more if not path.startswith(tuple(ALSO_TAKEN))}
    assert unknown == set()
    assert [path for path in ALSO_TAKEN if not any(known.startswith(path) for known in more)] == []


ANSWERS: dict[str, tuple[Table, Table]] = {
    "ChatCompletion": (official(ChatCompletion), ours("ChatCompletion")),
    "Chunk": (official(ChatCompletionChunk), ours("Chunk")),
    "StoredCompletion": (official(ChatCompletion), ours("StoredCompletion")),
    "CompletionDeleted": (official(ChatCompletionDeleted), ours("CompletionDeleted")),
    "StoredMessage": (official(ChatCompletionStoreMessage), ours("StoredMessage")),
    "Model": (official(Model), ours("Model")),
    "FileObject": (official(FileObject), ours("FileObject")),
    "FileDeleted": (official(FileDeleted), ours("FileDeleted")),
}

SENDS_OTHERS: dict[tuple[str, str], tuple[set[str], str]] = {
    ("Chunk", "choices[].delta.role"): ({"'assistant'"}, "the type has all roles; an answer is always the assistant's"),
    ("Chunk", "choices[].delta.tool_calls[].type"): (
        {"'function'", "'custom'"},
        "the package's chunk does not know custom tools, which its whole answer does",
    ),
    ("CompletionDeleted", "deleted"): ({"true"}, "it is never said of one that is not"),
    ("FileObject", "purpose"): ({"'user_data'", "'vision'"}, "only these are taken; others are for APIs not here"),
    ("FileObject", "status"): ({"'processed'"}, "a file is there when all of it is, and nothing is done to it"),
    ("FileDeleted", "deleted"): ({"true"}, "it is never said of one that is not"),
    ("StoredMessage", "role"): (
        {"'developer'", "'system'", "'user'", "'assistant'", "'tool'", "'function'"},
        "the type is made from an answer's; what is listed are messages of all roles",
    ),
}
ALSO_SENT: dict[tuple[str, str], str] = {
    ("ChatCompletion", "choices[].message.reasoning_content"): "extension: what the model thought, as in other servers",
    ("ChatCompletion", "choices[].message.reasoning"): "extension: the other name of the same",
    ("ChatCompletion", "choices[].message.audio.unspoken"): "extension: what the voice could not say",
    ("StoredCompletion", "choices[].message.audio.unspoken"): "the same",
    ("Chunk", "choices[].delta.audio.unspoken"): "the same",
    ("StoredCompletion", "choices[].message.reasoning_content"): "the same",
    ("StoredCompletion", "choices[].message.reasoning"): "the same",
    ("Chunk", "choices[].delta.reasoning_content"): "the same",
    ("Chunk", "choices[].delta.reasoning"): "the same",
    ("Chunk", "choices[].delta.annotations"): "the whole answer has them; a stream says them where they are known",
    ("Chunk", "choices[].delta.tool_calls[].custom"): "as in the whole answer",
    ("StoredMessage", "name"): "the participant's name, as in the request",
    ("StoredMessage", "tool_call_id"): "the call that a result answers, as in the request",
    ("StoredMessage", "reasoning_content"): "extension: what the assistant thought, as in the request",
    ("StoredMessage", "content_parts[]<input_audio>"): "an input part of a kind that the package's type leaves out",
    ("StoredMessage", "content_parts[]<file>"): "the same",
    ("StoredMessage", "content_parts[]<refusal>"): "the same",
    ("StoredCompletion", "input_user"): "what OpenAI returns, though the package's type does not tell",
    ("StoredCompletion", "request_id"): "the same",
    ("StoredCompletion", "temperature"): "the same",
    ("StoredCompletion", "top_p"): "the same",
    ("StoredCompletion", "presence_penalty"): "the same",
    ("StoredCompletion", "frequency_penalty"): "the same",
    ("StoredCompletion", "seed"): "the same",
    ("StoredCompletion", "tools"): "the same",
    ("StoredCompletion", "tool_choice"): "the same",
    ("StoredCompletion", "response_format"): "the same",
    ("Model", "context_length"): "extension: how much fits",
    ("Model", "input_modalities"): "extension: whether it sees and hears",
}
SENT_IF_GIVEN = {("StoredMessage", f"audio.{field}") for field in ("data", "expires_at", "transcript")}
"""An input message names a spoken answer by its id; the rest is there when the request had it."""
KNOWN = [(name, path) for name, (theirs, _) in ANSWERS.items() for path in theirs.kinds]


@pytest.mark.parametrize(("name", "path"), KNOWN)
def test_what_the_package_reads_is_sent(name: str, path: str) -> None:
    """Every field of an answer that the official package knows is described with the same kinds and values.

    Null stands only where the package takes it; a field that is always sent, or left out instead, need not be null.
    """
    theirs, mine = ANSWERS[name]
    assert path in mine.kinds
    assert mine.of(path) - {"null"} == SENDS_OTHERS.get((name, path), (theirs.of(path) - {"null"}, ""))[0]
    assert "null" not in mine.of(path) or "null" in theirs.of(path)
    assert mine.required.get(path) or not theirs.required.get(path) or (name, path) in SENT_IF_GIVEN


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_sent_beyond_the_package_is_known(name: str) -> None:
    """What we send and the official package does not know is told here, with its reason, and nothing else is."""
    theirs, mine = ANSWERS[name]
    more = {path for path in mine.kinds if path not in theirs.kinds}
    known = tuple(path for where, path in ALSO_SENT if where == name)
    assert {path for path in more if not path.startswith(known)} == set()
    assert [path for path in known if not any(sent.startswith(path) for sent in more)] == []


def test_what_differs_is_there() -> None:
    """No allowance stays longer than what it allows."""
    for name, path in SENDS_OTHERS:
        theirs, mine = ANSWERS[name]
        assert mine.of(path) - {"null"} != theirs.of(path) - {"null"}
