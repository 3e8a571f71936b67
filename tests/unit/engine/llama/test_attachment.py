"""The line to a worker, and to the next one, with workers that say what the test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from antiphon.engine.llama.attachment import Attachment
from antiphon.engine.llama.messages import Admitted, Cancel, Progress, Ready, decode_to_worker, encode
from antiphon.engine.llama.upkeep import Standing
from antiphon.errors import ConfigurationError, EngineCrashed
from antiphon.frames import FrameReader, build_frame
from tests.unit.engine.hosting.test_hosting import UpkeepByHand, until

CARD = Ready(
    context=64, num_vocab=1, longest_token=1, chat_template=None, control_tokens={}, strip_left=frozenset(),
    strip_right=frozenset(), bos=None, bos_text="", eos_text="", fingerprint="fp", layout="file", layout_remark="",
    can_cut=True,
)  # fmt: skip


class Worker:
    """Announces its card to whoever calls; `heard` is what callers said."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.heard: list[object] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        frames = FrameReader()
        writer.write(build_frame(encode(Progress(0.5))) + build_frame(encode(CARD)))
        while data := await reader.read(1000):
            self.heard += map(decode_to_worker, frames.feed(data))
        writer.close()

    def hang_up(self) -> None:
        for writer in self.writers:
            writer.close()


@asynccontextmanager
async def work(path: Path) -> AsyncIterator[Worker]:
    """A worker that listens."""
    worker = Worker(path)
    server = await asyncio.start_unix_server(worker.serve, path)
    try:
        yield worker
    finally:
        server.close()
        worker.hang_up()
        await asyncio.sleep(0)


def ready_at(worker: Worker) -> Standing:
    return Standing(unready_reason=None, socket_path=worker.path)


async def attached(attachment: Attachment) -> None:
    async with asyncio.timeout(10):
        await attachment.settled()
    assert attachment.line and attachment.unready_reason is None


async def test_it_goes_where_the_worker_is(tmp_path: Path) -> None:
    """Its card is used before its line; the next worker is called when there is one, and in between there is none."""
    used: list[Ready] = []
    upkeep = UpkeepByHand(1)
    attachment = Attachment(upkeep, used.append)
    assert attachment.line is None and attachment.unready_reason == "it is not loaded"
    for number in range(2):
        async with work(tmp_path / str(number)) as worker:
            upkeep.tell(ready_at(worker))
            assert attachment.unready_reason == "its process is being called"
            await attached(attachment)
            assert used == [CARD] * (number + 1)
            upkeep.tell(Standing(unready_reason="it crashed"))
            assert attachment.line is None and attachment.unready_reason == "it crashed"
    await attachment.close()


async def test_what_is_asked_gets_an_answer(tmp_path: Path) -> None:
    """Each answer goes to its request; one that nobody waits for harms nobody."""
    upkeep = UpkeepByHand(1)
    attachment = Attachment(upkeep, repr)
    async with work(tmp_path / "worker") as worker:
        upkeep.tell(ready_at(worker))
        await attached(attachment)
        assert attachment.line
        with attachment.line.open_request() as (first, inbox), attachment.line.open_request() as (second, other):
            assert first != second
            for name in (second, "unknown", first):
                worker.writers[0].write(build_frame(encode(Admitted(name, 1))))
            assert await inbox.get() == Admitted(first, 1) and await other.get() == Admitted(second, 1)
            attachment.line.send(Cancel(first))
            await until(lambda: bool(worker.heard))
        assert worker.heard == [Cancel(first)]
        await attachment.close()


async def test_a_line_that_is_lost(tmp_path: Path) -> None:
    """Requests on it end as those of a crash, also those opened then; the worker is called again if it stays."""
    upkeep = UpkeepByHand(1)
    attachment = Attachment(upkeep, repr)
    async with work(tmp_path / "worker") as worker:
        upkeep.tell(ready_at(worker))
        await attached(attachment)
        line = attachment.line
        assert line
        with line.open_request() as (_, inbox):
            worker.hang_up()
            assert isinstance(await inbox.get(), EngineCrashed)
        with line.open_request() as (_, inbox):
            line.send(Cancel("lost"))
            assert isinstance(await inbox.get(), EngineCrashed)
        await attached(attachment)
        assert attachment.line is not line
        await attachment.close()


async def test_what_cannot_be_used(tmp_path: Path) -> None:
    """A card that is refused is a failure, which is told to all who wait, until there is another worker."""

    def refuse(card: Ready) -> None:
        raise ConfigurationError("The template is broken.")

    upkeep = UpkeepByHand(1)
    attachment = Attachment(upkeep, refuse)
    async with work(tmp_path / "worker") as worker:
        upkeep.tell(ready_at(worker))
        async with asyncio.timeout(10):
            await attachment.settled()
        upkeep.tell(ready_at(worker))
        assert attachment.failure == "The template is broken." and attachment.line is None
        assert attachment.unready_reason == "The template is broken"
        upkeep.tell(Standing(unready_reason="it is loading"))
        assert attachment.failure is None
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(attachment.settled(), 0.01)
        await attachment.close()


async def test_a_failure_is_settled() -> None:
    """Nobody waits for a worker that will never be."""
    upkeep = UpkeepByHand(1)
    attachment = Attachment(upkeep, repr)
    upkeep.tell(Standing(unready_reason="no memory", failure="No memory."))
    await attachment.settled()
    assert attachment.failure == "No memory." and attachment.unready_reason == "No memory"
