"""Tiny models of random weights that see as larger ones do, with the bundled model's vocabulary. They know nothing, and
what stands where, and who sees whom, is theirs to tell: one shares positions among a picture's tokens (M-RoPE, as
Qwen2-VL), one lets these see each other (as Gemma 3), with a sliding window or without.
"""

import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from gguf import GGUFWriter
from numpy.typing import NDArray

from tests.model.tiny import copy_vocabulary, num_tokens

WIDTH, HEADS, FEED, LAYERS = 64, 4, 128, 3
HEAD = WIDTH // HEADS
SEEN_WIDTH, SEEN_HEADS, SEEN_FEED, SEEN_LAYERS, PATCH = 32, 2, 48, 1, 8
GEMMA_SIZE, GEMMA_MERGE = 64, 2
GEMMA_TOKENS = (GEMMA_SIZE // PATCH // GEMMA_MERGE) ** 2
SECTIONS = [2, 3, 3, 0]
"""Of a head's frequencies: for time, row and column."""
Shapes = dict[str, tuple[int, ...]]


class Files(NamedTuple):
    """Of a model, and of what it sees by."""

    model: Path
    projector: Path


def build_qwen(folder: Path) -> Files:
    """Positions of a picture are those of a grid."""
    model = GGUFWriter(str(folder / "qwen.gguf"), "qwen2vl")
    model.add_array("qwen2vl.rope.dimension_sections", SECTIONS)
    add_text_shape(model)
    model.add_rope_freq_base(1e4)
    write(model, text_shapes())
    projector = open_projector(folder / "qwen-mmproj.gguf", "qwen2vl_merger", size=560)
    write(projector, qwen_shapes())
    return Files(folder / "qwen.gguf", folder / "qwen-mmproj.gguf")


def qwen_shapes() -> Shapes:
    """Of the tensors of a projector that makes a grid."""
    merged = 4 * SEEN_WIDTH
    return seen_shapes() | {
        "v.patch_embd.weight.1": (SEEN_WIDTH, 3, PATCH, PATCH),
        "mm.0.weight": (merged, merged), "mm.0.bias": (merged,),
        "mm.2.weight": (WIDTH, merged), "mm.2.bias": (WIDTH,),
    }  # fmt: skip


def build_gemma(folder: Path, *, window: int = 0) -> Files:
    """The tokens of a picture see each other. window: tokens that a token of a text sees in most layers; 0 for all."""
    model = GGUFWriter(str(folder / f"gemma-{window}.gguf"), "gemma3")
    add_text_shape(model)
    model.add_key_length(HEAD)
    model.add_value_length(HEAD)
    if window:
        model.add_sliding_window(window)
    norms = {
        f"blk.{layer}.{name}.weight": (width,)
        for layer in range(LAYERS)
        for name, width in (
            ("post_attention_norm", WIDTH), ("post_ffw_norm", WIDTH), ("attn_q_norm", HEAD), ("attn_k_norm", HEAD),
        )
    }  # fmt: skip
    write(model, text_shapes() | norms)
    projector = open_projector(folder / "gemma-mmproj.gguf", "gemma3", size=GEMMA_SIZE)
    projector.add_uint32("clip.vision.projector.scale_factor", GEMMA_MERGE)
    write(
        projector,
        seen_shapes()
        | {
            "v.patch_embd.bias": (SEEN_WIDTH,),
            "v.position_embd.weight": ((GEMMA_SIZE // PATCH) ** 2, SEEN_WIDTH),
            "mm.input_projection.weight": (SEEN_WIDTH, WIDTH),
            "mm.soft_emb_norm.weight": (SEEN_WIDTH,),
        },
    )
    return Files(folder / f"gemma-{window}.gguf", folder / "gemma-mmproj.gguf")


def add_text_shape(writer: GGUFWriter) -> None:
    """What is said of the network, and the vocabulary."""
    writer.add_context_length(2048)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_block_count(LAYERS)
    writer.add_layer_norm_rms_eps(1e-5)
    copy_vocabulary(writer)


def text_shapes() -> Shapes:
    """Of the tensors that both kinds of models have."""
    made: Shapes = {"token_embd.weight": (num_tokens(), WIDTH), "output_norm.weight": (WIDTH,)}
    for layer in range(LAYERS):
        parts: Shapes = {"attn_norm": (WIDTH,), "ffn_norm": (WIDTH,)}
        parts |= dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (WIDTH, WIDTH))
        parts |= {"ffn_gate": (FEED, WIDTH), "ffn_up": (FEED, WIDTH), "ffn_down": (WIDTH, FEED)}
        made |= {f"blk.{layer}.{name}.weight": shape for name, shape in parts.items()}
    return made


def open_projector(path: Path, kind: str, *, size: int) -> GGUFWriter:
    """With what is said of its network. size: pixels of a side."""
    writer = GGUFWriter(str(path), "clip")
    add_seen(writer, kind, size=size)
    return writer


def add_seen(writer: GGUFWriter, kind: str, *, size: int) -> None:
    """What is said of a network that sees."""
    told: dict[str, Any] = {
        "image_size": size, "patch_size": PATCH, "embedding_length": SEEN_WIDTH, "feed_forward_length": SEEN_FEED,
        "block_count": SEEN_LAYERS, "attention.head_count": SEEN_HEADS, "projection_dim": WIDTH,
    }  # fmt: skip
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_bool("clip.use_gelu", True)
    writer.add_string("clip.vision.projector_type", kind)
    for name, value in told.items():
        writer.add_uint32(f"clip.vision.{name}", value)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-6)
    writer.add_array("clip.vision.image_mean", [0.5] * 3)
    writer.add_array("clip.vision.image_std", [0.5] * 3)


def seen_shapes() -> Shapes:
    """Of the tensors that both kinds of projectors have."""
    wide, high = (SEEN_WIDTH, SEEN_WIDTH), SEEN_FEED
    parts: Shapes = dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_out"), wide)
    parts |= {"ln1": (SEEN_WIDTH,), "ln2": (SEEN_WIDTH,), "ffn_up": (high, SEEN_WIDTH), "ffn_down": (SEEN_WIDTH, high)}
    made: Shapes = {"v.patch_embd.weight": (SEEN_WIDTH, 3, PATCH, PATCH)}
    named = {f"v.blk.{layer}.{name}": shape for layer in range(SEEN_LAYERS) for name, shape in parts.items()}
    for name, shape in (named | {"v.post_ln": (SEEN_WIDTH,)}).items():
        made |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    return made


def write(writer: GGUFWriter, shapes: Shapes) -> None:
    """With weights that are the same each time."""
    for name, shape in shapes.items():
        writer.add_tensor(name, drawn(name, shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def drawn(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Weights that lie around 1 for norms and around 0 for all others."""
    numbers = np.random.default_rng(zlib.crc32(name.encode())).normal(size=shape)
    is_norm = "norm" in name or ".ln" in name or "post_ln" in name
    size = 0.3 if len(shape) == 1 else 0.2 if "token_embd" in name else 1.5 / np.sqrt(np.prod(shape[1:]))
    middle = 1.0 if is_norm and name.endswith("weight") else 0.0
    return (numbers * size + middle).astype(np.float32)
