"""The flags are those of the wire models, and all that the specification's command line has."""

import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.cli.api.flags import load_flags
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.stored import ListCompletions, ListMessages, UpdateCompletion

DOCUMENTED = {
    "create": """message model audio frequency-penalty function-call function logit-bias logprobs max-completion-tokens
        max-tokens metadata modality n parallel-tool-calls prediction presence-penalty prompt-cache-key
        prompt-cache-retention reasoning-effort response-format safety-identifier seed service-tier stop store
        stream-options temperature tool-choice tool top-logprobs top-p user verbosity web-search-options""",
    "list": "after limit metadata model order",
    "retrieve": "completion-id",
    "update": "completion-id metadata",
    "delete": "completion-id",
    "messages list": "completion-id after limit order",
}
NEWER = {"moderation", "prompt-cache-options", "stream", "audio.voice", "audio.format", "stream-options.include-usage",
         "function.name", "moderation.model", "prediction.content", "prompt-cache-options.ttl",
         "web-search-options.search-context-size"}  # fmt: skip


@pytest.mark.parametrize("operation", DOCUMENTED)
def test_every_documented_flag(operation: str) -> None:
    """No flag of the document is missing, and each is told."""
    flags = {flag.name: flag for flag in load_flags(operation)}
    assert set(DOCUMENTED[operation].split()) <= set(flags)
    assert operation != "create" or set(flags) >= NEWER
    assert all(flag.help for flag in flags.values())


@pytest.mark.parametrize(("operation", "model"), [
    ("create", CreateChatCompletion), ("list", ListCompletions), ("update", UpdateCompletion),
    ("messages list", ListMessages),
])  # fmt: skip
def test_every_parameter_has_a_flag(operation: str, model: type) -> None:
    """A new parameter of the server is a flag, and no flag says what the server does not know."""
    wanted = set(model.model_fields)  # type: ignore[attr-defined]
    assert {flag.path[0] for flag in load_flags(operation)} - {"completion_id"} == wanted


def test_they_are_up_to_date() -> None:
    """The file is what the wire models say."""
    tool = Path(__file__).parents[4] / "tools/flags.py"
    subprocess.run([sys.executable, tool, "--check"], check=True)
