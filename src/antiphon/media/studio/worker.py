"""A media process: does one job after another, as they come. `python -m antiphon.media.studio.worker MEMORY CPU NICE`.

Standard input is a socket, on which jobs come and outcomes go. It is the line of life, too: when the other end is
closed, the process ends, whatever it is at. What goes wrong in a job is its outcome. MEMORY: most bytes of address
space, CPU: most seconds that a job computes; 0 for no bound. NICE: how far it stands back.
"""

import contextlib
import math
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
import traceback

from msgspec import Struct

from antiphon.frames import HEAD_BYTES
from antiphon.media.absent import AbsentError
from antiphon.media.missing import MissingExtra
from antiphon.media.studio.jobs import Absent, Failed, Fault, Job, Lacking, Made, Refused, decode_job, encode
from antiphon.media.studio.workshop import Workshop
from antiphon.media.unreadable import UnreadableError

LONGEST_TOLD = 2000
READY = b""


def main() -> None:
    """Until nobody can send to us any more."""
    most_bytes, most_cpu_s, nice = map(int, sys.argv[1:4])
    for number in (signal.SIGINT, signal.SIGTERM):  # often sent to the whole group; the server lets us finish
        signal.signal(number, signal.SIG_IGN)
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        os.nice(nice)
    line = take_line()
    threading.Thread(target=end_with, args=(line.fileno(),), daemon=True).start()
    with contextlib.suppress(ConnectionError):
        serve(line, most_cpu_s)


def take_line() -> socket.socket:
    """The socket, for ourselves: what libraries print goes to standard error, and they read nothing."""
    line = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return line


def end_with(line: int) -> None:
    """End this process when the other end is closed, also in the middle of a job."""
    poll = select.poll()
    poll.register(line, 0)  # that it hangs up is always told
    poll.poll()
    os._exit(0)


def serve(line: socket.socket, most_cpu_s: int) -> None:
    """Answer every job."""
    workshop = Workshop()
    send(line, READY)
    with line.makefile("rb") as incoming:
        while head := incoming.read(HEAD_BYTES):
            limit_cpu(most_cpu_s)
            send(line, answer(workshop, incoming.read(int.from_bytes(head))))


def limit_cpu(most_s: int) -> None:
    """So much more than by now, and the kernel ends this process, however deep in a library it is. By the clock, it
    would be the job's fault that others have much to do.
    """
    if most_s:
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + most_s, hard))


def send(line: socket.socket, message: bytes) -> None:
    """One frame."""
    line.sendall(len(message).to_bytes(HEAD_BYTES))
    line.sendall(message)


def answer(workshop: Workshop, frame: bytes) -> bytes:
    """What is said to a job."""
    try:
        return encode(attempt(workshop, decode_job(frame)))
    except MemoryError:
        return encode(Refused("takes more memory to read than it may"))


def attempt(workshop: Workshop, job: Job) -> Made[Struct] | Fault:
    """What comes of a job. Raises `MemoryError`."""
    try:
        return Made(workshop.do(job))
    except UnreadableError as unreadable:
        return Refused(unreadable.reason)
    except MissingExtra as missing:
        return Lacking(missing.extra)
    except AbsentError as absent:
        return Absent(str(absent))
    except MemoryError:
        raise
    except Exception:
        return Failed(traceback.format_exc()[-LONGEST_TOLD:])


if __name__ == "__main__":
    main()
