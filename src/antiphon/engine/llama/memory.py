"""Whether a model fits into memory: its weights, and the cache of all that may run at a time."""

from pathlib import Path

from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.gguf import weigh
from antiphon.errors import ConfigurationError

MACHINE = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")
GB = 1e9


def check_memory(config: WorkerConfig, free: int | None) -> None:
    """free: bytes that may be taken, None where nobody tells. Raises `ConfigurationError`."""
    weights, cache = weigh(Path(config.model_path), config)
    if free is not None and weights + (cache or 0) > free:
        beside = f" and {config.parallel} sequences {cache / GB:.1f} GB" if cache else ""
        raise ConfigurationError(
            f"The model does not fit into memory: its weights take {weights / GB:.1f} GB{beside}, and"
            f" {free / GB:.1f} GB are free. Lower --context or --parallel, set --kv-type q8_0, or take a smaller model."
        )


def free_bytes() -> int | None:
    """Memory that may still be taken, of the machine and of the container; None where nobody tells."""
    return min((free for free in (free_of_machine(), free_of_group()) if free is not None), default=None)


def free_of_machine(about: Path = MACHINE) -> int | None:
    """As Linux estimates it: pages that hold files count as free."""
    try:
        lines = about.read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return None


def free_of_group(folder: Path = GROUP) -> int | None:
    """What the limit of a container leaves (cgroup v2)."""
    try:
        limit, used = (int((folder / name).read_text()) for name in ("memory.max", "memory.current"))
        about = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return limit - used + int(about.get("inactive_file", 0))
    except (OSError, ValueError):  # no cgroup v2, or the limit is "max"
        return None
