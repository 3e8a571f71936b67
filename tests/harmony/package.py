"""The official `openai-harmony` package without the internet: it gets its vocabulary from a package for Node.

It would download `o200k_base.tiktoken`. The same ranks are in `js-tiktoken`, which `make test` installs with npm.
"""

import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import openai_harmony
import pytest
from openai_harmony import Message, Role

from antiphon.dialect.prompt import ControlTokens

RANKS = Path(__file__).parents[1] / "contract/packages/node_modules/js-tiktoken/dist/ranks/o200k_base.js"
needs_vocabulary = pytest.mark.skipif(
    not RANKS.is_file(),
    reason="The vocabulary of gpt-oss is missing: apt-get install nodejs npm, then make test sets it up.",
)


@cache
def load_encoding() -> openai_harmony.HarmonyEncoding:
    """The encoding of gpt-oss. Takes about a second. The package checks the vocabulary's SHA-256."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        (Path(folder) / "o200k_base.tiktoken").write_text("".join(read_ranks(RANKS.read_text())))
        environment.setenv("TIKTOKEN_ENCODINGS_BASE", folder)
        return openai_harmony.load_harmony_encoding(openai_harmony.HarmonyEncodingName.HARMONY_GPT_OSS)


def read_ranks(source: str) -> Iterator[str]:
    """Lines of a token in Base64 and its rank. The source has lines of a word, the first rank, and tokens."""
    found = re.search(r'"bpe_ranks":\s*"([^"]*)"', source)
    assert found, "js-tiktoken writes its ranks in another way"
    for line in found[1].split(r"\n"):
        _, first, *tokens = line.split(" ")
        yield from (f"{token} {rank}\n" for rank, token in enumerate(tokens, int(first)))


@cache
def load_control() -> ControlTokens:
    """The control tokens of gpt-oss."""
    encoding = load_encoding()
    spellings = encoding.special_tokens_set
    return ControlTokens({spelling: encoding.encode(spelling, allowed_special="all")[0] for spelling in spellings})


@cache
def piece_of(token: int) -> bytes:
    """A token's text. That of a control token is empty."""
    encoding = load_encoding()
    return b"" if encoding.is_special_token(token) else bytes(encoding._inner.decode_bytes([token]))


def encode(output: str) -> list[int]:
    """An output with control tokens spelled out."""
    return load_encoding().encode(output, allowed_special="all")


def say(text: str, channel: str | None = None, role: Role = Role.ASSISTANT) -> Message:
    """A message."""
    message = Message.from_role_and_content(role, text)
    return message.with_channel(channel) if channel else message


def call(name: str, text: str, channel: str, content_type: str | None, *, behind: bool = False) -> Message:
    """A call. behind: its recipient behind the channel, where the package only reads it, and not behind the role."""
    recipient = f"functions.{name}"
    message = say(text, f"{channel} to={recipient}") if behind else say(text, channel).with_recipient(recipient)
    return message.with_content_type(content_type) if content_type else message
