"""What is not text, together with all else that a request may ask for."""

import base64
import json
from typing import Any

import httpx
import openai
import pytest

from antiphon.media.hearing.decode import decode_audio
from tests.model.media.conftest import Say, draw, picture_part
from tests.model.processes import Server
from tests.unit.media.documents.pdfs import write_pdf

TELL = {"type": "text", "text": "Describe the picture."}
SPOKEN: dict[str, Any] = {"modalities": ["text", "audio"], "audio": {"voice": "echo", "format": "pcm16"}}
TOOL = {
    "type": "function",
    "function": {
        "name": "paint",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"colour": {"type": "string", "enum": ["red", "green", "blue"]}},
            "required": ["colour"],
            "additionalProperties": False,
        },
    },
}


def ask(client: openai.OpenAI, *content: Any, **fields: Any) -> Any:
    """A greedy answer to one message of a user."""
    given = {"model": "smollm2", "temperature": 0, "max_completion_tokens": 40, **fields}
    return client.chat.completions.create(messages=[{"role": "user", "content": list(content)}], **given)


def test_a_picture_and_a_tool(client: openai.OpenAI) -> None:
    """A forced call is one of the tool's, whatever is seen."""
    answer = ask(client, picture_part(draw()), TELL, tools=[TOOL], tool_choice="required")
    (call,) = answer.choices[0].message.tool_calls
    assert json.loads(call.function.arguments)["colour"] in ("red", "green", "blue")


def test_a_picture_and_a_format(client: openai.OpenAI) -> None:
    """The colour of what is seen comes out in JSON."""
    schema = TOOL["function"]["parameters"]
    wanted = {"type": "json_schema", "json_schema": {"name": "seen", "schema": schema, "strict": True}}
    answer = ask(client, picture_part(draw("blue")), TELL, response_format=wanted)
    assert json.loads(answer.choices[0].message.content)["colour"] in ("red", "green", "blue")


def test_a_document_and_a_format(client: openai.OpenAI) -> None:
    """JSON about a PDF: of a model that does not see, so of its text alone."""
    data = base64.b64encode(write_pdf(["The colour of the car is green."])).decode()
    part = {"type": "file", "file": {"filename": "car.pdf", "file_data": data}}
    schema = TOOL["function"]["parameters"]
    wanted = {"type": "json_schema", "json_schema": {"name": "car", "schema": schema, "strict": True}}
    question = {"type": "text", "text": "What is the colour of the car?"}
    answer = ask(client, part, question, model="blind", response_format=wanted)
    assert json.loads(answer.choices[0].message.content) == {"colour": "green"}
    assert answer.usage.prompt_tokens_details.image_tokens == 0


def test_a_document_is_seen_too(client: openai.OpenAI) -> None:
    """A model that sees gets a picture of each page beside its text."""
    data = base64.b64encode(write_pdf(["One."], ["Two."])).decode()
    part = {"type": "file", "file": {"filename": "two.pdf", "file_data": f"data:application/pdf;base64,{data}"}}
    assert ask(client, part).usage.prompt_tokens_details.image_tokens == 2 * 25


def test_a_recording_is_written_out(client: openai.OpenAI, say: Say) -> None:
    """What is said stands in the prompt: it is counted as heard, and the rest as text."""
    data = base64.b64encode(say("The quick brown fox jumps over the lazy dog.")).decode()
    part = {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}
    told = ask(client, part, TELL).usage.prompt_tokens_details
    silent = ask(client, TELL).usage.prompt_tokens_details
    assert told.audio_tokens > 10
    assert told.text_tokens - silent.text_tokens in range(3)


def test_two_choices_speak(client: openai.OpenAI) -> None:
    """Each choice has a recording of its own; a stream and a whole answer have the same sound, and the same cost."""
    question = {"type": "text", "text": "Say hello."}
    fields = {**SPOKEN, "n": 2, "seed": 3, "temperature": 1}
    whole = ask(client, question, **fields)
    sounds: dict[int, str] = {0: "", 1: ""}
    texts, ids, expiries, usage = {0: "", 1: ""}, {}, {}, None
    for chunk in ask(client, question, **fields, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            assert choice.delta.content is None
            delta = choice.delta.to_dict().get("audio") or {}
            sounds[choice.index] += delta.get("data", "")
            texts[choice.index] += delta.get("transcript", "")
            ids.update({choice.index: delta["id"]} if "id" in delta else {})
            expiries.update({choice.index: delta["expires_at"]} if "expires_at" in delta else {})
    assert len({*ids.values(), *(choice.message.audio.id for choice in whole.choices)}) == 4
    assert set(expiries) == {0, 1}
    for choice in whole.choices:
        assert choice.message.content is None
        assert choice.message.audio.transcript == texts[choice.index]
        assert choice.message.audio.data == sounds[choice.index]
        assert len(base64.b64decode(sounds[choice.index])) % 2 == 0
    seconds = [len(base64.b64decode(sound)) / 48_000 for sound in sounds.values()]
    details = whole.usage.completion_tokens_details
    assert abs(details.audio_tokens - sum(seconds) * 20) <= 2
    assert whole.usage.completion_tokens == details.audio_tokens + details.text_tokens
    assert usage == whole.usage or usage.completion_tokens_details == details


@pytest.mark.parametrize("form", ["wav", "mp3", "flac", "opus", "aac"])
@pytest.mark.parametrize("streams", [False, True])
def test_every_format_is_a_file(client: openai.OpenAI, form: str, streams: bool) -> None:
    """All pieces of a stream, one behind another, are one file, as a whole answer has one."""
    asked = {"modalities": ["text", "audio"], "audio": {"voice": "nova", "format": form}}
    answer = ask(client, {"type": "text", "text": "Say hello."}, **asked, stream=streams)
    if streams:
        deltas = [chunk.choices[0].delta.to_dict().get("audio") or {} for chunk in answer if chunk.choices]
        data = "".join(delta.get("data", "") for delta in deltas)
    else:
        data = answer.choices[0].message.audio.data
    assert decode_audio(base64.b64decode(data, validate=True), most_s=60).duration_s > 0.3


def test_what_was_spoken_is_remembered(client: openai.OpenAI) -> None:
    """A later turn refers to a spoken answer by its id, and the model gets what it said."""
    spoken = ask(client, {"type": "text", "text": "Say hello."}, **SPOKEN).choices[0].message
    question, more = {"role": "user", "content": "Say hello."}, {"role": "user", "content": "And more?"}
    given = {"model": "smollm2", "temperature": 0, "max_completion_tokens": 1}

    def count(assistant: Any) -> int:
        return client.chat.completions.create(messages=[question, assistant, more], **given).usage.prompt_tokens

    by_id = count({"role": "assistant", "audio": {"id": spoken.audio.id}})
    assert by_id == count({"role": "assistant", "content": spoken.audio.transcript})
    assert by_id == count(spoken.model_dump(exclude_none=True))
    with pytest.raises(openai.BadRequestError) as refused:
        count({"role": "assistant", "audio": {"id": f"audio_{'0' * 32}"}})
    assert (refused.value.code, refused.value.param) == ("audio_not_found", "messages[1].audio.id")


def test_what_cannot_be_said_is_told(client: openai.OpenAI) -> None:
    """Signs that an English voice cannot speak are named, and the transcript has them."""
    bias = dict.fromkeys(range(200), -100)
    prompt = {"type": "text", "text": "Write the word for hello in Chinese signs and an emoji: 你好 😀"}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"const": "你好 😀"}}}
    audio = ask(client, prompt, **SPOKEN, response_format=wanted, logit_bias=bias).choices[0].message.audio
    assert audio.transcript == '"你好 😀"'
    assert set(audio.model_extra["unspoken"]) >= set("你好😀")


def test_stored_with_its_parts(client: openai.OpenAI) -> None:
    """A stored completion gives its parts back as they were sent, and the recording that was the answer."""
    part = picture_part(draw("green", "square"))
    made = ask(client, part, TELL, store=True, **SPOKEN)
    (message,) = client.chat.completions.messages.list(made.id).data
    assert message.content is None
    assert [each.model_dump(exclude_none=True) for each in message.content_parts] == [part, TELL]
    kept = client.chat.completions.retrieve(made.id)
    assert kept.choices[0].message.audio == made.choices[0].message.audio
    client.chat.completions.delete(made.id)


def test_the_same_picture_is_not_computed_twice(client: openai.OpenAI) -> None:
    """A conversation goes on from what it has computed, pictures included."""
    part = picture_part(draw("purple", "square"))
    first = ask(client, part, TELL).usage
    again = ask(client, part, TELL).usage
    assert first.prompt_tokens_details.image_tokens == again.prompt_tokens_details.image_tokens == 25
    assert again.prompt_tokens_details.cached_tokens == again.prompt_tokens - 2


def test_who_sees_is_told(client: openai.OpenAI) -> None:
    """A model without a projector refuses a picture, and says which model that is loaded could see it."""
    with pytest.raises(openai.BadRequestError, match="'smollm2'") as refused:
        ask(client, picture_part(draw()), TELL, model="blind")
    assert (refused.value.code, refused.value.param) == ("unsupported_parameter", "messages[0].content[0].type")


def test_an_upload_is_read(client: openai.OpenAI, eyes: Server) -> None:
    """A file is sent once, and read by its id."""
    file = client.files.create(file=("notes.md", b"# Notes\n\nThe password is swordfish."), purpose="user_data")
    question = {"type": "text", "text": "What is the password?"}
    answer = ask(client, {"type": "file", "file": {"file_id": file.id}}, question, model="blind")
    assert "swordfish" in answer.choices[0].message.content
    client.files.delete(file.id)
    with pytest.raises(openai.BadRequestError) as gone:
        ask(client, {"type": "file", "file": {"file_id": file.id}}, question)
    assert gone.value.param == "messages[0].content[0].file.file_id"
    assert httpx.get(f"{eyes.url}/health", timeout=60).status_code == 200
