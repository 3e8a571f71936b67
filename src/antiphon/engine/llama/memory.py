"""Whether a model fits into memory: its weights, and the cache of all that may run at a time."""

from pathlib import Path

from antiphon.engine.llama.binding import lib
from antiphon.engine.llama.config import KvType
from antiphon.engine.llama.model import Model
from antiphon.errors import ConfigurationError

MACHINE = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")
BYTES_OF: dict[KvType, float] = {"f16": 2.0, "q8_0": 34 / 32}
GB = 1e9


def free_bytes() -> int | None:
    """Memory that may still be taken, of the machine and of the container; None where nobody tells."""
    told = [free for free in (free_of_machine(), free_of_group()) if free is not None]
    return min(told, default=None)


def free_of_machine() -> int | None:
    """As Linux estimates it: pages that hold files count as free."""
    try:
        lines = MACHINE.read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return None


def free_of_group() -> int | None:
    """What the limit of a container leaves (cgroup v2)."""
    try:
        limit = int((GROUP / "memory.max").read_text())
        used = int((GROUP / "memory.current").read_text())
        stat = dict(line.split() for line in (GROUP / "memory.stat").read_text().splitlines())
        return limit - used + int(stat.get("inactive_file", 0))
    except (OSError, ValueError):  # no cgroup v2, or the limit is "max"
        return None


def cache_bytes(model: Model, *, context: int, parallel: int, kv_type: KvType) -> int:
    """What the cache of so many sequences takes."""
    num_heads, num_kv_heads = int(lib.llama_model_n_head(model.handle)), int(lib.llama_model_n_head_kv(model.handle))
    width = int(lib.llama_model_n_embd(model.handle)) // max(num_heads, 1)
    architecture = model.metadata("general.architecture") or ""
    widths = [int(model.metadata(f"{architecture}.attention.{kind}_length") or width) for kind in ("key", "value")]
    per_token = int(lib.llama_model_n_layer(model.handle)) * num_kv_heads * sum(widths) * BYTES_OF[kv_type]
    return int(per_token * context * parallel)


def check_memory(model: Model, free: int | None, *, context: int, parallel: int, kv_type: KvType) -> None:
    """free: what was free before the model was loaded. Raises `ConfigurationError`."""
    weights = model.path.stat().st_size
    cache = cache_bytes(model, context=context, parallel=parallel, kv_type=kv_type)
    if free is not None and weights + cache > free:
        raise ConfigurationError(
            f"The model does not fit into memory: its weights take {weights / GB:.1f} GB and {parallel} sequences of"
            f" {context} tokens {cache / GB:.1f} GB, but {free / GB:.1f} GB are free. Lower --context or --parallel,"
            " set --kv-type q8_0, or take a smaller model."
        )
