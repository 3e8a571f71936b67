"""A model's projector (`mmproj`), by llama.cpp's mtmd: pictures and sounds become vectors that the model reads.

The only owner of an mtmd context, which is not for several threads at a time. Knows no sequence.
"""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from antiphon.dialect.medium import RATE, Picture, Recording
from antiphon.engine.llama.binding import lib, mtmd, recent_errors
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.senses.embedding import Embedding, Grid, Rows, build_names
from antiphon.errors import ConfigurationError
from antiphon.recent import Recent

MOST_KEPT, MOST_KEPT_BYTES = 256, 256 << 20
"""Of what was made of pictures: a conversation sends them again with every turn."""
TOKEN_BYTES = 72
"""Of a name, and of where it stands."""
SHORTEST_S = 0.1
"""Of a recording. Of less, some of mtmd's encoders make nothing, and it ends the process instead of saying so."""
SAMPLE_BYTES = 4
Insert = list[int] | Embedding
"""Tokens that the model wants around a picture, or the picture."""


class Unprojectable(Exception):
    """mtmd makes nothing of it. reason: the end of a sentence."""

    def __init__(self, medium: Picture | Recording, reason: str) -> None:
        super().__init__(reason)
        self.medium = medium
        self.reason = reason


class Projector:
    """Raises `ConfigurationError`. longest: tokens that one pass can compute. context: the most of a sequence."""

    def __init__(self, path: Path, model: Model, *, threads: int, longest: int, context: int) -> None:
        params = mtmd.mtmd_context_params_default()
        params.use_gpu = bool(lib.llama_supports_gpu_offload())
        params.print_timings = False
        params.n_threads = threads
        params.warmup = False
        self.handle = mtmd.mtmd_init_from_file(str(path).encode(), model.handle, params)
        if not self.handle:
            reason = recent_errors[-1] if recent_errors else "llama.cpp gives no reason"
            raise ConfigurationError(f"Cannot load the projector '{path}' beside '{model.path.name}': {reason}.")
        self.sees = bool(mtmd.mtmd_support_vision(self.handle))
        self.hears = bool(mtmd.mtmd_support_audio(self.handle))
        self.rate = int(mtmd.mtmd_get_audio_sample_rate(self.handle)) if self.hears else 0
        self.width = int(lib.llama_model_n_embd_inp(model.handle))
        self.longest = longest
        self.context = context
        self._has_places = bool(mtmd.mtmd_decode_use_mrope(self.handle))
        self._made: Recent[str, tuple[Insert, ...]] = Recent(MOST_KEPT, most_weight=MOST_KEPT_BYTES)
        self._lock = threading.Lock()

    def embed(self, medium: Picture | Recording, namespace: str = "") -> tuple[Insert, ...]:
        """What stands for it in a prompt; the same for the same, which is made once for each namespace, as how fast it
        is there must not tell what others have shown. What fits no context, and so is refused for its length, has names
        only: an hour would be encoded for minutes. Raises `Unprojectable`.
        """
        with self._lock:
            key = f"{namespace} {medium.digest}"
            made = self._made.find(key)
            if made is None:
                made = tuple(self._make(medium))
                self._made.keep(key, made, sum(map(weigh, made)))
            return made

    def close(self) -> None:
        """Free it, before the model."""
        mtmd.mtmd_free(self.handle)

    def _make(self, medium: Picture | Recording) -> Iterator[Insert]:
        with self._cut(medium) as chunks:
            found = [mtmd.mtmd_input_chunks_get(chunks, at) for at in range(mtmd.mtmd_input_chunks_size(chunks))]
            fits = sum(map(count_tokens, found)) < self.context
            for number, chunk in enumerate(found):
                if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT:
                    yield read_tokens(chunk)
                else:
                    yield self._embed(chunk, medium, number, fits=fits)

    def _embed(self, chunk: Any, medium: Picture | Recording, number: int, *, fits: bool) -> Embedding:
        num_tokens = count_tokens(chunk)
        whole = bool(mtmd.mtmd_decode_use_non_causal(self.handle, chunk))
        if whole and num_tokens > self.longest:
            reason = f"takes {num_tokens} tokens, and {self.longest} is the most that the model can see at once"
            raise Unprojectable(medium, reason)
        rows = self._encode(chunk, medium) if fits else np.empty((0, self.width), np.float32)
        names = build_names(
            f"{medium.digest} {number}".encode(), num_tokens, int(mtmd.mtmd_input_chunk_get_n_pos(chunk))
        )
        return Embedding(names, rows, self._read_grid(chunk, num_tokens), whole)

    def _encode(self, chunk: Any, medium: Picture | Recording) -> Rows:
        if mtmd.mtmd_encode_chunk(self.handle, chunk):
            raise Unprojectable(medium, "cannot be encoded by the model's projector")
        shape = count_tokens(chunk), self.width
        return np.ctypeslib.as_array(mtmd.mtmd_get_output_embd(self.handle), shape).copy()

    def _read_grid(self, chunk: Any, num_tokens: int) -> Grid | None:
        """Time, row, column and layer of each token, where the model wants to know."""
        if not self._has_places:
            return None
        image = mtmd.mtmd_input_chunk_get_tokens_image(chunk)
        if not image:
            places = np.repeat(np.arange(num_tokens, dtype=np.int32)[:, None], 4, axis=1)
            return Grid(places, np.ones_like(places))
        first, moved = (
            [mtmd.mtmd_image_tokens_get_decoder_pos(image, start, number) for number in range(num_tokens)]
            for start in range(2)
        )
        places, further = (np.array([(at.t, at.y, at.x, at.z) for at in told], np.int32) for told in (first, moved))
        return Grid(places, further - places)

    @contextmanager
    def _cut(self, medium: Picture | Recording) -> Iterator[Any]:
        """mtmd's chunks of it: itself, maybe in several parts, and what the model wants around them."""
        if isinstance(medium, Recording) and len(medium.samples) < SHORTEST_S * RATE * SAMPLE_BYTES:
            raise Unprojectable(medium, f"is too short: {SHORTEST_S:g} seconds are the least that the model can hear")
        bitmap = build_bitmap(medium)
        chunks = mtmd.mtmd_input_chunks_init()
        try:
            marker = mtmd.mtmd_get_marker(self.handle) or mtmd.mtmd_default_marker()
            text = mtmd.mtmd_input_text(marker, len(marker), False, True)
            status = mtmd.mtmd_tokenize(
                self.handle, chunks, ctypes.byref(text), (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap), 1
            )
            if status:
                raise Unprojectable(medium, "cannot be read by the model's projector")
            yield chunks
        finally:
            mtmd.mtmd_bitmap_free(bitmap)
            mtmd.mtmd_input_chunks_free(chunks)


def build_bitmap(medium: Picture | Recording) -> Any:
    """As mtmd takes it: it copies what it is given."""
    if isinstance(medium, Picture):
        pixels = (ctypes.c_uint8 * len(medium.rgb)).from_buffer_copy(medium.rgb)
        return mtmd.mtmd_bitmap_init(medium.width, medium.height, pixels)
    samples = np.frombuffer(medium.samples, np.float32)
    return mtmd.mtmd_bitmap_init_from_audio(len(samples), samples.ctypes.data_as(ctypes.POINTER(ctypes.c_float)))


def weigh(insert: Insert) -> int:
    """Bytes, about."""
    if isinstance(insert, Embedding):
        return insert.rows.nbytes + TOKEN_BYTES * len(insert.names)
    return TOKEN_BYTES * len(insert)


def count_tokens(chunk: Any) -> int:
    """Of a chunk of any kind."""
    return int(mtmd.mtmd_input_chunk_get_n_tokens(chunk))


def read_tokens(chunk: Any) -> list[int]:
    """Those of a chunk of text."""
    count = ctypes.c_size_t()
    tokens = mtmd.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
    return list(tokens[: count.value]) if count.value else []
