"""A strictly checked project that uses the client: what is right passes, what is wrong is found."""

import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """
from typing import assert_type

from antiphon.client import (
    AsyncClient, CallOptions, ChatCompletion, Client, ServerError, audio_part, image_part, text_part, user_message,
    user_message_parts,
)
from antiphon.client.responses import CompletionDeleted, Model, StoredMessage, ToolCall


def wait() -> str | None:
    with Client(base_url="http://x/v1", api_key="k", timeout=3, headers={"a": None}) as client:
        completions = client.chat.completions.with_options(max_retries=0)
        parts = user_message_parts(text_part("a"), image_part("u", "low"), audio_part(b"", "wav"))
        answer = completions.create(model="m", messages=[parts], temperature=0, options=CallOptions(timeout=None))
        assert_type(answer, ChatCompletion)
        assert_type(answer.choices[0].message.tool_calls, list[ToolCall] | None)
        known: bool = answer.choices[0].finish_reason.is_known
        again = completions.create(model="m", messages=[answer.choices[0].message, {"role": "user", "content": "b"}])
        with completions.stream(model="m", messages=[user_message("a")]) as stream:
            for event in stream:
                if event.type == "content.delta":
                    assert_type(event.text, str)
            assert_type(stream.final(), ChatCompletion)
        for one in completions.list(metadata={"a": "b"}):
            assert_type(one, ChatCompletion)
            for message in completions.messages.list(one.id, limit=3):
                assert_type(message, StoredMessage)
        assert_type(completions.delete("c"), CompletionDeleted)
        for model in client.models.list():
            assert_type(model, Model)
        return again.choices[0].message.content if known else None


async def ask() -> ChatCompletion:
    async with AsyncClient() as client:
        answer = await client.chat.completions.create(model="m", messages=[user_message("a")])
        assert_type(answer, ChatCompletion)
        async with client.chat.completions.stream(model="m", messages=[user_message("a")]) as stream:
            async for text in stream.texts():
                assert_type(text, str)
        async for one in client.chat.completions.list(limit=1):
            assert_type(one, ChatCompletion)
        try:
            return await client.chat.completions.update("c", metadata={"a": "b"})
        except ServerError as error:
            assert_type(error.status_code, int)
            raise
"""
BAD = """
from antiphon.client import AsyncClient, Client, user_message

client = Client(base_ulr="http://x")
client = Client(timeout="soon")
completions = Client().chat.completions
completions.create(messages=[user_message("a")])
completions.create(model="m", messages=[user_message("a")], temprature=1)
completions.create(model="m", messages=[user_message("a")], temperature="hot")
completions.create(model="m", messages=[user_message(7)])
completions.update("c")
completions.create(model="m", messages=[]).choices[0].mesage
AsyncClient().chat.completions.create(model="m", messages=[]).choices
for one in AsyncClient().chat.completions.list():
    pass
"""


def check(folder: Path, text: str) -> list[str]:
    """What mypy says, a line for each line of the file that is wrong."""
    (folder / "project.py").write_text(text)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", "project.py"]
    said = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300, check=False)
    assert said.stderr == ""
    return sorted({line.split(":")[1] for line in said.stdout.splitlines() if ": error:" in line}, key=int)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's project, with mypy's cache."""
    return tmp_path_factory.mktemp("project")


def test_what_is_right_passes(folder: Path) -> None:
    """Every type is what it should be, of both clients."""
    assert check(folder, GOOD) == []


def test_what_is_wrong_is_found(folder: Path) -> None:
    """Each line of it."""
    wrong = [str(number) for number, line in enumerate(BAD.splitlines(), 1) if number > 3 and line and line[0] != " "]
    wrong.remove(str(BAD.splitlines().index("completions = Client().chat.completions") + 1))
    assert check(folder, BAD) == wrong
