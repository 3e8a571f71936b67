"""Text becomes speech: events of an engine, with what a choice says spoken while it is written.

What is said goes on at once, as transcript; its sound follows sentence by sentence, and with the last of it what later
turns need to refer to it. Thoughts and calls are not spoken.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from itertools import chain

from msgspec.structs import replace

from antiphon.engine.events import Event, Finish, Refusal, Spoken, Text, ToolCall, Usage
from antiphon.errors import InternalError
from antiphon.media.speech.tokens import audio_tokens
from antiphon.media.studio.narrator import Narrator
from antiphon.media.studio.process import StudioFault
from antiphon.media.unreadable import UnreadableError

Keep = Callable[[str, str], Awaitable[int]]
"""Of the id of a recording and what is said in it: until when both are kept, in Unix seconds."""


async def recite(
    events: AsyncGenerator[Event, None], narrators: Mapping[int, Narrator], keep: Keep, *, must_call: bool = False
) -> AsyncGenerator[Event, None]:
    """narrators: who speaks each choice. must_call: there will be nothing to say. Raises what the events and `keep` do,
    and `InternalError` where nobody can speak any more.
    """
    tracks = {choice: Track(choice, narrator, may_be_silent=must_call) for choice, narrator in narrators.items()}
    async with aclosing(events):
        async for event in events:
            match event:
                case Text(choice=choice):
                    async for said in tracks[choice].say(event):
                        yield said
                case Finish(choice=choice):
                    async for said in tracks[choice].end(keep):
                        yield said
                    yield event
                case ToolCall(choice=choice) | Refusal(choice=choice):
                    tracks[choice].may_be_silent = True
                    yield event
                case Usage():
                    yield with_speech(event, sum(track.num_tokens for track in tracks.values()))
                case _:
                    yield event


PIECE_CHARS = 32_768
"""Of base64: half a second of bare samples."""


class Track:
    """One choice on its way. may_be_silent: whether it need not say anything."""

    def __init__(self, choice: int, narrator: Narrator, *, may_be_silent: bool) -> None:
        self.choice = choice
        self.narrator = narrator
        self.said: list[str] = []
        self.may_be_silent = may_be_silent
        self.num_tokens = 0

    async def say(self, text: Text) -> AsyncIterator[Spoken]:
        """What is said, and what of it has been spoken."""
        name = "" if self.said else self.narrator.name
        self.said.append(text.text)
        yield Spoken(text.text, choice=self.choice, logprobs=text.logprobs, id=name)
        with faults_of_ours():
            pieces = await self.narrator.feed(text.text)
        for audio in chain.from_iterable(cut(piece.audio) for piece in pieces):
            yield Spoken(audio=audio, choice=self.choice)

    async def end(self, keep: Keep) -> AsyncIterator[Spoken]:
        """The rest. Who neither says nor does anything has a recording of nothing."""
        if not self.said:
            if self.may_be_silent:
                return
            yield Spoken(choice=self.choice, id=self.narrator.name)
        with faults_of_ours():
            *pieces, last = await self.narrator.finish()
        self.num_tokens = audio_tokens(last.duration_s)
        for audio in chain.from_iterable(cut(piece.audio) for piece in pieces):
            yield Spoken(audio=audio, choice=self.choice)
        expires = await keep(self.narrator.name, "".join(self.said))
        for audio in cut(last.audio):
            yield Spoken(audio=audio, choice=self.choice)
        yield Spoken(choice=self.choice, expires=expires, unspoken=last.unspoken)


def cut(audio: str) -> list[str]:
    """Pieces of a size that clients read as one line of a stream; each is base64 by itself, and of whole samples."""
    return [audio[begin : begin + PIECE_CHARS] for begin in range(0, len(audio), PIECE_CHARS)]


def with_speech(usage: Usage, num_tokens: int) -> Usage:
    """What is spoken counts beside what is written."""
    return replace(usage, completion_tokens=usage.completion_tokens + num_tokens, spoken_tokens=num_tokens)


@contextmanager
def faults_of_ours() -> Iterator[None]:
    """The voice was there before, and what it is given is a model's text."""
    try:
        yield
    except (UnreadableError, StudioFault) as fault:
        raise InternalError from fault
