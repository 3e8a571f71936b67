"""Neighbours that keep the machine busy. They know nothing of servers or load."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

# Looks for its parent now and then, so that it ends even if the benchmark was killed and could not stop it.
BUSY_LOOP = """
import os, sys
while os.getppid() == int(sys.argv[1]):
    for _ in range(1_000_000):
        pass
"""


@contextmanager
def keep_busy(num_neighbours: int) -> Iterator[None]:
    """Run that many processes that only burn time, until the block is left in whatever way."""
    command = [sys.executable, "-c", BUSY_LOOP, str(os.getpid())]
    with ExitStack() as stack:
        for _ in range(num_neighbours):
            # Leaving a Popen waits for its end, so the kill must come first: it is pushed last.
            stack.callback(stack.enter_context(subprocess.Popen(command)).kill)
        yield
