"""Settings that a rolling restart cannot change: they are of what goes on through it, the socket and the models."""

from collections.abc import Mapping
from typing import Any

from antiphon.errors import ConfigurationError
from antiphon.server.local import local_models
from antiphon.settings import Settings

KEPT = frozenset(
    {
        "host", "port", "workers", "drain_timeout", "engine", "preload", "memory_limit", "data_dir", "context",
        "parallel", "queue", "threads", "cache_bytes", "disk_cache_bytes", "kv_type", "draft", "deterministic",
        "flash_attention", "cpu_layout",
    }
)  # fmt: skip


def describe_kept(settings: Settings) -> dict[str, Any]:
    """Their values, as plain ones."""
    return {**settings.model_dump(mode="json", include=set(KEPT)), "model": local_models(settings)}


def check_kept(before: Mapping[str, Any], settings: Settings) -> None:
    """Whether they are as they were. Raises `ConfigurationError`."""
    now = describe_kept(settings)
    for name in before.keys() & now.keys():
        if before[name] != now[name]:
            flag = f"--{name.replace('_', '-')}"
            raise ConfigurationError(f"{flag} has changed, which takes effect when the server is stopped and started.")
