"""Loads the model in the layout that was asked for, or that is known to be faster; has it made where it is not there.

Where a copy cannot be had, the file is loaded and the reason told.
"""

import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from antiphon.engine.llama import config as configuration
from antiphon.engine.llama.binding import lib
from antiphon.engine.llama.config import Layout, WorkerConfig
from antiphon.engine.llama.layout.attempt import Outcome, decode_step
from antiphon.engine.llama.layout.copies import is_in, place_of
from antiphon.engine.llama.layout.trial import read_trial, record_of
from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.model import Model
from antiphon.errors import ConfigurationError

LARGEST_BYTES = 2 << 30
"""Of weights that are converted without being asked for: more takes minutes, and room that nobody has offered."""
INTERVAL_S = 0.1
COMMAND = (sys.executable, "-m", "antiphon.engine.llama.layout.attempt")


class Loaded(NamedTuple):
    """remark: why the layout is not the one that was asked for; empty where it is."""

    model: Model
    layout: Layout
    remark: str = ""


def load_model(config: WorkerConfig, mailbox: SocketMailbox, *, on_progress: Callable[[float], None]) -> Loaded:
    """Takes long where a copy must be made first, which the mailbox announces. Raises `ConfigurationError`."""
    source, layout = Path(config.model_path), settled(config)
    if layout and (model := load_copy(config, layout, on_progress)):
        return Loaded(model, layout)
    model = Model(source, on_progress=on_progress, packed=not config.deterministic)
    if layout == "file" or not wants_copy(model, config, layout):
        return Loaded(model, "file")
    model.close()
    outcome = make_attempt(config, mailbox)
    if model := load_copy(config, outcome.layout, on_progress):
        return Loaded(model, outcome.layout)
    remark = outcome.remark if outcome.layout == "file" else "the copy cannot be loaded"
    return Loaded(Model(source, on_progress=on_progress, packed=not config.deterministic), "file", remark)


def settled(config: WorkerConfig) -> Layout | None:
    """What is asked for, or was found; None where it must be found out. On a GPU there is nothing to find."""
    if config.cpu_layout != "auto":
        return config.cpu_layout
    if lib.llama_supports_gpu_offload():
        return "file"
    trial = read_trial(record_of(Path(config.model_path), Path(config.layouts_folder)))
    return trial.layout if trial else None


def load_copy(config: WorkerConfig, layout: Layout, on_progress: Callable[[float], None]) -> Model | None:
    """The copy in this layout, if there is one; one that cannot be loaded is deleted."""
    if layout == "file":
        return None
    copy = place_of(Path(config.model_path), layout, Path(config.layouts_folder))
    if not copy.exists():
        return None
    try:
        return Model(copy, on_progress=on_progress, packed=not config.deterministic)
    except ConfigurationError:
        copy.unlink(missing_ok=True)
        return None


def wants_copy(model: Model, config: WorkerConfig, layout: Layout | None) -> bool:
    """Whether there is something to convert, and, where nobody asked, whether it is small enough to."""
    too_large = config.cpu_layout == "auto" and model.weight_bytes > LARGEST_BYTES
    return not too_large and not is_in(model, layout or "q8_0")


def make_attempt(config: WorkerConfig, mailbox: SocketMailbox) -> Outcome:
    """Have another process do it, and pass on what it begins."""
    outcome = Outcome("file", "the process that was to convert the weights ended unexpectedly")
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:  # noqa: S603 (of ours)
        assert process.stdin and process.stdout
        process.stdin.write(configuration.encode(config) + b"\n")
        while line := read_line(process, mailbox):
            step = decode_step(line)
            if isinstance(step, Outcome):
                outcome = step
            else:
                mailbox.announce(step)
    return outcome


def read_line(process: subprocess.Popen[bytes], mailbox: SocketMailbox) -> bytes:
    """The next line, empty at the end. Meanwhile the mailbox is served; when it closes, the process is ended."""
    assert process.stdout
    while not select.select((process.stdout,), (), (), INTERVAL_S)[0]:
        list(mailbox.receive(wait=False))
        if not mailbox.open:
            process.kill()
    return process.stdout.readline()
