"""What a worker must know to start: one value, sent as a line of JSON to its standard input."""

from typing import Literal

import msgspec
from msgspec import Struct

FlashAttention = Literal["auto", "on", "off"]
KvType = Literal["f16", "q8_0"]
DEFAULT_CONTEXT = 8192
"""Tokens; of models whose own context is longer."""
Layout = Literal["file", "q8_0", "q4_0"]
CpuLayout = Literal["auto", Layout]


class WorkerConfig(Struct, frozen=True, kw_only=True):
    """socket_path: where to listen. context: longest sequence in tokens, None for the model's own up to 8192.
    parallel: sequences computed together. queue: choices that may wait. threads: None to choose while running.
    cache_bytes: what may be kept aside of what was computed.
    flash_attention: whether attention is llama.cpp's flash kernel; `auto` takes what is faster here.
    tuning_folder: where is kept what was found to be fast. kv_type: numbers of the cache. deterministic: whether an
    answer must not depend on what else is computed. draft: whether answers are looked for in what was said before.
    disk_folder, disk_bytes: where prompts are kept beyond the process, and how much of them.
    cpu_layout: whether weights are computed as the file has them, or from a copy in another quantisation; `auto` takes
    a copy of 8 bits where that is faster here. layouts_folder: where copies are kept. projector_path: the file by which
    the model sees or hears, if it has one.
    """

    socket_path: str
    model_path: str
    context: int | None
    parallel: int
    queue: int
    threads: int | None
    cache_bytes: int
    flash_attention: FlashAttention
    tuning_folder: str
    cpu_layout: CpuLayout
    layouts_folder: str
    kv_type: KvType = "f16"
    deterministic: bool = False
    draft: bool = True
    disk_folder: str = ""
    disk_bytes: int = 0
    projector_path: str = ""


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(WorkerConfig).decode
