"""What media cost: `python benchmarks/media.py --base-url URL/v1` asks a server that speaks and writes out recordings.

How soon speech begins behind the first sentence; what 32 text streams lose beside an upload and a transcription; how
fast a recording is written out. The recording is made by the server itself. Says it; judges nothing.
"""

import asyncio
import base64
import statistics
import time
from collections.abc import AsyncIterator
from itertools import chain
from typing import Any

import aiohttp
import click
import msgspec

NUM_STREAMS, NUM_TOKENS = 32, 200
NUM_SENTENCES = 8
UPLOAD_BYTES = 100_000_000
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

    async def upload(self) -> None:
        """A large file, and away with it."""
        form = aiohttp.FormData()
        form.add_field("purpose", "user_data")
        form.add_field("file", bytes(UPLOAD_BYTES), filename="large.bin")
        async with self.session.post(f"{self.base_url}/files", data=form) as answer:
            name = (await answer.json())["id"]
        async with self.session.delete(f"{self.base_url}/files/{name}"):
            pass


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


async def repeat(work: Any) -> int:
    """Again and again, until that is cancelled."""
    count = 0
    while True:
        await work()
        count += 1


async def make_recording(server: Server) -> tuple[str, float]:
    """Speech as WAV in base64, and how many seconds it is."""
    spoken = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}
    answer = await server.complete(SPEAK, max_tokens=150, temperature=0, **spoken)
    data = answer["choices"][0]["message"]["audio"]["data"]
    return data, (len(base64.b64decode(data)) - 44) / 48_000


async def measure(base_url: str, model: str, blind: str) -> None:
    """All of it, one after the other."""
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(None), connector=aiohttp.TCPConnector(limit=0)
    ) as session:
        server, deaf = Server(session, base_url, model), Server(session, base_url, blind or model)
        data, seconds = await make_recording(server)
        part = [{"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}]
        await deaf.complete(part, max_tokens=1)
        firsts = [first for _ in range(NUM_SENTENCES) if (first := await time_first_sound(server)) is not None]
        click.echo(
            f"first sound behind the first sentence: {statistics.median(firsts):.0f} ms (most {max(firsts):.0f})"
        )
        begun = time.perf_counter()
        await deaf.complete(part, max_tokens=1)
        took = time.perf_counter() - begun
        click.echo(f"{seconds:.0f} s of speech written out in {took:.1f} s: {seconds / took:.1f} times real time")
        await time_streams(server)
        beside = {"an upload": [server.upload], "a transcription": [lambda: deaf.complete(part, max_tokens=1)]}
        for name, works in {"nothing": [], **beside, "both": list(chain(*beside.values()))}.items():
            tasks = [asyncio.create_task(repeat(work)) for work in works]
            gaps = await time_streams(server)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            p50, p95 = statistics.quantiles(gaps, n=20)[9], statistics.quantiles(gaps, n=20)[18]
            click.echo(
                f"{NUM_STREAMS} text streams beside {name}: {p50:.1f} ms between tokens at p50, {p95:.1f} at p95"
            )


@click.command(context_settings={"show_default": True})
@click.option("--base-url", required=True, help="With /v1.")
@click.option("--model", default="smollm2", help="Which speaks and tells.")
@click.option("--blind", default="", help="Which is asked about recordings, if another.")
def main(base_url: str, model: str, blind: str) -> None:
    """What media cost."""
    asyncio.run(measure(base_url.rstrip("/"), model, blind))


if __name__ == "__main__":
    main()
