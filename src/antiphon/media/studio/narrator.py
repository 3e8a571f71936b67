"""A text spoken while it is written, by a media process: sentences go there as soon as they are whole."""

from contextlib import suppress
from typing import TypeVar

from antiphon.media.speech.sentences import SentenceSplitter
from antiphon.media.studio.jobs import AudioFormat, Finish, Forget, Job, Nothing, OpenRecital, Say, Spoken
from antiphon.media.studio.process import MediaProcess, StudioFault
from antiphon.media.unreadable import UnreadableError

Value = TypeVar("Value")
SAY_WITHIN_S = 30.0
OPEN_WITHIN_S = 300.0
"""A voice may have to be fetched first."""


class Narrator:
    """process: which speaks. recital: tells this text from all others. sources: of voices that are not built in. To be
    opened first.
    """

    def __init__(
        self,
        process: MediaProcess,
        recital: str,
        *,
        voice: str,
        format: AudioFormat,  # noqa: A002 (the API's name)
        sources: dict[str, str],
        whole: bool,
    ) -> None:
        self.process = process
        self.opening = OpenRecital(recital, voice, format, sources, whole)
        self.splitter = SentenceSplitter()
        self.is_open = False

    @property
    def name(self) -> str:
        """Tells this recital from all others."""
        return self.opening.recital

    async def open(self) -> None:
        """Have the voice there before there is anything to say. Raises as `MediaProcess.do` does."""
        self.is_open = True  # also if we are cancelled now, as it is opened all the same
        await self.process.do(self.opening, Nothing, within_s=OPEN_WITHIN_S)

    async def feed(self, text: str) -> list[Spoken]:
        """Take more text; what is spoken of it by now. Raises as `MediaProcess.do` does."""
        return [await self._say(sentence) for sentence in self.splitter.feed(text)]

    async def finish(self) -> list[Spoken]:
        """The rest, of which the last has how long all of it is."""
        spoken = [await self._say(sentence) for sentence in self.splitter.finish()]
        self.is_open = False
        return [*spoken, await self._do(Finish(self.opening.recital), Spoken)]

    async def close(self) -> None:
        """Nobody wants to hear more. What goes wrong now is nobody's concern: who has ended has forgotten."""
        if self.is_open:
            self.is_open = False
            with suppress(UnreadableError, StudioFault):
                await self._do(Forget(self.opening.recital), Nothing)

    async def _say(self, sentence: str) -> Spoken:
        return await self._do(Say(self.opening.recital, sentence), Spoken)

    async def _do(self, job: Job, kind: type[Value]) -> Value:
        return await self.process.do(job, kind, within_s=SAY_WITHIN_S)
