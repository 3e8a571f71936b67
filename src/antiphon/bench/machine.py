"""The machine that figures belong to."""

import platform
from pathlib import Path


def describe_cpu() -> str:
    """The model name as the kernel tells it, or what Python knows where there is no /proc."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    return next(names, platform.processor() or platform.machine())
