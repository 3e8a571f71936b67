"""The machine the figures belong to: its name, and neighbours that keep it busy.

It knows nothing of servers or load.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

# Looks for its parent now and then, so that it ends even if the benchmark was killed and could not stop it.
BUSY_LOOP = """
import os, sys
while os.getppid() == int(sys.argv[1]):
    for _ in range(1_000_000):
        pass
"""


def describe_cpu() -> str:
    """The model name as the kernel tells it, or what Python knows where there is no /proc."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    return next(names, platform.processor() or platform.machine())


def count_cores() -> int:
    """Cores this process may run on, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def keep_busy(num_neighbours: int) -> Iterator[None]:
    """Run that many processes that only burn time, until the block is left in whatever way."""
    command = [sys.executable, "-c", BUSY_LOOP, str(os.getpid())]
    with ExitStack() as stack:
        for _ in range(num_neighbours):
            # Leaving a Popen waits for its end, so the kill must come first: it is pushed last.
            stack.callback(stack.enter_context(subprocess.Popen(command)).kill)
        yield
