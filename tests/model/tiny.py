"""A tiny recurrent model of random weights, with the bundled model's vocabulary: it answers nonsense, by every rule."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader, GGUFValueType, GGUFWriter

from tests.model.plain import bundled_model

WIDTH, INNER, STATE, RANK, KERNEL, LAYERS = 64, 128, 16, 4, 4, 2


def build_recurrent(path: Path) -> Path:
    """Writes a model of the architecture `mamba`, whose memory is a state and no cache."""
    writer = GGUFWriter(str(path), "mamba")
    write_shape(writer)
    copy_vocabulary(writer)
    for name, (shape, size, middle) in shapes(num_tokens()).items():
        drawn = np.random.default_rng(len(name)).normal(size=shape) * size
        writer.add_tensor(name, (-np.abs(drawn) if name.endswith("ssm_a") else drawn + middle).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_shape(writer: GGUFWriter) -> None:
    """What is said of the network."""
    writer.add_context_length(2048)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_block_count(LAYERS)
    writer.add_ssm_conv_kernel(KERNEL)
    writer.add_ssm_inner_size(INNER)
    writer.add_ssm_state_size(STATE)
    writer.add_ssm_time_step_rank(RANK)
    writer.add_layer_norm_rms_eps(1e-5)


@cache
def read_vocabulary() -> dict[str, tuple[Any, GGUFValueType]]:
    """The bundled model's tokens, merges and template, with their types. Takes seconds."""
    fields = GGUFReader(str(bundled_model())).fields
    return {name: (field.contents(), field.types[0]) for name, field in fields.items() if name.startswith("tokenizer.")}


def num_tokens() -> int:
    """In it."""
    return len(read_vocabulary()["tokenizer.ggml.tokens"][0])


def copy_vocabulary(writer: GGUFWriter) -> None:
    """Into another file."""
    for name, (value, kind) in read_vocabulary().items():
        if kind == GGUFValueType.ARRAY:
            writer.add_array(name, value)
        else:
            writer.add_key_value(name, value, kind)


def shapes(count: int) -> dict[str, tuple[tuple[int, ...], float, float]]:
    """Of each tensor: its shape, how large its numbers are, and what they lie around."""
    made: dict[str, tuple[tuple[int, ...], float, float]] = {
        "token_embd.weight": ((count, WIDTH), 1.0, 0.0),
        "output_norm.weight": ((WIDTH,), 0.01, 1.0),
    }
    for layer in range(LAYERS):
        parts = {
            "attn_norm.weight": ((WIDTH,), 0.01, 1.0),
            "ssm_in.weight": ((2 * INNER, WIDTH), 0.2, 0.0),
            "ssm_conv1d.weight": ((INNER, KERNEL), 0.2, 0.0),
            "ssm_conv1d.bias": ((INNER,), 0.2, 0.0),
            "ssm_x.weight": ((RANK + 2 * STATE, INNER), 0.2, 0.0),
            "ssm_dt.weight": ((INNER, RANK), 0.2, 0.0),
            "ssm_dt.bias": ((INNER,), 0.2, 0.0),
            "ssm_a": ((INNER, STATE), 1.0, 0.0),
            "ssm_d": ((INNER,), 0.2, 0.0),
            "ssm_out.weight": ((WIDTH, INNER), 0.2, 0.0),
        }
        made |= {f"blk.{layer}.{name}": about for name, about in parts.items()}
    return made
