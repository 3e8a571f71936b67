"""The media processes of a server: readers of whom whoever is free takes the next, and their common end."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.media.pixels import Pixels
from antiphon.media.studio import studio as studio_room
from antiphon.media.studio.process import StudioFault
from antiphon.media.studio.studio import CrowdedError, Readers, Studio
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.documents.pdfs import write_pdf
from tests.unit.media.pictures import data_url, png
from tests.unit.media.studio.processes import DEADLINE_S, is_there, picture, pid_of, stopped, turns, until

RED = data_url(png())
ROOT = Path(__file__).parents[4]


async def test_what_is_read() -> None:
    """Pictures by their URL and as they were fetched, documents and recordings."""
    studio = Studio()
    try:
        assert (
            (await studio.read_picture(RED, None)).rgb == (await studio.read_picture(png(), "low")).rgb == b"\xff\0\0"
        )
        told = {"most_bytes": 10_000, "most_chars": 100, "seen": False}
        assert "Hello" in (await studio.read_document("SGVsbG8=", "a.txt", **told)).texts[0]
        assert "Hello" in (await studio.read_document(b"Hello", "a.txt", **told)).texts[0]
        with pytest.raises(UnreadableError, match="has 101 characters"):
            await studio.read_document(b"a" * 101, "a.txt", **told)
        with pytest.raises(UnreadableError):
            await studio.read_recording("SGVsbG8=", most_bytes=100, most_s=1)
    finally:
        await studio.close()


async def test_pages_that_are_seen() -> None:
    """For who sees there is a picture of each, whose digest tells it from others, behind its text."""
    studio = Studio()
    try:
        told = {"most_bytes": 100_000, "most_chars": 1000, "seen": True}
        pages = await studio.read_document(write_pdf(["One"], ["Two"], ["Two"]), "a.pdf", **told)
        first, second, third = pages.texts
        assert "a.pdf" in first and "One" in first and "a.pdf" not in second and "Two" in third
        assert [len(seen.rgb) for seen in pages.pictures] == [seen.width * seen.height * 3 for seen in pages.pictures]
        assert max(pages.pictures[0].width, pages.pictures[0].height) == 1024
        assert pages.pictures[0].digest != pages.pictures[1].digest == pages.pictures[2].digest
        many = await studio.read_document(write_pdf(*[["Words"]] * 17), "a.pdf", **told)
        assert len(many.texts) == 1 and not many.pictures, "of a long one there is text alone"
        with pytest.raises(UnreadableError, match="has 1 pages without text among 17"):
            await studio.read_document(write_pdf(*[["Words"]] * 16, []), "a.pdf", **told)
    finally:
        await studio.close()


async def test_whoever_is_free() -> None:
    """A reader that is busy holds up nobody: the other one does all that comes. Where one is enough, there is one."""
    readers = Readers(2)
    try:
        for _ in range(3):
            await see(readers)
        (first,) = (process for process in readers.processes if process.running)
        async with stopped(first):
            busy = asyncio.create_task(see(readers))
            await turns(20)
            for _ in range(3):
                await see(readers)
            assert not busy.done()
        assert await busy
        assert all(process.running for process in readers.processes)
    finally:
        await readers.close()


async def test_all_are_busy() -> None:
    """Who comes then waits for whoever is free first; who leaves takes no turn."""
    readers = Readers(2)
    try:
        for process in readers.processes:
            await process.do(picture(), Pixels, within_s=DEADLINE_S)
        async with stopped(readers.processes[0]), stopped(readers.processes[1]):
            busy = [asyncio.create_task(see(readers)) for _ in range(2)]
            await turns(5)
            leaving, waiting = (asyncio.create_task(see(readers)) for _ in range(2))
            await turns(5)
            leaving.cancel()
            await turns(5)
            busy[0].cancel()  # and its process ends, so that there is room for a new one
            assert await waiting
            assert not busy[1].done()
        assert await busy[1]
        assert readers.free.qsize() == 2
    finally:
        await readers.close()


async def see(readers: Readers) -> str:
    """A digest."""
    return (await readers.do(picture(), Pixels)).digest


async def test_closed_while_all_are_busy() -> None:
    """All processes end, and all who wait are told; nothing is started after that."""
    studio = Studio()
    pixels = [asyncio.create_task(studio.read_picture(RED, None)) for _ in range(20)]
    await pixels[0]
    processes = [process for process in studio.readers.processes if process.running]
    pids = [pid_of(process) for process in processes]
    async with stopped(processes[0]):
        more = [asyncio.create_task(studio.read_picture(RED, None)) for _ in range(20)]
        await turns(10)
        await studio.close()
    ended = await asyncio.gather(*pixels, *more, return_exceptions=True)
    assert {type(one) for one in ended} <= {Pixels, StudioFault}
    assert type(ended[-1]) is StudioFault
    assert not any(map(is_there, pids))
    assert not any(process.running for process in studio.readers.processes)


SERVER = """
import asyncio, sys
from antiphon.media.studio.process import MediaProcess
from tests.unit.media.studio.processes import pid_of, read_slowly, see

async def main():
    process = MediaProcess()
    await see(process)
    print(pid_of(process), flush=True)
    if sys.argv[1] == "busy":
        await read_slowly(process, within_s=1e6)
    await asyncio.sleep(1e6)

asyncio.run(main())
"""


@pytest.mark.parametrize("at_work", ["busy", "idle"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_the_server_is_killed(at_work: str, number: signal.Signals) -> None:
    """A media process ends with it, however that ends, also in the middle of a job that would take a quarter of an hour
    more.
    """
    command = (sys.executable, "-c", SERVER, at_work)
    server = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert server.stdout
        pid = int(await server.stdout.readline())
        if at_work == "busy":
            before = cpu_of(pid)
            await until(lambda: cpu_of(pid) > before + 20)
        assert is_there(pid)
        server.send_signal(number)
        await until(lambda: not is_there(pid))
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


def cpu_of(pid: int) -> int:
    """Hundredths of a second that it has computed, by the kernel's clock."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])


async def test_a_crowd_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many wait already, who comes is told so at once, and those who wait are served."""
    monkeypatch.setattr(studio_room, "MOST_WAITING", 2)
    readers = Readers(1)
    try:
        waiting = [asyncio.create_task(readers.do(picture(), Pixels)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(CrowdedError):
            await readers.do(picture(), Pixels)
        assert len(await asyncio.gather(*waiting)) == 3
        assert (await readers.do(picture(), Pixels)).width > 0
    finally:
        await readers.close()
