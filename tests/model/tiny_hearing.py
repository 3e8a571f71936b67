"""Tiny models of random weights that hear as larger ones do, with the bundled model's vocabulary. They know nothing.
What stands where is theirs to tell: one's tokens stand in a line, the other's positions are of four numbers (M-RoPE).
"""

from pathlib import Path

import numpy as np
from gguf import GGUFWriter

from tests.model.tiny_seeing import (
    SECTIONS,
    WIDTH,
    Files,
    Shapes,
    add_seen,
    add_text_shape,
    drawn,
    qwen_shapes,
    text_shapes,
    write,
)

HEARD_WIDTH, HEARD_HEADS, HEARD_FEED, HEARD_LAYERS, BINS = 32, 2, 48, 1, 80
FRAMES = 1500
"""That the encoder of Whisper makes of half a minute, which is what it always gets."""
STACKED, HIDDEN = 50, 48
LINE_TOKENS, GRID_TOKENS = FRAMES // STACKED, FRAMES // 2
"""Of half a minute."""


def build_line(folder: Path) -> Files:
    """A Llama with the projector of Ultravox: frames are stacked, so that there are few tokens."""
    model = GGUFWriter(str(folder / "line.gguf"), "llama")
    add_text_shape(model)
    write(model, text_shapes())
    projector = open_hearing_projector(folder / "line-mmproj.gguf", "ultravox")
    projector.add_uint32("clip.audio.projector.stack_factor", STACKED)
    stacked = STACKED * HEARD_WIDTH
    write_heard(
        projector,
        {
            "mm.a.norm_pre.weight": (stacked,), "mm.a.mlp.1.weight": (2 * HIDDEN, stacked),
            "mm.a.norm_mid.weight": (HIDDEN,), "mm.a.mlp.2.weight": (WIDTH, HIDDEN),
        },
    )  # fmt: skip
    return Files(folder / "line.gguf", folder / "line-mmproj.gguf")


def build_grid(folder: Path) -> Files:
    """The text model of Qwen2-VL, which sees, and hears as Qwen2-Audio: more tokens than one pass computes, between two
    marks.
    """
    model = GGUFWriter(str(folder / "grid.gguf"), "qwen2vl")
    model.add_array("qwen2vl.rope.dimension_sections", SECTIONS)
    add_text_shape(model)
    model.add_rope_freq_base(1e4)
    write(model, text_shapes())
    projector = open_hearing_projector(folder / "grid-mmproj.gguf", "qwen2a")
    add_seen(projector, "qwen2vl_merger", size=560)
    write_heard(projector, qwen_shapes() | {"mm.a.fc.weight": (WIDTH, HEARD_WIDTH), "mm.a.fc.bias": (WIDTH,)})
    return Files(folder / "grid.gguf", folder / "grid-mmproj.gguf")


def open_hearing_projector(path: Path, kind: str) -> GGUFWriter:
    """With what is said of its network."""
    writer = GGUFWriter(str(path), "clip")
    writer.add_bool("clip.has_audio_encoder", True)
    writer.add_string("clip.audio.projector_type", kind)
    told = {
        "num_mel_bins": BINS, "embedding_length": HEARD_WIDTH, "feed_forward_length": HEARD_FEED,
        "block_count": HEARD_LAYERS, "attention.head_count": HEARD_HEADS, "projection_dim": WIDTH,
    }  # fmt: skip
    for name, value in told.items():
        writer.add_uint32(f"clip.audio.{name}", value)
    writer.add_float32("clip.audio.attention.layer_norm_epsilon", 1e-5)
    return writer


def write_heard(writer: GGUFWriter, further: Shapes) -> None:
    """With the encoder of Whisper, whose convolutions llama.cpp wants in half precision."""
    for number, width in ((1, BINS), (2, HEARD_WIDTH)):
        name = f"a.conv1d.{number}"
        writer.add_tensor(f"{name}.weight", drawn(f"{name}.weight", (HEARD_WIDTH, width, 3)).astype(np.float16))
        writer.add_tensor(f"{name}.bias", drawn(f"{name}.bias", (HEARD_WIDTH,))[:, None])
    write(writer, heard_shapes() | further)


def heard_shapes() -> Shapes:
    """Of the tensors that both kinds of projectors have. Whisper has no biases of keys."""
    wide, high = (HEARD_WIDTH, HEARD_WIDTH), HEARD_FEED
    parts: Shapes = dict.fromkeys(("attn_q", "attn_v", "attn_out"), wide)
    parts |= {"ln1": (HEARD_WIDTH,), "ln2": (HEARD_WIDTH,)}
    parts |= {"ffn_up": (high, HEARD_WIDTH), "ffn_down": (HEARD_WIDTH, high)}
    named = {f"a.blk.{layer}.{name}": shape for layer in range(HEARD_LAYERS) for name, shape in parts.items()}
    made: Shapes = {"a.position_embd.weight": (FRAMES, HEARD_WIDTH)}
    made |= {f"a.blk.{layer}.attn_k.weight": wide for layer in range(HEARD_LAYERS)}
    for name, shape in (named | {"a.post_ln": (HEARD_WIDTH,)}).items():
        made |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    return made
