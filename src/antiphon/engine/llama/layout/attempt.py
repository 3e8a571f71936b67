"""A process of its own that makes a copy and, where that is to be found out, measures whether it is faster.

`python -m antiphon.engine.llama.layout.attempt`: reads the worker's configuration from standard input, and writes to
standard output what it begins and at last its outcome, as lines of JSON. So the worker loads its weights afresh, has
no threads of ours, and outlives a file that llama.cpp cannot convert.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
from msgspec import Struct

from antiphon.engine.llama.config import Layout, WorkerConfig, decode
from antiphon.engine.llama.layout.copies import NoCopy, make_copy, place_of
from antiphon.engine.llama.layout.trial import keep_trial, measure, record_of
from antiphon.engine.llama.messages import Converting, Measuring
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.runner import DecodeError
from antiphon.engine.llama.threads import ThreadGovernor
from antiphon.errors import ConfigurationError


class Outcome(Struct, frozen=True, tag=True):
    """The layout to take. remark: why it is not the one that was asked for."""

    layout: Layout
    remark: str = ""


Step = Converting | Measuring | Outcome
decode_step = msgspec.json.Decoder(Step).decode


def main() -> None:
    """Tell each step as it begins."""
    for step in attempt(decode(sys.stdin.buffer.readline())):
        sys.stdout.buffer.write(msgspec.json.encode(step) + b"\n")
        sys.stdout.buffer.flush()


def attempt(config: WorkerConfig) -> Iterator[Step]:
    """What is begun, and at last the outcome."""
    layout: Layout = "q8_0" if config.cpu_layout == "auto" else config.cpu_layout
    source, folder = Path(config.model_path), Path(config.layouts_folder)
    try:
        copy = place_of(source, layout, folder)
        with closing(Model(source)) as model:
            yield Converting(layout)
            make_copy(model, copy, layout)
            if config.cpu_layout == "auto":
                yield Measuring()
                layout = compare(model, copy, record_of(source, folder), threads=config.threads)
        yield Outcome(layout)
    except (NoCopy, ConfigurationError, DecodeError) as error:
        yield Outcome("file", str(error).rstrip("."))


def compare(model: Model, copy: Path, record: Path, *, threads: int | None) -> Layout:
    """The faster one; a copy that is not is deleted again."""
    with closing(Model(copy)) as converted:
        trial = measure({"file": model, "q8_0": converted}, threads=ThreadGovernor(threads).look_around().num_threads)
    keep_trial(trial, record)
    if trial.layout == "file":
        copy.unlink()
    return trial.layout


if __name__ == "__main__":
    main()
