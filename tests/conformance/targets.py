"""What the tests run on: engines that `antiphon serve` has behind it, how each is started, and what it can do.

Which fields mean nothing to one follows from its capabilities and the product's table, in `table.py`. vLLM is a target
only where `ANTIPHON_VLLM` says so.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import httpx

from antiphon.capability import Capability
from antiphon.engine.remote.kinds import BASE, KINDS
from tests.conformance import vllm
from tests.conformance.llama_server import CONTEXT, SLOTS, serve_llama
from tests.model.ask import MODEL
from tests.model.plain import bundled_model
from tests.model.processes import Server, serve

ALIAS = "upstream-smollm2"
"""What upstreams call the model, and no client may see."""
COMPUTING = ("--context", str(CONTEXT), "--parallel", str(SLOTS), "--threads", "1", "--cpu-layout", "file",
             "--flash-attention", "off")  # fmt: skip
LLAMA: frozenset[Capability] = frozenset(
    {
        "tools",
        "structured_output",
        "prediction",
        "prompt_caching",
        "prompt_grouping",
        "prompt_storage",
        "service_tiers",
        "token_filters",
    }
)
"""Of the bundled model, which does not reason."""
LLAMA_SERVER: frozenset[Capability] = BASE | KINDS["llama-server"].capabilities
VLLM: frozenset[Capability] = BASE | KINDS["vllm"].capabilities | {"service_tiers"}
"""As tools/vllm.sh starts it: it has an order of who goes first."""


class Upstream(Protocol):
    """Starts one, whose base URL it gives. folder: for its log."""

    def __call__(self, *, folder: Path) -> AbstractContextManager[str]: ...


@dataclass(frozen=True)
class Target:
    """One of them. upstream: None where Antiphon computes itself. same_file: whether it computes with the bundled
    file, so that greedy answers are the same. takes_lark: whether it takes our grammars: then JSON stands on one line,
    and a custom tool with a grammar, or a response format, may stand beside other tools. salts: whether it keeps the
    prompts of one group from another. most_choices: of one request, where it has a bound. loses_held: whether text is
    lost, where a limit ends an answer, that it had held back because a stop string had begun. trims: whether white
    space at the beginning is counted and not sent.
    """

    name: str
    capabilities: frozenset[Capability]
    upstream: Upstream | None = None
    same_file: bool = False
    takes_lark: bool = True
    salts: bool = True
    most_choices: int | None = None
    loses_held: bool = False
    trims: bool = False


@contextmanager
def connect(url: str, folder: Path) -> Iterator[str]:
    """One that runs already."""
    assert httpx.get(f"{url}/models").is_success, f"nothing answers at {url}"
    yield url


def find_targets() -> list[Target]:
    """All that this run has."""
    start = partial(serve_llama, model=bundled_model(), alias=ALIAS)
    llama_server = Target(
        "llama-server",
        LLAMA_SERVER,
        start,
        same_file=True,
        takes_lark=False,
        salts=False,
        most_choices=SLOTS,
        loses_held=True,
        trims=True,
    )
    targets = [Target("llama", LLAMA, same_file=True), llama_server]
    if vllm.RUNS:
        takes_lark = vllm.takes_lark(vllm.GIVEN)
        targets.append(Target("vllm", VLLM, partial(connect, vllm.GIVEN), takes_lark=takes_lark))
    elif vllm.GIVEN:
        start_vllm = partial(vllm.serve_vllm, alias=ALIAS)
        targets.append(Target("vllm-xgrammar", VLLM, partial(start_vllm, *vllm.XGRAMMAR), takes_lark=False))
        targets.append(Target("vllm-guidance", VLLM, partial(start_vllm, *vllm.GUIDANCE)))
    return targets


TARGETS = find_targets()


@contextmanager
def serve_target(target: Target, folder: Path) -> Iterator[Server]:
    """`antiphon serve` with this engine behind it."""
    if target.upstream is None:
        with serve(folder, *COMPUTING) as server:
            yield server
        return
    with target.upstream(folder=folder) as url:
        name = httpx.get(f"{url}/models").json()["data"][0]["id"]
        with serve(folder, "--model", f"{MODEL}={url}#{name}") as server:
            yield server
