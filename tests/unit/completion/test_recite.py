"""Text becomes speech: what is said goes on at once, its sound sentence by sentence; the cost is told at the end."""

import base64
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from antiphon.completion.recite import cut, recite
from antiphon.engine.events import Event, Finish, Reasoning, Spoken, Text, TokenLogprob, ToolCall, Usage
from antiphon.errors import InternalError
from antiphon.media.speech.sentences import SentenceSplitter
from antiphon.media.studio import jobs
from antiphon.media.studio.process import StudioFault

USAGE = Usage(5, 7)


class Voice:
    """Speaks each letter for a tenth of a second; its sound is the sentence itself."""

    def __init__(self, name: str, *, breaks: bool = False) -> None:
        self.name = name
        self.breaks = breaks
        self.splitter = SentenceSplitter()
        self.num_letters = 0

    def speak(self, sentences: list[str]) -> list[jobs.Spoken]:
        """As the narrator would."""
        if self.breaks:
            raise StudioFault("gone")
        self.num_letters += sum(map(len, sentences))
        return [jobs.Spoken(f"[{sentence}]") for sentence in sentences]

    async def feed(self, text: str) -> list[jobs.Spoken]:
        """More text."""
        return self.speak(self.splitter.feed(text))

    async def finish(self) -> list[jobs.Spoken]:
        """The rest, and then what there is at the end."""
        spoken = self.speak(self.splitter.finish())
        return [*spoken, jobs.Spoken("[end]", self.num_letters / 10, "😀")]


async def play(*events: Event) -> AsyncGenerator[Event, None]:
    """An engine's events."""
    for event in events:
        yield event


async def run(*events: Event, voices: Any = None, **told: Any) -> tuple[list[Event], dict[str, str]]:
    """What comes of events, and what is kept."""
    kept: dict[str, str] = {}

    async def keep(name: str, transcript: str) -> int:
        kept[name] = transcript
        return 99

    voices = voices or {0: Voice("a"), 1: Voice("b")}
    return [event async for event in recite(play(*events), voices, keep, **told)], kept


async def test_what_is_said_is_spoken() -> None:
    """The id comes with the first words, expiry and what could not be said with the last sound, before the finish."""
    told, kept = await run(Text("One. "), Text("Two"), Text("."), Finish(), USAGE)
    assert told == [
        Spoken("One. ", id="a"),
        Spoken("Two"),
        Spoken(audio="[One. ]"),
        Spoken("."),
        Spoken(audio="[Two.]"),
        Spoken(audio="[end]"),
        Spoken(expires=99, unspoken="😀"),
        Finish(),
        Usage(5, 7 + 18, spoken_tokens=18),
    ]
    assert kept == {"a": "One. Two."}


async def test_choices_are_apart() -> None:
    """Each has a recording of its own, and both cost."""
    told, kept = await run(Text("A", 0), Text("BB", 1), Finish(choice=1), Finish(choice=0), USAGE)
    assert kept == {"a": "A", "b": "BB"}
    assert [event.choice for event in told if isinstance(event, Spoken)] == [0, 1, 1, 1, 1, 0, 0, 0]
    assert told[-1] == Usage(5, 7 + 6, spoken_tokens=6)


async def test_what_is_not_said_is_not_spoken() -> None:
    """Thoughts and calls go by as they are; who says nothing has no recording."""
    events = (Reasoning("Hm."), ToolCall("f"), Finish(), USAGE)
    assert await run(*events) == (list(events), {})


async def test_who_says_nothing_at_all_is_silent() -> None:
    """An empty answer has a recording, of nothing, so that it can be referred to as any other."""
    told, kept = await run(Finish(), USAGE)
    assert told[0] == Spoken(id="a") and told[-2] == Finish()
    assert kept == {"a": ""}
    assert await run(Finish("length"), USAGE, must_call=True) == ([Finish("length"), USAGE], {}), "a call that was cut"


async def test_probabilities_stay_with_the_words() -> None:
    """Tokens are told with the transcript."""
    token = TokenLogprob("A", b"A", -1.0)
    told, _ = await run(Text("A", logprobs=(token,)), Finish(), USAGE)
    assert told[0] == Spoken("A", logprobs=(token,), id="a")


async def test_a_voice_that_is_gone_is_our_fault() -> None:
    """An answer that cannot be spoken any more ends with an error."""
    with pytest.raises(InternalError):
        await run(Text("One. Two. "), Finish(), USAGE, voices={0: Voice("a", breaks=True)})


async def test_much_sound_comes_in_pieces() -> None:
    """No client has to read a line of a megabyte; each piece is base64 by itself."""
    pieces = cut(base64.b64encode(bytes(100_000)).decode())
    assert len(pieces) == 5 and max(map(len, pieces)) <= 1 << 15
    assert b"".join(map(base64.b64decode, pieces)) == bytes(100_000)
    assert all(len(base64.b64decode(piece)) % 6 == 0 for piece in pieces[:-1])
    assert cut("") == []
