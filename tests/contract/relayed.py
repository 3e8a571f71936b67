"""A server whose models are upstreams of ours, and what must hold of all that it answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from antiphon.server.app import build_pool
from antiphon.settings import load_settings
from tests.contract.live import COMPLETIONS, body, check_error, frames, serve, wait_for
from tests.contract.upstreams.upstream import Upstream

KEY = "sk-upstream-0123456789abcdef"
LIMIT_S = 60.0
COUNTED = re.compile(r"antiphon_upstream_faults_total\{(?P<labels>[^}]*)\} (?P<number>[0-9.e+]+)")
LABEL = re.compile(r'(\w+)="([^"]*)"')
OURS = ("Traceback", "aiohttp", "site-packages", "/src/antiphon", "127.0.0.1")
"""What no client is to see."""


MOST_KEPT = 8
"""Connections that a server of a few models keeps to an upstream that answers one at a time."""


@contextmanager
def relay(
    models: Mapping[str, Sequence[Upstream]], told: Mapping[str, Mapping[str, Any]] | None = None, **settings: Any
) -> Iterator[httpx.Client]:
    """A client of a server with these upstreams, as soon as they are known to be well. told: settings of upstreams by
    the model's name; the key of the first is sent to all.
    """
    named = {
        "alias": settings.pop("alias", {}),
        "model": {name: [f"{each.url}#upstream-model" for each in upstreams] for name, upstreams in models.items()},
        "upstream": {
            name: ({"key": upstreams[0].key} if upstreams[0].key else {}) | dict((told or {}).get(name, {}))
            for name, upstreams in models.items()
        },
    }
    pool = build_pool(load_settings({"preload": True, **named}))
    with (
        serve(pool, **named, **settings) as url,
        httpx.Client(base_url=url, timeout=LIMIT_S, trust_env=False) as client,
    ):
        yield client


def ask(client: httpx.Client, model: str, content: Any = "Hi", **fields: Any) -> httpx.Response:
    """One request."""
    return client.post(COMPLETIONS, json=body(content, **fields) | {"model": model})


def ask_and_see(client: httpx.Client, model: str, upstream: Upstream, said: str, **fields: Any) -> httpx.Response:
    """The same, streamed. The upstream is told as soon as this text has come."""
    upstream.seen.clear()
    content: list[bytes] = []
    with client.stream("POST", COMPLETIONS, json=body("Hi", stream=True, **fields) | {"model": model}) as answer:
        for piece in answer.iter_bytes():
            content.append(piece)
            if not upstream.seen.is_set() and said.encode() in b"".join(content):
                upstream.seen.set()
    upstream.seen.set()
    return httpx.Response(answer.status_code, headers=answer.headers, content=b"".join(content))


def read(answer: httpx.Response, *, stream: bool) -> tuple[str, dict[str, Any] | None]:
    """The text of the first choice, and the error where there was one: after the text that had come where it was
    streamed, in its place where not. The form is checked.
    """
    if answer.status_code != 200:
        return "", check_error(answer.json())
    if not stream:
        return answer.json()["choices"][0]["message"]["content"] or "", None
    *chunks, done = [frame for frame in frames(answer.text) if frame != "[DONE]"] + ["[DONE]"]
    assert frames(answer.text)[-1] == done
    *said, last = [httpx.Response(200, text=chunk).json() for chunk in chunks]
    error = check_error(last) if "error" in last else None
    choices = [choice for chunk in ([*said] if error else [*said, last]) for choice in chunk["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices if not choice["index"]), error


def count_faults(client: httpx.Client, model: str) -> dict[str, float]:
    """How many faults of each kind have been counted, of all upstreams of a model."""
    counted: dict[str, float] = {}
    for found in COUNTED.finditer(client.get("/metrics").text):
        labels = dict(LABEL.findall(found["labels"]))
        if labels["model"] == model:
            counted[labels["kind"]] = counted.get(labels["kind"], 0) + float(found["number"])
    return counted


def check_secrecy(answer: httpx.Response, *upstreams: Upstream) -> None:
    """Nothing of ours and nothing of where upstreams are is in an answer."""
    shown = answer.text + repr(answer.headers)
    assert KEY not in shown
    for secret in OURS:
        assert secret not in answer.text, secret
    assert all(str(upstream.port) not in shown for upstream in upstreams if answer.status_code != 200)


def settle(*upstreams: Upstream, most_open: int = MOST_KEPT) -> None:
    """Wait until nothing is under way, and few connections are kept."""
    wait_for(lambda: not any(upstream.running for upstream in upstreams))
    wait_for(lambda: all(upstream.num_open <= most_open for upstream in upstreams))
