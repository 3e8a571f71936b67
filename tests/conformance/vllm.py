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

from tests.conformance.llama_server import ROOT, answers
from tests.model.processes import STOP_LIMIT_S, free_port, wait_for

GIVEN = os.environ.get("ANTIPHON_VLLM", "")
"""Empty where there is none."""
RUNS = GIVEN.startswith(("http://", "https://"))
"""Whether it was started by somebody else, with whatever flags."""
WITH_PARSER = ("--enable-auto-tool-choice", "--tool-call-parser", "hermes",
               "--chat-template", str(Path(__file__).with_name("hermes.jinja")))  # fmt: skip
"""SmolLM2's own template tells the model of no tools."""
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
