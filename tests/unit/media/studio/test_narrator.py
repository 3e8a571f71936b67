"""What is spoken while it is written: by a real media process, and as one file of whatever format."""

import asyncio
import base64
import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon.media.speech.samples import RATE
from antiphon.media.studio.jobs import AudioFormat, Finish, Spoken
from antiphon.media.studio.narrator import Narrator
from antiphon.media.studio.process import MediaProcess, StudioFault
from antiphon.media.studio.studio import Studio
from tests.unit.media.studio.processes import DEADLINE_S, media_process, pid_of, stopped, turns

pytest.importorskip("hibari", reason="the extra `speech` is not installed")

FORMATS: tuple[AudioFormat, ...] = ("wav", "aac", "mp3", "flac", "opus", "pcm16")
TEXT = "Good evening. It rains in the hills, and the river rises.\n\nStay where you are."
PIECES = [TEXT[start : start + 7] for start in range(0, len(TEXT), 7)]


def narrator(process: MediaProcess, name: str, kind: AudioFormat, *, whole: bool, voice: str = "alloy") -> Narrator:
    """As the studio makes them."""
    return Narrator(process, name, voice=voice, format=kind, sources={}, whole=whole)


async def tell(narrator: Narrator, pieces: list[str] = PIECES) -> list[Spoken]:
    """All that is spoken."""
    await narrator.open()
    spoken = [said for piece in pieces for said in await narrator.feed(piece)]
    return [*spoken, *await narrator.finish()]


def join(spoken: list[Spoken]) -> bytes:
    """The file: all pieces are the base64 of one."""
    return base64.b64decode("".join(said.audio for said in spoken), validate=True)


def decode(data: bytes, kind: AudioFormat) -> NDArray[np.float32]:
    """Its samples, by a decoder that is not ours."""
    if kind == "pcm16":
        return np.frombuffer(data, "<i2").astype(np.float32) / 32768
    with av.open(io.BytesIO(data)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [whole for frame in container.decode(audio=0) for whole in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


@pytest.mark.parametrize("kind", FORMATS)
async def test_one_file(kind: AudioFormat) -> None:
    """Streamed or whole, it is valid, and the same sound, as long as is told at the end."""
    async with media_process(ends_unheard=False) as process:
        streamed = await tell(narrator(process, "a", kind, whole=False))
        whole = await tell(narrator(process, "b", kind, whole=True))
    assert sum(bool(said.audio) for said in streamed) >= 3, "it came piece by piece"
    assert [bool(said.audio) for said in whole] == [False] * (len(whole) - 1) + [True]
    assert whole[-1].duration_s == streamed[-1].duration_s > 3
    sounds = [decode(join(spoken), kind) for spoken in (streamed, whole)]
    assert np.array_equal(*sounds)
    assert abs(len(sounds[0]) / RATE - whole[-1].duration_s) < 0.15, "but for what encoders add at the ends"
    assert np.abs(sounds[0]).max() > 0.05


@pytest.mark.parametrize("kind", ["pcm16", "wav"])
async def test_however_it_is_cut(kind: AudioFormat) -> None:
    """The same text in other pieces is the same recording; of bare samples only whole ones are handed out."""
    async with media_process(ends_unheard=False) as process:
        by_sevens = await tell(narrator(process, "a", kind, whole=False))
        at_once = await tell(narrator(process, "b", kind, whole=False), [TEXT])
    assert join(by_sevens) == join(at_once)
    lengths = [len(base64.b64decode(said.audio)) for said in by_sevens[:-1]]
    assert all(
        length % 6 == 0 and not said.audio.endswith("=") for length, said in zip(lengths, by_sevens, strict=False)
    )


async def test_two_at_once() -> None:
    """Recitals of one process, sentence by sentence in turns, are what each would be alone."""
    async with media_process(ends_unheard=False) as process:
        first, second = (narrator(process, name, "pcm16", whole=False, voice=name) for name in ("alloy", "onyx"))
        together = await asyncio.gather(tell(first), tell(second))
        alone = [await tell(narrator(process, name, "pcm16", whole=False, voice=name)) for name in ("alloy", "onyx")]
    assert [join(spoken) for spoken in together] == [join(spoken) for spoken in alone]
    assert join(together[0]) != join(together[1])


async def test_what_is_unspoken() -> None:
    """It is told at the end, of all sentences together; what can be said is."""
    async with media_process(ends_unheard=False) as process:
        spoken = await tell(narrator(process, "a", "pcm16", whole=False), ["Hello 你好. ", "Good 🎉 day."])
        nothing = await tell(narrator(process, "b", "wav", whole=True), ["你好"])
    assert {"你", "好", "🎉"} <= set(spoken[-1].unspoken)
    assert spoken[-1].duration_s > 0.5
    assert set(nothing[-1].unspoken) == {"你", "好"} and nothing[-1].duration_s == 0.1, "a moment of silence"


async def test_nobody_wants_to_hear_more() -> None:
    """The recital is forgotten, once; nothing of it can be asked for any more."""
    async with media_process(ends_unheard=False) as process:
        left = narrator(process, "a", "pcm16", whole=False)
        await left.open()
        await left.feed("One sentence. Another.")
        await left.close()
        await left.close()
        with pytest.raises(StudioFault):
            await process.do(Finish("a"), Spoken, within_s=DEADLINE_S)
        done = narrator(process, "b", "pcm16", whole=False)
        await tell(done)
        assert not done.is_open


async def test_cancelled_while_it_opens() -> None:
    """What was opened all the same is forgotten when it is closed."""
    async with media_process(ends_unheard=False) as process:
        leaving = narrator(process, "a", "pcm16", whole=False)
        async with stopped(process):
            opening = asyncio.create_task(leaving.open())
            await turns(20)
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
        await leaving.close()
        with pytest.raises(StudioFault):
            await process.do(Finish("a"), Spoken, within_s=DEADLINE_S)


async def test_closed_when_all_has_ended() -> None:
    """That is no fault of anybody's: who has ended has forgotten."""
    process = MediaProcess(ends_unheard=False)
    left = narrator(process, "a", "pcm16", whole=False)
    await left.open()
    await process.close()
    await left.close()


async def test_the_next_speaker(caplog: pytest.LogCaptureFixture) -> None:
    """Where a process has ended, its recitals have, with a fault of ours; a new one speaks the next."""
    async with media_process(ends_unheard=False) as process:
        lost = narrator(process, "a", "pcm16", whole=False)
        await lost.open()
        assert process.running
        process.running.kill()
        await process.running.process.wait()
        with pytest.raises(StudioFault):
            await lost.feed("One sentence. Another.")
        assert join(await tell(narrator(process, "b", "pcm16", whole=False)))
        assert pid_of(process)


async def test_voices_of_the_studio() -> None:
    """OpenAI's names, and those of the settings; each is what narrates by that name."""
    studio = Studio(voices={"mine": "heart"})
    try:
        assert {"alloy", "onyx", "mine"} <= set(studio.voice_names)
        sounds = [join(await tell(studio.narrate(v, voice=v, format="wav", whole=True))) for v in ("mine", "onyx")]
        assert sounds[0] != sounds[1]
    finally:
        await studio.close()
