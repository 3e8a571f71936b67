"""The formulas of a plan on paper: each against a number that was reckoned by hand."""

import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from msgspec.structs import replace
from tools.capacity import MODELS, Plan, Shape, attention, bytes_of_gpu, fill_in, gpus_for, render_load

PLAN = Plan(
    prompt_tokens=1_000,
    output_tokens=300,
    stream_tokens_per_s=30,
    first_token_s=0.5,
    bytes_per_token=335,
    stored_kb=8,
    gpu_tokens_per_s=2_500,
    gpu_gb=80,
    gateway_utilisation=0.5,
    gpu_utilisation=0.8,
    gateway_tokens_per_core=20_000,
    gateway_kb_per_stream=30,
    gateway_ttft_p50_ms=2,
    store_writes_per_s=200,
)
SHAPES = {shape.name: shape for shape in MODELS}
SMALL, LARGE = SHAPES["8B (Llama 3.1), BF16"], SHAPES["405B (Llama 3.1), BF16"]


def test_streams_by_littles_law() -> None:
    """What is under way is what comes in a second times how long it stays."""
    assert PLAN.duration_s == 10.5
    assert PLAN.streams(100) == 1_050


def test_gateways() -> None:
    """Tokens of a second, by what a core passes on, by how much of it is planned with."""
    assert PLAN.tokens_per_s(1_000) == 300_000
    assert PLAN.cores(1_000, 20_000) == 30


def test_the_cache_of_a_token() -> None:
    """A key and a value for each KV head and layer; docs/configuration.md has the bundled model's 22.5 KiB."""
    bundled = Shape(name="135M", parameters=135e6, layers=30, cached=attention(3, 64), heads=3)
    assert bundled.token_bytes == 22.5 * 1024
    assert SMALL.token_bytes == 2 * 32 * 8 * 128 * 2
    assert SHAPES["671B MoE (DeepSeek V3), FP8"].token_bytes == 61 * 576 * 2


def test_the_cache_of_a_load() -> None:
    """Each stream has its prompt, and half of its answer on average."""
    assert PLAN.cache_bytes(100, SMALL) == 1_050 * 1_150 * 131_072


def test_processors_by_what_they_compute() -> None:
    """300,000 tokens a second by 2,500 each, of which four fifths are planned with."""
    assert PLAN.gpus(1_000, SMALL) == 150


def test_processors_by_what_they_hold() -> None:
    """Where they compute faster than they have room, the room decides: 72 GB less the weights for 1,583 GB."""
    fast = replace(PLAN, gpu_tokens_per_s=1e6)
    assert fast.gpus(1_000, SMALL) == 29


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("8B (Llama 3.1), BF16", 1),
        ("70B (Llama 3.1), BF16", 4),
        ("405B (Llama 3.1), BF16", 16),
        ("405B (Llama 3.1), FP8", 8),
        ("671B MoE (DeepSeek V3), FP8", 16),
    ],
)
def test_processors_of_a_model(name: str, count: int) -> None:
    """Fewest of 80 GB that hold it with a cache of 256,000 tokens; one step fewer do not."""
    assert gpus_for(SHAPES[name], 256_000, 80) == count
    fewer = count - 8 if count > 8 else count // 2
    assert fewer == 0 or bytes_of_gpu(SHAPES[name], 256_000, fewer) > 72e9


def test_heads_divide_a_cache_and_latents_do_not() -> None:
    """Within a node each processor keeps its heads' part, or all of what MLA keeps; across nodes its layers' part."""
    weights = LARGE.weights_bytes / 16
    assert bytes_of_gpu(LARGE, 1_000, 16) - weights == pytest.approx(1_000 * LARGE.token_bytes / 16)
    latent = SHAPES["671B MoE (DeepSeek V3), FP8"]
    assert bytes_of_gpu(latent, 1_000, 16) - latent.weights_bytes / 16 == pytest.approx(1_000 * latent.token_bytes / 2)


def test_what_was_not_measured_stays_open() -> None:
    """A figure that nobody gave is its name in the table, and no number of ours."""
    open_ = replace(PLAN, gateway_tokens_per_core=None, gateway_kb_per_stream=None, store_writes_per_s=None)
    table = render_load(open_, SMALL)
    assert "6,000 / {GATEWAY_TOKENS_PER_CORE}" in table and "105 * {GATEWAY_KB_PER_STREAM} kB" in table
    assert "10 / {STORE_WRITES_PER_S}" in table
    assert "{" not in render_load(PLAN, SMALL)


def test_a_document_without_its_marks() -> None:
    """Nothing is written where it does not belong."""
    assert fill_in("<!-- a -->\nold\n<!-- /a -->", "a", "new") == "<!-- a -->\n\nnew\n\n<!-- /a -->"
    with pytest.raises(click.ClickException):
        fill_in("no marks", "a", "new")


def test_the_document_has_what_its_command_prints(root: Path) -> None:
    """docs/scale.md names the command that made its tables, and has what that prints."""
    document = (root / "docs" / "scale.md").read_text()
    command = next(line for line in document.splitlines() if line.startswith("    python tools/capacity.py"))
    printed = subprocess.run(
        [sys.executable, *shlex.split(command)[1:]], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    parts = printed.rstrip("\n").split("\n\n", 1)
    assert all(part in document for part in parts)
    assert command in parts[1]
