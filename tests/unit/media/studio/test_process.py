"""Media processes that are really started: what comes of a job, however it ends, and of those that wait behind it."""

import asyncio
import base64
import os
import signal
import sys

import pytest
from PIL import Image

from antiphon.media.absent import AbsentError
from antiphon.media.missing import MissingExtra
from antiphon.media.pixels import Pixels
from antiphon.media.studio.jobs import (
    Nothing,
    Pages,
    ReadDocument,
    ReadPicture,
    ReadRecording,
    Samples,
    Say,
    Spoken,
    Transcribe,
)
from antiphon.media.studio.process import COMMAND, MediaProcess, StudioFault
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.pictures import data_url, png, save
from tests.unit.media.studio.processes import (
    DEADLINE_S,
    MOST_BYTES,
    is_there,
    media_process,
    pid_of,
    read_slowly,
    see,
    stopped,
    turns,
)

TEXT = ReadDocument("", b"Hello", "a.txt", MOST_BYTES, 100, False)
ENDS = "is broken in a way that ends whoever reads it"


async def test_what_comes_of_jobs() -> None:
    """The value of each, of whatever kind it is, from one process that is started once."""
    async with media_process() as process:
        assert process.running is None, "nothing is started before it is needed"
        assert await see(process, 77) == 77
        pid = pid_of(process)
        assert "Hello" in (await process.do(TEXT, Pages, within_s=DEADLINE_S)).texts[0]
        fetched = ReadPicture("", png(), None, MOST_BYTES)
        assert (await process.do(fetched, Pixels, within_s=DEADLINE_S)).rgb == b"\xff\0\0"
        assert pid_of(process) == pid
    assert not is_there(pid)


async def test_what_cannot_be_read() -> None:
    """It raises with the reason, and the process goes on."""
    async with media_process() as process:
        for job, kind, told in (
            (ReadPicture("data:image/png;base64,////", b"", None, MOST_BYTES), Pixels, "is no picture"),
            (ReadPicture("data:image/png;base64,!", b"", None, MOST_BYTES), Pixels, "is not base64"),
            (ReadPicture("", b"", None, MOST_BYTES), Pixels, "is empty"),
            (ReadPicture(data_url(bytes(100)), b"", None, 99), Pixels, "is larger than"),
            (ReadDocument("AAAA", b"", "a", MOST_BYTES, 100, False), Pages, "."),
            (ReadRecording("AAAA", MOST_BYTES, 1.0), Samples, "."),
        ):
            with pytest.raises(UnreadableError, match=told):
                await process.do(job, kind, within_s=DEADLINE_S)
        pid = pid_of(process)
        assert await see(process, 5) == 5
        assert pid_of(process) == pid


async def test_what_is_not_there() -> None:
    """A model that cannot be had is told to who runs the server, not to who asks."""
    job = Transcribe(bytes(64_000), 16_000, "/nowhere/at/all", 1)
    async with media_process() as process:
        with pytest.raises(AbsentError, match="'/nowhere/at/all'"):
            await process.do(job, Nothing, within_s=DEADLINE_S)


async def test_what_is_not_installed() -> None:
    """It comes as the name of the extra that brings it, and what needs nothing of it goes on."""
    frames = base64.b64encode((b"\xff\xfb\x90\x64" + bytes(413)) * 20).decode()
    async with media_process(command=worker("sys.modules['av'] = None")) as process:
        with pytest.raises(MissingExtra) as caught:
            await process.do(ReadRecording(frames, MOST_BYTES, 9.0), Samples, within_s=DEADLINE_S)
        assert caught.value.extra == "av"
        assert await see(process, 6) == 6


def worker(before: str) -> tuple[str, ...]:
    """A media process as ever, in which something was done before it began."""
    return (sys.executable, "-c", f"import os, sys\nfrom antiphon.media.studio import worker\n{before}\nworker.main()")


async def test_what_nobody_foresaw(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged with all that is known, told to nobody else, and the process goes on."""
    async with media_process() as process:
        with pytest.raises(StudioFault, match=r"^a media process failed$"):
            await process.do(Say("none that is open", "Hello"), Spoken, within_s=DEADLINE_S)
        assert "KeyError: 'none that is open'" in caplog.text
        assert await see(process, 5) == 5


async def test_killed_in_a_job() -> None:
    """Who ends a process has that job against it; the next finds a new one, those that waited among them."""
    async with media_process() as process, stopped(process) as pid:
        doomed, waiting = (asyncio.create_task(see(process, grey)) for grey in (1, 2))
        await turns(20)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(UnreadableError, match=f"^{ENDS}$"):
            await doomed
        assert await waiting == 2
        assert pid_of(process) != pid


async def test_killed_while_it_reads_a_job() -> None:
    """The same for one that is so large that it is still being sent."""
    large = ReadPicture("data:image/png;base64," + "A" * 8_000_000, b"", None, MOST_BYTES)
    async with media_process() as process, stopped(process) as pid:
        doomed = asyncio.create_task(process.do(large, Pixels, within_s=DEADLINE_S))
        await turns(20)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(UnreadableError, match=f"^{ENDS}$"):
            await doomed
        assert await see(process, 3) == 3


async def test_killed_between_jobs() -> None:
    """That is no job's fault: the next one finds a new process."""
    async with media_process() as process:
        for grey in range(3):
            assert await see(process, grey) == grey
            assert process.running
            os.kill(pid_of(process), signal.SIGKILL)
            await process.running.process.wait()


async def test_too_long_by_the_clock() -> None:
    """A job that takes longer is ended with its process, and says so."""
    async with media_process() as process:
        assert await see(process, 1) == 1
        pid = pid_of(process)
        with pytest.raises(UnreadableError, match=r"^takes longer than 0\.25 seconds to read$"):
            await read_slowly(process, within_s=0.25)
        assert not is_there(pid)
        assert await see(process, 2) == 2


async def test_too_long_to_compute() -> None:
    """The kernel ends who computes longer; each job has as much."""
    async with media_process(most_cpu_s=1) as process:
        for _ in range(2):
            with pytest.raises(UnreadableError, match=r"^takes longer than 1 seconds to read$"):
                await read_slowly(process)
        for grey in range(9):
            assert await see(process, grey) == grey


async def test_too_much_memory() -> None:
    """It ends the job, and perhaps its process, but never the server, and the next job is done."""
    huge = save_huge()
    async with media_process(most_bytes=400 << 20) as process:
        for _ in range(2):
            with pytest.raises(UnreadableError, match=f"^(takes more memory to read than it may|{ENDS})$"):
                await process.do(huge, Pixels, within_s=DEADLINE_S)
            assert await see(process, 9) == 9


def save_huge() -> ReadPicture:
    """64 million pixels, in some kilobytes."""
    return ReadPicture("", save(Image.new("RGBA", (8000, 8000)), "png", compress_level=1), "original", MOST_BYTES)


@pytest.mark.parametrize(
    "command", [("/nowhere/python",), ("/bin/false",), ("/bin/true",), (sys.executable, "-c", "1/0"), (*COMMAND, "1")]
)
async def test_what_cannot_be_started(command: tuple[str, ...], caplog: pytest.LogCaptureFixture) -> None:
    """It is a fault of ours, told in the log, and is tried again with the next job."""
    async with media_process(command=command) as process:
        for _ in range(2):
            with pytest.raises(StudioFault, match=r"^a media process cannot be started$"):
                await see(process)
        assert caplog.text.count("a media process cannot be started") == 2
        assert process.running is None
        process.command = (*COMMAND, "0", "0", "0")
        assert await see(process, 4) == 4


async def test_cancelled_at_any_moment() -> None:
    """Whenever a caller is cancelled, the next one gets the answer to what it asks, and nothing else."""
    async with media_process() as process:
        for count in range(0, 40, 2):
            leaving = asyncio.create_task(see(process, 200))
            await turns(count)
            leaving.cancel()
            await gathered([leaving])
            assert await see(process, count) == count


async def test_cancelled_in_a_job() -> None:
    """It is ended with its process, as nobody waits for what it does."""
    async with media_process() as process, stopped(process) as pid:
        leaving = asyncio.create_task(see(process))
        await turns(20)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert not is_there(pid)
        assert process.running is None


async def test_cancelled_before_its_turn() -> None:
    """Nothing ends; the job before it and the one behind it are done by the process that is there."""
    async with media_process() as process:
        async with stopped(process) as pid:
            first, leaving, last = (asyncio.create_task(see(process, grey)) for grey in (1, 2, 3))
            await turns(20)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
        assert [await first, await last] == [1, 3]
        assert pid_of(process) == pid


async def test_cancelled_where_others_need_it() -> None:
    """A process that holds what others need finishes the job that nobody waits for, and goes on."""
    async with media_process(ends_unheard=False) as process:
        async with stopped(process) as pid:
            leaving, waiting = (asyncio.create_task(see(process, grey)) for grey in (1, 2))
            await turns(20)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
        assert await waiting == 2
        assert pid_of(process) == pid


async def test_turns() -> None:
    """Jobs of many callers are done one after the other, in the order in which they came."""
    done: list[int] = []

    async def ask(grey: int) -> None:
        assert await see(process, grey) == grey
        done.append(grey)

    async with media_process() as process:
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.gather(*map(ask, range(200)))
    assert done == list(range(200))


async def test_thousands_who_leave() -> None:
    """They leave nothing behind: who comes after them is next."""
    async with media_process() as process, asyncio.timeout(DEADLINE_S):
        async with stopped(process) as pid:
            first, *leaving = (asyncio.create_task(see(process, grey % 256)) for grey in range(3000))
            await turns(5)
            last = asyncio.create_task(see(process, 99))
            await turns(5)
            for task in leaving:
                task.cancel()
            assert all(isinstance(ended, asyncio.CancelledError) for ended in await gathered(leaving))
        assert [await first, await last] == [0, 99]
        assert pid_of(process) == pid


async def gathered(tasks: list[asyncio.Task[int]]) -> list[int | BaseException]:
    """How each ended."""
    return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("ends_unheard", [True, False])
async def test_closed_in_a_job(ends_unheard: bool) -> None:
    """It is ended, who waits behind it gets no other process, and no more is ever started."""
    process = MediaProcess(ends_unheard=ends_unheard)
    async with stopped(process) as pid:
        tasks = [asyncio.create_task(see(process, grey)) for grey in range(3)]
        await turns(20)
        await process.close()
        assert not is_there(pid)
        assert {type(ended) for ended in await gathered(tasks)} == {StudioFault}
    with pytest.raises(StudioFault, match="have been ended"):
        await see(process)
    assert process.running is None
    await process.close()


@pytest.mark.parametrize("count", [0, 1, 2, 5, 20])
async def test_closed_while_it_starts(count: int) -> None:
    """What is being started is ended, too."""
    process = MediaProcess()
    asking = asyncio.create_task(see(process))
    await turns(count)
    await process.close()
    assert [type(ended) for ended in await gathered([asking])] == [StudioFault]
    assert process.running is None


async def test_frames_of_any_size() -> None:
    """What is asked and what is answered may be megabytes, in either direction."""
    async with media_process() as process:
        for side in (1, 21, 22, 147, 148, 149, 1000, 3000):
            noise = Image.effect_noise((side, side), 60).convert("RGB")
            job = ReadPicture(data_url(save(noise, "bmp")), b"", "original", 40_000_000)
            assert (await process.do(job, Pixels, within_s=DEADLINE_S)).rgb == noise.tobytes()


async def test_what_is_written_beside_the_line(capfd: pytest.CaptureFixture[str]) -> None:
    """What libraries print goes to standard error, and is no answer."""
    printing = "from PIL import Image\nImage.open = lambda *_, **__: print('printed', flush=True)"
    async with media_process(command=worker(f"os.write(1, b'before')\n{printing}")) as process:
        with pytest.raises(UnreadableError):
            await see(process)
        assert "Hello" in (await process.do(TEXT, Pages, within_s=DEADLINE_S)).texts[0]
    said = capfd.readouterr()
    assert "printed" in said.err and "printed" not in said.out


async def test_signals_to_the_group(caplog: pytest.LogCaptureFixture) -> None:
    """Ctrl-C goes to all processes of a terminal; the server says when this one ends."""
    async with media_process() as process:
        assert await see(process, 1) == 1
        pid = pid_of(process)
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(pid, number)
        assert await see(process, 2) == 2
        assert pid_of(process) == pid
