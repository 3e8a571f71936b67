"""Copies of model files with the weights in another quantisation: where they are kept, and how one is made.

A copy is there whole or not at all: it gets its name when it is complete and on the disk. Only one is made at a time
in a folder, whoever makes it.
"""

import ctypes
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from antiphon.engine.llama.binding import build_description, lib, recent_errors
from antiphon.engine.llama.config import Layout
from antiphon.engine.llama.model import Model, digest

FILE_TYPES: dict[Layout, int] = {"q8_0": lib.LLAMA_FTYPE_MOSTLY_Q8_0, "q4_0": lib.LLAMA_FTYPE_MOSTLY_Q4_0}
WEIGHT_BYTES = 34 / 32
"""Of a weight in Q8_0, which is the most: 32 bytes and a scale of 16 bits for 32 of them."""
ROOM_BYTES = 64 << 20
"""What must stay free beside the weights, for the vocabulary and for others."""
BUFFER_BYTES = 256 << 20


class NoCopy(Exception):
    """A copy cannot be made; the message is the reason."""


def place_of(source: Path, layout: Layout, folder: Path) -> Path:
    """Where the copy of this content by this build of llama.cpp is, or would be."""
    told = f"{build_description()}\n{digest(source)}"
    return folder / f"{source.stem}-{hashlib.sha256(told.encode()).hexdigest()[:12]}-{layout}.gguf"


def is_in(model: Model, layout: Layout) -> bool:
    """Whether a file says that most of its weights are in this layout already."""
    return model.metadata("general.file_type") == str(FILE_TYPES[layout])


def make_copy(model: Model, target: Path, layout: Layout) -> None:
    """Convert a model's file, if nobody has done it meanwhile. Raises `NoCopy`."""
    unfinished = target.with_suffix(".unfinished")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone_in(target.parent):
            if target.exists():
                return
            try:
                check_room(target.parent, int(model.num_weights * WEIGHT_BYTES) + ROOM_BYTES)
                quantise(model.path, unfinished, layout)
                write_through(unfinished)
                unfinished.replace(target)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise NoCopy(f"'{target.parent}' cannot be written: {os.strerror(error.errno or 0)}") from None


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until nobody else is in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks; then two may do the same work
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def check_room(folder: Path, needed_bytes: int) -> None:
    """Raises `NoCopy`."""
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < needed_bytes:
        raise NoCopy(f"'{folder}' has {free_bytes >> 20} MiB free, and {needed_bytes >> 20} MiB are needed")


def quantise(source: Path, target: Path, layout: Layout) -> None:
    """By llama.cpp. Embeddings and output have 8 bits in both layouts: most of what can go wrong goes wrong there.
    Raises `NoCopy`.
    """
    params = lib.llama_model_quantize_default_params()
    params.ftype = FILE_TYPES[layout]
    params.allow_requantize = True
    params.max_buf_size = BUFFER_BYTES
    if layout == "q4_0":
        params.output_tensor_type = params.token_embedding_type = lib.GGML_TYPE_Q8_0
    recent_errors.clear()
    if lib.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(params)):
        raise NoCopy(recent_errors[-1] if recent_errors else "llama.cpp gives no reason")


def write_through(file: Path) -> None:
    """To the disk, so that after a loss of power no broken file has the name of a whole one."""
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
