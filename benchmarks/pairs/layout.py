"""The model file in each layout that is measured: as it is, and as Q4_0 made from it.

llama.cpp makes the other file itself, once; it is kept in a folder. On most CPUs it has faster kernels for Q4_0 than
for the Q4_1 of the bundled file, so figures of one layout say little about the other.
"""

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click
from rich.console import Console

from antiphon.cores import usable_cores
from antiphon.engine.llama.binding import lib, recent_errors

Layout = Literal["q4_1", "q4_0"]
LAYOUTS: tuple[Layout, ...] = ("q4_1", "q4_0")
FTYPE_Q4_0 = 2


def prepare_files(
    model_file: Path, layouts: tuple[Layout, ...], *, folder: Path, console: Console
) -> Iterator[tuple[Layout, Path]]:
    """Each layout with its file. `q4_1` is the file as it is, whatever it has. Raises `ClickException`."""
    for layout in layouts:
        yield layout, model_file if layout == "q4_1" else find_q4_0(model_file, folder, console)


def find_q4_0(model_file: Path, folder: Path, console: Console) -> Path:
    """The file made before, or a new one. One made of a file that has changed since is not taken."""
    about = model_file.stat()
    made = folder / f"{model_file.stem}.{about.st_size}.{about.st_mtime_ns}.Q4_0.gguf"
    if not made.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with console.status(f"making {made}"):
            quantize(model_file, made)
    return made


def quantize(source: Path, made: Path) -> None:
    """Write `source` anew as Q4_0. A file that is there is whole. Raises `ClickException`."""
    part = made.with_suffix(".part")
    params = lib.llama_model_quantize_default_params()
    params.ftype, params.allow_requantize, params.nthread = FTYPE_Q4_0, True, usable_cores()
    if lib.llama_model_quantize(str(source).encode(), str(part).encode(), ctypes.byref(params)):
        part.unlink(missing_ok=True)
        raise click.ClickException(f"Cannot make Q4_0 of {source}: {' '.join(recent_errors) or 'llama.cpp failed'}.")
    part.rename(made)
