"""Reckons on paper what a load needs, and what a model takes: `python tools/capacity.py` prints both as tables.

Formulas first, figures as flags: what was measured is given, what was not stays in the table as its name in braces.
--write puts the tables, and the command that made them, into docs/scale.md. It measures nothing.
"""

import itertools
import math
import re
import shlex
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from msgspec import Struct

DOCUMENT = Path(__file__).parents[1] / "docs" / "scale.md"
RATES = (10, 100, 1_000, 10_000)
"""Requests a second."""
GB, KIB = 1e9, 1024
DAY_S = 86_400
GPUS_OF_NODE = 8
USED = 0.9
"""Of a processor's memory, as vLLM takes of it; the rest is for what is computed."""


class Shape(Struct, frozen=True, kw_only=True):
    """What a model takes. parameters: of all experts. cached: numbers that a layer keeps of a token. heads: parts that
    the cache can be divided into; 1 where each processor needs all of it (MLA).
    """

    name: str
    parameters: float
    layers: int
    cached: int
    heads: int
    bytes_of_weight: float = 2
    bytes_of_cache: float = 2

    @property
    def weights_bytes(self) -> float:
        """Of the whole model."""
        return self.parameters * self.bytes_of_weight

    @property
    def token_bytes(self) -> float:
        """Of the KV cache, for each token of a sequence."""
        return self.layers * self.cached * self.bytes_of_cache


def attention(heads: int, width: int) -> int:
    """Numbers that a layer of grouped-query attention keeps: a key and a value for each KV head."""
    return 2 * heads * width


MODELS = (
    Shape(name="8B (Llama 3.1), BF16", parameters=8.03e9, layers=32, cached=attention(8, 128), heads=8),
    Shape(name="70B (Llama 3.1), BF16", parameters=70.6e9, layers=80, cached=attention(8, 128), heads=8),
    Shape(name="405B (Llama 3.1), BF16", parameters=405.9e9, layers=126, cached=attention(8, 128), heads=8),
    Shape(
        name="405B (Llama 3.1), FP8",
        parameters=405.9e9,
        layers=126,
        cached=attention(8, 128),
        heads=8,
        bytes_of_weight=1,
    ),
    Shape(name="671B MoE (DeepSeek V3), FP8", parameters=671e9, layers=61, cached=512 + 64, heads=1, bytes_of_weight=1),
)


class Plan(Struct, frozen=True, kw_only=True):
    """All that is assumed and all that was measured; None where it was not. Of utilisation: how much of what a machine
    can do is planned with.
    """

    prompt_tokens: int
    output_tokens: int
    stream_tokens_per_s: float
    first_token_s: float
    bytes_per_token: float
    stored_kb: float
    gpu_tokens_per_s: float
    gpu_gb: float
    gateway_utilisation: float
    gpu_utilisation: float
    gateway_tokens_per_core: float | None
    gateway_kb_per_stream: float | None
    gateway_ttft_p50_ms: float | None
    store_writes_per_s: float | None

    @property
    def duration_s(self) -> float:
        """Of an answer, from its request to its end."""
        return self.first_token_s + self.output_tokens / self.stream_tokens_per_s

    def streams(self, rate: float) -> float:
        """Answers under way at once, by Little's law."""
        return rate * self.duration_s

    def tokens_per_s(self, rate: float) -> float:
        """Of all answers together."""
        return rate * self.output_tokens

    def cores(self, rate: float, tokens_per_core: float) -> float:
        """Of gateways."""
        return self.tokens_per_s(rate) / tokens_per_core / self.gateway_utilisation

    def cache_bytes(self, rate: float, shape: Shape) -> float:
        """Of the KV cache: a stream has its prompt and, on average, half of its answer."""
        return self.streams(rate) * (self.prompt_tokens + self.output_tokens / 2) * shape.token_bytes

    def gpus(self, rate: float, shape: Shape) -> int:
        """For a model that one of them holds: as many as compute the tokens, and as many as hold the cache."""
        computing = self.tokens_per_s(rate) / self.gpu_tokens_per_s / self.gpu_utilisation
        room = self.gpu_gb * GB * USED - shape.weights_bytes
        return math.ceil(max(computing, self.cache_bytes(rate, shape) / room))


def gpus_for(shape: Shape, cache_tokens: int, gpu_gb: float) -> int:
    """Fewest processors that hold a model and so many tokens: tensor parallel within a node, pipeline parallel
    across.
    """
    counts = itertools.chain((1, 2, 4), itertools.count(GPUS_OF_NODE, GPUS_OF_NODE))
    return next(count for count in counts if bytes_of_gpu(shape, cache_tokens, count) <= gpu_gb * GB * USED)


def bytes_of_gpu(shape: Shape, cache_tokens: int, count: int) -> float:
    """That one of `count` holds: its part of each layer, and of the layers that its node has."""
    within = min(count, GPUS_OF_NODE)
    return shape.weights_bytes / count + cache_tokens * shape.token_bytes * within / count / min(within, shape.heads)


def render_models(cache_tokens: int, gpu_gb: float) -> str:
    """What models take."""
    titles = ("model", "weights", "KV cache for each token", f"for {cache_tokens:,} tokens", f"{gpu_gb:g} GB GPUs")
    rows = (
        (
            shape.name,
            f"{shape.weights_bytes / GB:,.0f} GB",
            f"{shape.token_bytes / KIB:.0f} KiB",
            f"{shape.token_bytes * cache_tokens / GB:.0f} GB",
            str(gpus_for(shape, cache_tokens, gpu_gb)),
        )
        for shape in MODELS
    )
    return render_table(titles, rows)


def render_load(plan: Plan, shape: Shape) -> str:
    """What loads need."""
    needs: dict[str, Callable[[int], str]] = {
        "streams at once": lambda rate: f"{plan.streams(rate):,.0f}",
        "output tokens/s": lambda rate: f"{plan.tokens_per_s(rate):,.0f}",
        "prompt tokens/s": lambda rate: f"{rate * plan.prompt_tokens:,}",
        "gateway cores": lambda rate: tell_cores(plan, rate),
        "gateway memory for streams": lambda rate: tell_memory(plan, rate),
        "to clients, Gbit/s": lambda rate: f"{plan.tokens_per_s(rate) * plan.bytes_per_token * 8 / 1e9:.2g}",
        "all stored: times the writes/s that were measured": lambda rate: tell_writes(plan, rate),
        "all stored: GB a day": lambda rate: f"{rate * DAY_S * plan.stored_kb * 1e3 / GB:,.0f}",
        "KV cache, GB": lambda rate: f"{plan.cache_bytes(rate, shape) / GB:,.0f}",
        "GPUs": lambda rate: f"{plan.gpus(rate, shape):,}",
    }
    rows = ((name, *map(tell, RATES)) for name, tell in needs.items())
    return render_table(("requests/s", *(f"{rate:,}" for rate in RATES)), rows)


def tell_writes(plan: Plan, rate: int) -> str:
    """A cell: how many times what was measured."""
    if plan.store_writes_per_s is None:
        return f"{rate:,} / {{STORE_WRITES_PER_S}}"
    return f"{rate / plan.store_writes_per_s:.2g}"


def tell_cores(plan: Plan, rate: int) -> str:
    """A cell: cores, at least one."""
    if plan.gateway_tokens_per_core is None:
        return f"{plan.cores(rate, 1):,.0f} / {{GATEWAY_TOKENS_PER_CORE}}"
    return f"{math.ceil(plan.cores(rate, plan.gateway_tokens_per_core)):,}"


def tell_memory(plan: Plan, rate: int) -> str:
    """A cell: memory beside what a process takes when it is idle."""
    if plan.gateway_kb_per_stream is None:
        return f"{plan.streams(rate):,.0f} * {{GATEWAY_KB_PER_STREAM}} kB"
    return f"{plan.streams(rate) * plan.gateway_kb_per_stream / 1e3:,.0f} MB"


def render_table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (titles, ("---",) * len(titles), *rows))


def render_figures(plan: Plan) -> str:
    """What the table is reckoned from."""

    def tell(field: str) -> str:
        value: float | None = getattr(plan, field)
        return f"{{{field.upper()}}}" if value is None else f"{value:,g}"

    measured = (
        f"Measured: {tell('gateway_tokens_per_core')} tokens a second and gateway core,"
        f" {tell('gateway_kb_per_stream')} kB a stream, {tell('gateway_ttft_p50_ms')} ms added to the first token,"
        f" {tell('store_writes_per_s')} completions stored a second."
    )
    assumed = (
        f"Assumed: {tell('prompt_tokens')} prompt tokens; {tell('output_tokens')} output tokens,"
        f" {tell('stream_tokens_per_s')} a second, the first after {tell('first_token_s')} s: {plan.duration_s:g} s;"
        f" {tell('gpu_tokens_per_s')} output tokens a second and GPU;"
        f" gateways used to {plan.gateway_utilisation:.0%}, GPUs to {plan.gpu_utilisation:.0%};"
        f" {tell('bytes_per_token')} bytes a token to clients, {tell('stored_kb')} kB a stored completion."
    )
    return "\n\n".join("\n".join(textwrap.wrap(part, 120)) for part in (measured, assumed))


def fill_in(text: str, name: str, part: str) -> str:
    """A document with what stands between its marks written anew. Raises `ClickException` without them."""
    pattern = re.compile(f"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
    filled, count = pattern.subn(lambda _: f"\n{part}\n\n", text)
    if count != 1:
        raise click.ClickException(f"There must be one '<!-- {name} -->' with its '<!-- /{name} -->', not {count}.")
    return filled


@click.command()
@click.option("--prompt-tokens", default=1_000, show_default=True)
@click.option("--output-tokens", default=300, show_default=True)
@click.option("--stream-tokens-per-s", default=30.0, show_default=True)
@click.option("--first-token-s", default=0.5, show_default=True)
@click.option("--bytes-per-token", default=335.0, show_default=True, help="Of a streamed chunk, with obfuscation.")
@click.option("--stored-kb", default=8.0, show_default=True, help="Of a stored completion, with its messages.")
@click.option("--gpu-tokens-per-s", default=2_500.0, show_default=True, help="ASSUMED. Measure: antiphon bench.")
@click.option("--gpu-gb", default=80.0, show_default=True)
@click.option("--gateway-utilisation", default=0.5, show_default=True)
@click.option("--gpu-utilisation", default=0.8, show_default=True)
@click.option("--gateway-tokens-per-core", type=float, help="Measured by benchmarks/gateway.py.")
@click.option("--gateway-kb-per-stream", type=float, help="Measured by benchmarks/gateway.py.")
@click.option("--gateway-ttft-p50-ms", type=float, help="Measured by benchmarks/gateway.py.")
@click.option("--store-writes-per-s", type=float, help="Measured by benchmarks/store.py.")
@click.option("--cache-tokens", default=32 * 8_000, show_default=True, help="That a model is to hold: 32 of 8,000.")
@click.option("--write", is_flag=True, help="Into docs/scale.md.")
def main(*, cache_tokens: int, write: bool, **figures: float) -> None:
    """Print what models take and what loads need."""
    plan = Plan(**figures)  # type: ignore[arg-type]  # each flag has its field's type
    arguments = [argument for argument in sys.argv[1:] if argument != "--write"]
    command = f"    {shlex.join(('python', 'tools/capacity.py', *arguments))}"
    parts = {
        "models": render_models(cache_tokens, plan.gpu_gb),
        "load": f"{command}\n\n{render_figures(plan)}\n\n{render_load(plan, MODELS[0])}",
    }
    if not write:
        click.echo("\n\n".join(parts.values()))
        return
    text = DOCUMENT.read_text()
    for name, part in parts.items():
        text = fill_in(text, name, part)
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    main()
