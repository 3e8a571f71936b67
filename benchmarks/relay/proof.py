"""One stream through a gateway, read as JSON: what is counted later by bytes is right."""

import json
from typing import Any

import click
import httpx

from relay.emitter.frames import build_text
from relay.emitter.script import Script, build_body
from relay.place import Place

NUM_TOKENS = 250


def prove(place: Place) -> None:
    """Text, finish reason, usage and end are as the upstream sent them. Raises `ClickException` where not."""
    lines = _fetch(place)
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    reasons = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
    usage = [chunk["usage"]["completion_tokens"] for chunk in chunks if chunk.get("usage")]
    found: dict[str, Any] = {"end": lines[-1], "text": text, "finish reason": reasons, "usage": usage}
    wanted = {"end": "data: [DONE]", "text": build_text(NUM_TOKENS), "finish reason": ["length"], "usage": [NUM_TOKENS]}
    for what, value in wanted.items():
        if found[what] != value:
            raise click.ClickException(f"{place.name}: the {what} of a stream is {found[what]!r}, not {value!r}.")


def _fetch(place: Place) -> list[str]:
    body = build_body(Script(NUM_TOKENS), obfuscate=True)
    url = f"http://127.0.0.1:{place.port}/v1/chat/completions"
    headers = {"content-type": "application/json", "authorization": "Bearer unused"}
    response = httpx.post(url, content=body, headers=headers, trust_env=False, timeout=60)
    if response.is_error:
        raise click.ClickException(f"{place.name}: HTTP {response.status_code}: {response.text[:500]}")
    return [line for line in response.text.splitlines() if line]
