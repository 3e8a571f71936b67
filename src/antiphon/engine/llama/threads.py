"""How many threads compute a step, so that an idle machine is used whole and a busy one costs its share and no more.

llama.cpp's threads meet at a barrier after every operation. Where a neighbour takes a core, all
of them wait for the one that does not run, and tokens become up to a hundred times slower. The
kernel tells how long each of our threads was ready and did not run, and how much of the machine
stood idle; from both, four times a second, the governor decides. Where the kernel does not tell
(anything but Linux) the number stays as it began.
"""

import os
import time
from pathlib import Path

from antiphon.cores import usable_cores

INTERVAL_S = 0.25
LOOK_S = 0.2
"""The kernel counts in hundredths of a second."""
WAITED_TOO_LONG = 0.25
"""Share of an interval that a thread stood ready without a core, over which that core counts as taken."""
IDLE_ENOUGH = 0.7
"""Idle cores over an interval, from which a thread more is worth trying."""
NS = 1e9

TASKS = Path("/proc/self/task")
MACHINE = Path("/proc/stat")


class ThreadGovernor:
    """fixed: a number of threads that never changes; None to choose."""

    def __init__(self, fixed: int | None) -> None:
        self.most = fixed or usable_cores()
        self.num_threads = self.most
        self.adapts = fixed is None and self.most > 1 and TASKS.exists()
        self.num_waited = 0
        self.busy_s = 0.0
        self.last = Reading() if self.adapts else None

    def look_around(self) -> "ThreadGovernor":
        """Begin with no more threads than cores that stand idle at the moment, which takes a moment."""
        if self.last:
            before = Reading()
            time.sleep(LOOK_S)
            self.last = Reading()
            idle_cores = (self.last.idle_s - before.idle_s) / (self.last.at_s - before.at_s)
            self.num_threads = max(1, min(self.most, round(idle_cores)))
        return self

    def observe(self, step_s: float) -> None:
        """Take the duration of a step; now and then, decide anew."""
        self.busy_s += step_s
        if self.last and self.busy_s >= INTERVAL_S:
            self.decide(self.last, Reading())

    def decide(self, before: "Reading", after: "Reading") -> None:
        """Fewer threads when some have waited for a core in two intervals running, one more when a core stood idle. A
        single interval can be one in which requests were read.
        """
        self.last, self.busy_s = after, 0.0
        wall_s = after.at_s - before.at_s
        waits = (waited - before.waited_s.get(task, 0.0) for task, waited in after.waited_s.items())
        num_waiting = sum(waited > WAITED_TOO_LONG * wall_s for waited in waits)
        idle_cores = (after.idle_s - before.idle_s) / wall_s
        num_lasting = min(num_waiting, self.num_waited)
        self.num_waited = num_waiting
        if num_lasting:
            self.num_threads = max(1, self.num_threads - num_lasting)
        elif not num_waiting and idle_cores >= IDLE_ENOUGH and self.num_threads < self.most:
            self.num_threads += 1


class Reading:
    """The kernel's counters at one moment. waited_s: by thread of this process. idle_s: of all cores together, with
    what those took who stand back for this process: a core that only they have is free to us.
    """

    def __init__(self) -> None:
        self.at_s = time.monotonic()
        self.waited_s = {task.name: waited_s(task) for task in TASKS.iterdir()}
        cpu = MACHINE.read_text().split("\n", 1)[0].split()  # cpu, user, nice, system, idle, ...
        free = int(cpu[4]) + (int(cpu[2]) if os.nice(0) <= 0 else 0)
        self.idle_s = free / os.sysconf("SC_CLK_TCK")


def waited_s(task: Path) -> float:
    """Seconds a thread was ready to run and did not (second field of `schedstat`)."""
    try:
        return int((task / "schedstat").read_text().split()[1]) / NS
    except (OSError, IndexError):  # the thread has ended, or the kernel keeps no such statistics
        return 0.0
