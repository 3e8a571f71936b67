"""engine/llama/memory.py: whether a model fits."""

from pathlib import Path

import pytest

from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.memory import check_memory, free_bytes, free_of_group, free_of_machine
from antiphon.engine.llama.source import bundled
from antiphon.errors import ConfigurationError


def config(parallel: int) -> WorkerConfig:
    """The bundled model with so many sequences of 8192 tokens."""
    return WorkerConfig(
        socket_path="", model_path=str(bundled()), context=None, parallel=parallel, queue=0, threads=None,
        cache_bytes=0, flash_attention="auto", tuning_folder="", cpu_layout="auto", layouts_folder="",
    )  # fmt: skip


def test_it_fits_or_is_refused_in_a_sentence() -> None:
    """What is missing, and what to do about it."""
    check_memory(config(8), 2_000_000_000)
    check_memory(config(256), None)
    with pytest.raises(ConfigurationError) as refused:
        check_memory(config(256), 2_000_000_000)
    assert str(refused.value) == (
        "The model does not fit into memory: its weights take 0.1 GB and 256 sequences 48.3 GB, and 2.0 GB are free."
        " Lower --context or --parallel, set --kv-type q8_0, or take a smaller model."
    )


def test_what_is_free(tmp_path: Path) -> None:
    """What the machine says, and what the limit of a container leaves, whichever is less."""
    (tmp_path / "meminfo").write_text("MemTotal:       9000 kB\nMemAvailable:   5000 kB\n")
    assert free_of_machine(tmp_path / "meminfo") == 5000 * 1024
    assert free_of_machine(tmp_path / "nothing") is None
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 100\n")
    assert free_of_group(tmp_path) == 400
    (tmp_path / "memory.max").write_text("max\n")
    assert free_of_group(tmp_path) is None
    assert (free_bytes() or 0) > 0
