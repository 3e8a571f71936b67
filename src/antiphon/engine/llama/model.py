"""A GGUF file in memory: its weights and what its metadata says. Knows nothing of sequences."""

import ctypes
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from antiphon.engine.llama.binding import build_model_params, lib, recent_errors
from antiphon.errors import ConfigurationError

NUM_SAMPLES, SAMPLE_BYTES = 64, 65536


class Model:
    """`on_progress` is called with the loaded share, 0 to 1. packed: whether weights may be rearranged for faster
    kernels, whose results depend on how many tokens are computed together.
    """

    def __init__(self, path: Path, *, on_progress: Callable[[float], None] | None = None, packed: bool = True) -> None:
        self.path = path

        @lib.llama_progress_callback
        def tell(share: float, _: Any) -> bool:
            if on_progress:
                on_progress(share)
            return True

        self._callback = tell  # ctypes does not keep it alive
        params = build_model_params(packed=packed)
        params.progress_callback = self._callback
        params.n_gpu_layers = -1 if lib.llama_supports_gpu_offload() else 0
        self.handle = lib.llama_model_load_from_file(str(path).encode(), params)
        if not self.handle:
            reason = recent_errors[-1] if recent_errors else "llama.cpp gives no reason"
            raise ConfigurationError(f"Cannot load the model file '{path}': {reason}.")
        self.vocab = lib.llama_model_get_vocab(self.handle)

    @property
    def num_weights(self) -> int:
        """All of them."""
        return int(lib.llama_model_n_params(self.handle))

    @property
    def weight_bytes(self) -> int:
        """What they take in the file, or in all of its parts."""
        return int(lib.llama_model_size(self.handle))

    @property
    def trained_context(self) -> int:
        """Longest sequence the model was trained for, in tokens."""
        return int(lib.llama_model_n_ctx_train(self.handle))

    @property
    def can_cut(self) -> bool:
        """Whether what was computed of a sequence can be shortened: not so where it is a state, or a window."""
        return not (
            lib.llama_model_is_recurrent(self.handle)
            or lib.llama_model_is_hybrid(self.handle)
            or lib.llama_model_n_swa(self.handle)
        )

    @property
    def chat_template(self) -> str | None:
        """The Jinja source in the file."""
        source = lib.llama_model_chat_template(self.handle, None)
        return source.decode() if source else None

    def metadata(self, key: str) -> str | None:
        """A GGUF metadata value, as text."""
        buffer = ctypes.create_string_buffer(1024)
        size = lib.llama_model_meta_val_str(self.handle, key.encode(), buffer, len(buffer))
        return buffer.value.decode(errors="replace") if size >= 0 else None

    def digest(self) -> str:
        """Of its file."""
        return digest(self.path)

    def close(self) -> None:
        """Free the weights."""
        lib.llama_model_free(self.handle)


def digest(path: Path) -> str:
    """Tells files apart without reading all of a large one: its size and 64 evenly spaced samples. Raises
    `ConfigurationError`.
    """
    try:
        size = path.stat().st_size
        sha = hashlib.sha256(str(size).encode())
        with path.open("rb") as file:
            for number in range(NUM_SAMPLES):
                file.seek(max(0, size - SAMPLE_BYTES) * number // (NUM_SAMPLES - 1))
                sha.update(file.read(SAMPLE_BYTES))
    except OSError as error:
        raise ConfigurationError(f"Cannot read the model file '{path}': {os.strerror(error.errno or 0)}.") from None
    return sha.hexdigest()
