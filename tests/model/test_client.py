"""The examples of the client's documentation, against the real model."""

import re
from pathlib import Path

import pytest

from antiphon.client import Client, user_message
from tests.model.processes import Server

EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)
DOCUMENT = Path(__file__).parents[2] / "docs/client.md"
SHOWN = (
    r".+\n\d+ stop\n",
    r"1\n",
    r".+\ntokens: \d+\nstop\n",
    r"length True\n\['present', 'null', 'missing'\]\n\{\} \{\"id\":\n",
    r"\['one'\]\n\['two'\]\n\['three'\]\n",
    r"chat.completion\n",
    r"400 temperature\n",
)
"""What each prints, in their order."""
EXAMPLES = EXAMPLE.findall(DOCUMENT.read_text())


def test_all_are_run() -> None:
    """There is no example without its output."""
    assert len(EXAMPLES) == len(SHOWN)


@pytest.mark.parametrize("number", range(len(SHOWN)))
def test_an_example(
    server: Server, number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It runs as it is printed, with the address in the environment."""
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
    exec(compile(EXAMPLES[number], "docs/client.md", "exec"), {"__name__": "example"})
    assert re.fullmatch(SHOWN[number], capsys.readouterr().out, re.DOTALL)


def test_streamed_is_whole(server: Server) -> None:
    """At temperature 0 the real model's answer is the same, whole and streamed."""
    asked = {"model": "smollm2", "messages": [user_message("Count to five.")], "temperature": 0, "max_tokens": 30}
    with Client(base_url=f"{server.url}/v1") as client:
        client.chat.completions.create(**asked, logprobs=True, top_logprobs=2)
        whole = client.chat.completions.create(**asked, logprobs=True, top_logprobs=2)
        with client.chat.completions.stream(**asked, logprobs=True, top_logprobs=2) as stream:
            streamed = stream.final()
    assert streamed.choices == whole.choices and streamed.usage == whole.usage
