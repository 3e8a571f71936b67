"""Media processes for tests: that are watched, stopped and killed from outside, and what keeps one busy."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from antiphon.media.pixels import Pixels
from antiphon.media.studio.jobs import Pages, ReadDocument, ReadPicture
from antiphon.media.studio.process import MediaProcess
from tests.unit.media.documents.pdfs import write_objects, write_stream
from tests.unit.media.pictures import data_url, save

DEADLINE_S = 60.0
"""That something comes at last, on the slowest machine."""
MOST_BYTES = 20_000_000


@asynccontextmanager
async def media_process(**settings: Any) -> AsyncIterator[MediaProcess]:
    """One that is ended in the end."""
    process = MediaProcess(**settings)
    try:
        yield process
    finally:
        await process.close()


def picture(grey: int = 0, side: int = 2) -> ReadPicture:
    """A job of a moment."""
    return ReadPicture(data_url(save(Image.new("L", (side, side), grey), "png")), b"", "original", MOST_BYTES)


async def see(process: MediaProcess, grey: int = 0, within_s: float = DEADLINE_S) -> int:
    """What is seen of a picture: its grey."""
    pixels = await process.do(picture(grey), Pixels, within_s=within_s)
    assert pixels.rgb == bytes([pixels.rgb[0]]) * 12
    return pixels.rgb[0]


def write_slow_pdf() -> bytes:
    """Some kilobytes, whose only page takes a quarter of an hour to draw: a thousand rectangles, each as large as it
    is, whose colour depends on what is below.
    """
    state = "<< /ExtGState << /G << /ca 0.5 /BM /Luminosity >> >> >>"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources {state} >>"
    pages = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    content = write_stream("/G gs " + "0 0 600 800 re f " * 1000)
    return write_objects(["<< /Type /Catalog /Pages 2 0 R >>", pages, page, content])


SLOW = ReadDocument("", write_slow_pdf(), "slow.pdf", MOST_BYTES, 1000, True)


async def read_slowly(process: MediaProcess, within_s: float = DEADLINE_S) -> Pages:
    """Nobody waits for the end of it."""
    return await process.do(SLOW, Pages, within_s=within_s)


def pid_of(process: MediaProcess) -> int:
    """Of one that is at work."""
    assert process.running
    return process.running.process.pid


@asynccontextmanager
async def stopped(process: MediaProcess) -> AsyncIterator[int]:
    """It does nothing in this block, whatever it is asked; its id."""
    if not process.running:
        await see(process)
    pid = pid_of(process)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        if is_there(pid):
            os.kill(pid, signal.SIGCONT)


def is_there(pid: int) -> bool:
    """Whether there is such a process, and not only what is left of one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until(condition: Callable[[], object]) -> None:
    """Return when it holds."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110 (other processes tell nobody what they do)
            await asyncio.sleep(0.005)


async def turns(count: int) -> None:
    """Let others have so many turns."""
    for _ in range(count):
        await asyncio.sleep(0)
