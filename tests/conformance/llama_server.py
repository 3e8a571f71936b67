"""A real llama-server, from the PyPI package `xllamacpp`, as a process of its own: `python -m
tests.conformance.llama_server FILE PORT ALIAS KEY PROJECTOR`. It computes with the model file as it is, and knows
nothing of Antiphon.

It ends when its standard input does, so that it never outlives who started it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.model.processes import START_LIMIT_S, free_port, wait_for

SLOTS = 4
CONTEXT = 2048
"""Tokens of each slot."""
THREADS = 1
ROOT = Path(__file__).parents[2]


@contextmanager
def serve_llama(
    folder: Path, *, model: Path, alias: str, key: str | None = None, projector: Path | None = None
) -> Iterator[str]:
    """The base URL of a running one. alias: the name that it calls the model by. key: what it asks for. projector: by
    which it sees.
    """
    port = free_port()
    given = (str(model), str(port), alias, key or "", str(projector or ""))
    command = [sys.executable, "-m", "tests.conformance.llama_server", *given]
    with (folder / f"llama-server-{port}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/health", process), START_LIMIT_S)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.communicate()


def answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    """Whether a server that starts is there; fails when it has ended instead."""
    assert process.poll() is None, f"{process.args!r} ended; see its log"
    try:
        return httpx.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def run(model: str, port: str, alias: str, key: str, projector: str) -> None:
    """Serve until standard input ends."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = model, {alias}
    params.hostnames, params.port = ["127.0.0.1"], int(port)
    params.n_parallel, params.n_ctx, params.cpuparams.n_threads = SLOTS, SLOTS * CONTEXT, THREADS
    params.use_jinja, params.endpoint_props, params.warmup = True, True, False
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.mmproj.path, params.mmproj_use_gpu = projector, False
    params.api_keys = [key] if key else []
    _server = xllamacpp.Server(params)  # it serves as long as it is referred to
    sys.stdin.read()
    os._exit(0)  # its threads do not end by themselves


if __name__ == "__main__":
    run(*sys.argv[1:])
