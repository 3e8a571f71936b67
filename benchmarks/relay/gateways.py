"""The gateways that are measured, each started by its own command line in front of the upstream, with one process."""

import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
import httpx

from pairs.contender import Contender
from relay.emitter.script import MODEL
from relay.place import Place

START_LIMIT_S = 180.0
# Nothing is fetched, sent home, kept or logged. By default LiteLLM has at most 500 connections to an upstream, and what
# is above them waits; 0, which its documentation calls unlimited, leaves aiohttp's own limit of 100.
LITELLM_ENVIRONMENT = (
    "LITELLM_MODE=PRODUCTION",
    "LITELLM_LOG=ERROR",
    "LITELLM_LOCAL_MODEL_COST_MAP=True",
    "LITELLM_DONT_SHOW_FEEDBACK_BOX=true",
    "AIOHTTP_CONNECTOR_LIMIT=100000",
    "AIOHTTP_CONNECTOR_LIMIT_PER_HOST=100000",
)


class Gateway(Contender):
    """A gateway's process. health: a path that answers 200 as soon as it serves."""

    def __init__(self, name: str, command: Sequence[str], *, folder: Path, health: str) -> None:
        super().__init__(name, command, folder=folder)
        self.command = tuple(self._command)
        self._health = self.server.base_url.removesuffix("/v1") + health
        self._give_up_s = 0.0

    @property
    def place(self) -> Place:
        """Where it serves, once it has been started."""
        assert self._process
        port = httpx.URL(self.server.base_url).port
        assert port
        return Place(self.server.name, port, self._process.pid)

    def start(self) -> None:
        """Return when it answers. Raises `ClickException` when it ends instead, or never does."""
        self._give_up_s = time.monotonic() + START_LIMIT_S
        super().start()

    def _is_ready(self) -> bool:
        if time.monotonic() > self._give_up_s:
            raise click.ClickException(f"{self.server.name} does not serve after {START_LIMIT_S:g} s.")
        try:
            return httpx.get(self._health, trust_env=False, timeout=10).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


def build_antiphon(upstream_port: int, *, flags: Sequence[str], folder: Path) -> Gateway:
    """`antiphon serve`, as it comes: obfuscation is on."""
    upstream = f"{MODEL}=http://127.0.0.1:{upstream_port}/v1#{MODEL}"
    place = ("--host", "127.0.0.1", "--port", "PORT", "--data-dir", str(folder))
    command = (sys.executable, "-m", "antiphon", "serve", *place, "--model", upstream)
    return Gateway(
        "antiphon", (*command, "--upstream", f"{MODEL}.kind=openai", *flags), folder=folder, health="/health"
    )


def build_litellm(program: Path, upstream_port: int, *, flags: Sequence[str], folder: Path) -> Gateway:
    """The LiteLLM proxy without keys, database, callbacks and retries, and without gathering streams for its log.

    Of its providers that can speak to such an upstream, `hosted_vllm` was the fastest, by a third before `openai`.
    """
    config = folder / "litellm.yaml"
    config.write_text(json.dumps(describe_litellm(upstream_port), indent=1))  # JSON is YAML
    environment = (str(shutil.which("env")), *LITELLM_ENVIRONMENT)
    place = ("--host", "127.0.0.1", "--port", "PORT", "--num_workers", "1")
    command = (*environment, str(program), "--config", str(config), *place, *flags)
    return Gateway("litellm", command, folder=folder, health="/health/liveliness")


def describe_litellm(upstream_port: int) -> dict[str, object]:
    """Its configuration file."""
    params = {"model": f"hosted_vllm/{MODEL}", "api_base": f"http://127.0.0.1:{upstream_port}/v1", "api_key": "unused"}
    quiet = {"set_verbose": False, "callbacks": [], "num_retries": 0, "request_timeout": 600}
    return {
        "model_list": [{"model_name": MODEL, "litellm_params": params}],
        "litellm_settings": {**quiet, "disable_streaming_logging": True, "disable_end_user_cost_tracking": True},
        # No keys, as ours has none; it insists on being told so.
        "general_settings": {
            "dangerously_permit_weak_or_unset_master_key": True,
            "disable_spend_logs": True,
            "disable_error_logs": True,
        },
    }
