"""Plain llama.cpp with plain mtmd, and its own helper that computes a prompt with pictures: what ours is compared with.
Shares no code with it, but for how weights may be loaded on this machine.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from llama_cpp import llama_cpp as lib
from llama_cpp import mtmd_cpp as mtmd
from numpy.typing import NDArray
from PIL import Image

from antiphon.engine.llama.binding import build_model_params
from tests.model.pictures import PROJECTOR
from tests.model.plain import DEFAULT_SYSTEM, END_OF_GENERATION, bundled_model

MARKER = "<__media__>"
"""mtmd's own."""
CONTEXT, BATCH = 1024, 512
Logits = NDArray[np.float32]
Shown = Image.Image | NDArray[np.float32]
"""A picture, or the samples of a recording."""


@lib.llama_log_callback
def say_nothing(level: int, text: bytes, _: Any) -> None:
    """The helper tells of all that it does."""


mtmd.mtmd_helper_log_set(say_nothing, ctypes.c_void_p(0))


class PlainSeer:
    """A model with its projector, for one prompt after another."""

    def __init__(self, model: Path, projector: Path, *, flash_attention: bool, threads: int = 1) -> None:
        self.model = lib.llama_model_load_from_file(str(model).encode(), build_model_params())
        params = lib.llama_context_default_params()
        params.n_ctx = CONTEXT
        params.n_batch = params.n_ubatch = BATCH
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type = int(flash_attention)
        self.context = lib.llama_init_from_model(self.model, params)
        told = mtmd.mtmd_context_params_default()
        told.use_gpu = told.print_timings = told.warmup = False
        told.n_threads = threads
        self.projector = mtmd.mtmd_init_from_file(str(projector).encode(), self.model, told)
        assert self.model and self.context and self.projector
        self.vocab = lib.llama_model_get_vocab(self.model)
        self.num_vocab = int(lib.llama_vocab_n_tokens(self.vocab))

    def compute(self, prompt: str, pictures: Sequence[Shown]) -> Logits:
        """The logits behind a prompt, in which each marker stands for a picture or recording and control tokens are
        spelled.
        """
        lib.llama_memory_clear(lib.llama_get_memory(self.context), True)
        chunks, end = self._cut(prompt, pictures), lib.llama_pos(0)
        status = mtmd.mtmd_helper_eval_chunks(
            self.projector, self.context, chunks, 0, 0, BATCH, True, ctypes.byref(end)
        )
        mtmd.mtmd_input_chunks_free(chunks)
        assert status == 0
        self.end = int(end.value)
        return self._logits()

    def go_on(self, token: int) -> Logits:
        """The logits behind one more token."""
        batch = lib.llama_batch_init(1, 0, 1)
        batch.n_tokens, batch.token[0], batch.pos[0] = 1, token, self.end
        batch.n_seq_id[0], batch.seq_id[0][0], batch.logits[0] = 1, 0, 1
        assert lib.llama_decode(self.context, batch) == 0
        lib.llama_batch_free(batch)
        self.end += 1
        return self._logits()

    def answer(self, prompt: str, pictures: Sequence[Image.Image], *, max_tokens: int) -> str:
        """The likeliest token each time."""
        return b"".join(map(self._piece, self.answer_tokens(prompt, pictures, max_tokens=max_tokens))).decode()

    def answer_tokens(self, prompt: str, pictures: Sequence[Image.Image], *, max_tokens: int) -> list[int]:
        """The same, as tokens."""
        row, said = self.compute(prompt, pictures), list[int]()
        while len(said) < max_tokens and (token := int(row.argmax())) not in END_OF_GENERATION:
            said.append(token)
            row = self.go_on(token)
        return said

    def close(self) -> None:
        mtmd.mtmd_free(self.projector)
        lib.llama_free(self.context)
        lib.llama_model_free(self.model)

    def _cut(self, prompt: str, pictures: Sequence[Shown]) -> Any:
        bitmaps = list(map(self._bitmap, pictures))
        data = prompt.encode()
        text = mtmd.mtmd_input_text(data, len(data), False, True)
        chunks = mtmd.mtmd_input_chunks_init()
        given = (mtmd.mtmd_bitmap_p_ctypes * len(bitmaps))(*bitmaps)
        assert mtmd.mtmd_tokenize(self.projector, chunks, ctypes.byref(text), given, len(bitmaps)) == 0
        for bitmap in bitmaps:
            mtmd.mtmd_bitmap_free(bitmap)
        return chunks

    def _bitmap(self, shown: Shown) -> Any:
        if not isinstance(shown, Image.Image):
            return mtmd.mtmd_bitmap_init_from_audio(len(shown), shown.ctypes.data_as(ctypes.POINTER(ctypes.c_float)))
        picture = shown.convert("RGB")
        pixels = picture.tobytes()
        return mtmd.mtmd_bitmap_init(*picture.size, (ctypes.c_uint8 * len(pixels)).from_buffer_copy(pixels))

    def _logits(self) -> Logits:
        return np.ctypeslib.as_array(lib.llama_get_logits_ith(self.context, -1), (self.num_vocab,)).copy()

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(64)
        size = lib.llama_token_to_piece(self.vocab, token, buffer, 64, 0, False)
        return buffer.raw[: max(size, 0)]


@contextmanager
def load_seer(
    model: Path | None = None, projector: Path = PROJECTOR, *, flash_attention: bool = False
) -> Iterator[PlainSeer]:
    """The bundled model, unless another is named."""
    seer = PlainSeer(model or bundled_model(), projector, flash_attention=flash_attention)
    try:
        yield seer
    finally:
        seer.close()


def spell(*turns: tuple[str, str], system: str = DEFAULT_SYSTEM) -> str:
    """The prompt of a conversation of (role, text) as the bundled model's template writes it."""
    told = (("system", system), *turns)
    return "".join(f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in told) + "<|im_start|>assistant\n"
