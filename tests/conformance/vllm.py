"""A real vLLM on the CPU, which is not part of the ordinary run: `ANTIPHON_VLLM` says where one runs (its base URL),
or where its virtual environment is (see tools/vllm.sh). Knows nothing of Antiphon.

It is read when this module is imported: later, tests take all such variables away.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.conformance.llama_server import ROOT, answers
from tests.model.processes import STOP_LIMIT_S, free_port, wait_for

GIVEN = os.environ.get("ANTIPHON_VLLM", "")
"""Empty where there is none."""
RUNS = GIVEN.startswith(("http://", "https://"))
"""Whether it was started by somebody else, with whatever flags."""
BACKEND = "--structured-outputs-config.backend"
"""vLLM has one for all requests: which it is, the first that needs one decides, unless it is said."""
TEMPLATE = str(Path(__file__).with_name("hermes.jinja"))
"""SmolLM2's own tells the model of no tools."""
XGRAMMAR = (
    "--enable-auto-tool-choice",
    "--tool-call-parser",
    "hermes",
    "--chat-template",
    TEMPLATE,
    BACKEND,
    "xgrammar",
)
"""As most people start it: it parses calls, and takes no grammar of ours."""
GUIDANCE = (BACKEND, "guidance")
"""It takes our grammars, and has neither a parser nor a template for calls."""
START_LIMIT_S = 300.0


@contextmanager
def serve_vllm(*flags: str, folder: Path, alias: str) -> Iterator[str]:
    """The base URL of a running one. alias: the name that it calls the model by."""
    port = free_port()
    command = [str(ROOT / "tools" / "vllm.sh"), "serve", str(port), "--served-model-name", alias, *flags]
    with (folder / f"vllm-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, "ANTIPHON_VLLM": GIVEN}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/health", process), START_LIMIT_S)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End it with all that it started, which is why it has a group of its own."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_LIMIT_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def takes_lark(url: str) -> bool:
    """Whether one that runs takes grammars in llguidance's notation."""
    name = httpx.get(f"{url}/models").json()["data"][0]["id"]
    asked = {"model": name, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2}
    grammar = {"structured_outputs": {"grammar": '%llguidance {}\nstart: "a"\n'}}
    return httpx.post(f"{url}/chat/completions", json=asked | grammar, timeout=START_LIMIT_S).is_success
