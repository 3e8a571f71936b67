"""What media cost: `python benchmarks/media.py --base-url URL/v1` asks a server that speaks and writes out recordings.

How soon speech begins behind the first sentence; how fast a recording is written out; what 32 text streams lose beside
uploads and transcriptions without end. The recording is made by the server itself, and who uploads stands back (nice),
as another machine would. Says it; judges nothing.
"""

import asyncio
import base64
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import aiohttp
import click
import httpx
import msgspec

NUM_STREAMS, NUM_TOKENS = 32, 200
NUM_SENTENCES = 8
UPLOAD_BYTES = 100_000_000
HEAD_BYTES, RATE = 44, 24_000
"""Of a WAV file, which is mono and of 16 bits."""
TELL = "Tell me a long story about a fox."
SPEAK = "Why is the sky blue? Explain it in many short sentences."


class Server:
    """model: which is asked."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, model: str) -> None:
        self.session = session
        self.base_url = base_url
        self.model = model

    async def complete(self, content: Any, **fields: Any) -> Any:
        """A whole answer."""
        asked = {"model": self.model, "messages": [{"role": "user", "content": content}], **fields}
        async with self.session.post(f"{self.base_url}/chat/completions", json=asked) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def stream(self, content: str, **fields: Any) -> AsyncIterator[dict[str, Any]]:
        """The deltas of an answer."""
        asked = {"model": self.model, "messages": [{"role": "user", "content": content}], "stream": True, **fields}
        async with self.session.post(f"{self.base_url}/chat/completions", json=asked) as answer:
            assert answer.status == 200, await answer.text()
            async for line in answer.content:
                if line.startswith(b"data: {"):
                    for choice in msgspec.json.decode(line[6:])["choices"]:
                        yield choice["delta"]


def upload(base_url: str) -> str:
    """A large file, whose id is returned."""
    form = {"purpose": "user_data"}
    answer = httpx.post(f"{base_url}/files", data=form, files={"file": bytes(UPLOAD_BYTES)}, timeout=None)
    return str(answer.raise_for_status().json()["id"])


async def time_first_sound(server: Server) -> float | None:
    """Milliseconds from the end of the first sentence, as it is written, to the first of its sound. None where a token
    ended it that said more.
    """
    spoken = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "pcm16"}}
    ended, said = 0.0, ""
    async for delta in server.stream(SPEAK, max_tokens=80, **spoken):
        audio = delta.get("audio") or {}
        if not ended:
            said += audio.get("transcript", "")
            ended = time.perf_counter() if said.rstrip().endswith((".", "!", "?")) else 0.0
        if audio.get("data"):
            return (time.perf_counter() - ended) * 1000 if ended else None
    raise AssertionError("nothing was spoken")


async def time_gaps(server: Server, number: int) -> list[float]:
    """Milliseconds between the tokens of a text stream."""
    gaps, last = [], 0.0
    bias = {"0": -100, "2": -100}  # the bundled model's ends
    async for delta in server.stream(TELL, max_tokens=NUM_TOKENS, seed=number, logit_bias=bias):
        now = time.perf_counter()
        if delta.get("content"):
            if last:
                gaps.append((now - last) * 1000)
            last = now
    return gaps


async def time_streams(server: Server) -> list[float]:
    """Of 32 side by side."""
    streams = await asyncio.gather(*(time_gaps(server, number) for number in range(NUM_STREAMS)))
    return [gap for gaps in streams for gap in gaps]


class Beside:
    """Work done again and again beside what is measured. num_done: how often. ends: no more after this one."""

    def __init__(self, work: Callable[[], Awaitable[Any]]) -> None:
        self.work = work
        self.num_done = 0
        self.ends = False

    async def run(self) -> None:
        """Until it ends."""
        while not self.ends:
            await self.work()
            self.num_done += 1


class Recording:
    """Speech as WAV, of the server's own."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        self.seconds = (len(data) - HEAD_BYTES) / (2 * RATE)

    @classmethod
    async def make(cls, server: Server) -> "Recording":
        """Of an answer."""
        spoken = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}
        answer = await server.complete(SPEAK, max_tokens=150, temperature=0, **spoken)
        return cls(base64.b64decode(answer["choices"][0]["message"]["audio"]["data"]))

    def part(self) -> list[dict[str, Any]]:
        """As content: the same speech, a little different from before, as the server knows recordings again."""
        last = int.from_bytes(self.data[-2:], "little")
        self.data[-2:] = ((last + 1) % 1000).to_bytes(2, "little")
        data = base64.b64encode(self.data).decode()
        return [{"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}]


async def measure(base_url: str, model: str, blind: str) -> None:
    """All of it, one after the other."""
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(None), connector=aiohttp.TCPConnector(limit=0)
    ) as session:
        server, deaf = Server(session, base_url, model), Server(session, base_url, blind or model)
        recording = await Recording.make(server)

        async def write_out() -> None:
            await deaf.complete(recording.part(), max_tokens=1)

        await write_out()
        firsts = [first for _ in range(NUM_SENTENCES) if (first := await time_first_sound(server)) is not None]
        click.echo(
            f"first sound behind the first sentence: {statistics.median(firsts):.0f} ms (most {max(firsts):.0f})"
        )
        begun = time.perf_counter()
        await write_out()
        took = time.perf_counter() - begun
        rate = recording.seconds / took
        click.echo(f"{recording.seconds:.0f} s of speech written out in {took:.1f} s: {rate:.1f} times real time")
        with ProcessPoolExecutor(1, initializer=os.nice, initargs=(19,)) as elsewhere:
            loop = asyncio.get_running_loop()
            uploaded: list[str] = []

            async def put() -> None:
                uploaded.append(await loop.run_in_executor(elsewhere, upload, base_url))

            await time_streams(server)
            for name, works in {"an upload": [put], "a transcription": [write_out], "both": [put, write_out]}.items():
                await measure_streams(server, "nothing", [])
                await measure_streams(server, name, list(map(Beside, works)))
            await measure_streams(server, "nothing", [])
        for file in uploaded:
            async with session.delete(f"{base_url}/files/{file}"):
                pass


async def measure_streams(server: Server, name: str, works: list[Beside]) -> None:
    """Streams beside works, called so."""
    tasks = [asyncio.create_task(work.run()) for work in works]
    begun = time.perf_counter()
    gaps = await time_streams(server)
    took = time.perf_counter() - begun
    for work in works:
        work.ends = True
    cuts = statistics.quantiles(gaps, n=20)
    done = f" ({', '.join(str(work.num_done) for work in works)} done in {took:.0f} s)" if works else ""
    click.echo(f"{NUM_STREAMS} streams beside {name}: {cuts[9]:.1f} ms a token at p50, {cuts[18]:.1f} at p95{done}")
    await asyncio.gather(*tasks)


@click.command(context_settings={"show_default": True})
@click.option("--base-url", required=True, help="With /v1.")
@click.option("--model", default="smollm2", help="Which speaks and tells.")
@click.option("--blind", default="", help="Which is asked about recordings, if another.")
def main(base_url: str, model: str, blind: str) -> None:
    """What media cost."""
    asyncio.run(measure(base_url.rstrip("/"), model, blind))


if __name__ == "__main__":
    main()
