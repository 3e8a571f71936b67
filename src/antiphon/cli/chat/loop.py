"""Read, answer, again. What goes wrong is a sentence, and the conversation is as it was before."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from antiphon.cli.chat.answer import Answer, Kind
from antiphon.cli.chat.commands import run_command
from antiphon.cli.chat.keys import Hold
from antiphon.cli.chat.refused import Refused
from antiphon.cli.chat.session import Session
from antiphon.client import Client, ClientError
from antiphon.client.events import StreamEvent


class Prompt(Protocol):
    """Where messages come from."""

    def read(self, draft: str, num_images: int) -> str:
        """The next one. draft: stands there to begin with. Raises `EOFError` at the end, and `KeyboardInterrupt`."""


class Screen(Protocol):
    """Where everything is shown: see `view/screen.py`."""

    def wait(self) -> None: ...  # noqa: D102
    def show(self, kind: Kind, text: str) -> None: ...  # noqa: D102
    def end(self) -> None: ...  # noqa: D102
    def note(self, text: str) -> None: ...  # noqa: D102
    def warn(self, text: str) -> None: ...  # noqa: D102
    def tell(self, text: str) -> None: ...  # noqa: D102


@contextmanager
def unguarded() -> Iterator[Hold]:
    """Where there is no keyboard."""
    yield nullcontext


class Loop:
    """guard: around each answer, for the keyboard; it gives what is put around each thing to be done as a whole."""

    def __init__(
        self,
        client: Client,
        session: Session,
        *,
        prompt: Prompt,
        screen: Screen,
        guard: Callable[[], AbstractContextManager[Hold]] = unguarded,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self.session = session
        self.prompt = prompt
        self.screen = screen
        self.guard = guard
        self.clock = clock

    def run(self) -> None:
        """Until somebody leaves."""
        while not self.session.is_over:
            draft, self.session.draft = self.session.draft, ""
            try:
                text = self.prompt.read(draft, len(self.session.images))
                self.take(text)
            except EOFError:
                return
            except KeyboardInterrupt:
                self.screen.note("Ctrl-D leaves.")

    def take(self, text: str) -> None:
        """A command, or a message for the model."""
        if text.startswith("/"):
            self._obey(text)
        elif text.strip():
            self.session.ask(text)
            if not self._answer():
                self.session.take_back()

    def _obey(self, line: str) -> None:
        before = self.session.conversation
        try:
            told = run_command(self.session, line)
        except (Refused, ClientError) as error:
            self.screen.warn(str(error))
            return
        if told:
            self.screen.tell(told)
        if self.session.wants_answer:
            self.session.wants_answer = False
            if not self._answer():
                self.session.conversation = before

    def _answer(self) -> bool:
        """Whether there is one, be it in part."""
        answer = Answer(self.clock)
        trouble = ""
        with self.guard() as hold:
            try:
                self._stream(answer, hold)
            except KeyboardInterrupt:
                trouble = "" if answer.text else "Stopped before it said anything."
            except ClientError as error:
                trouble = str(error)
            with hold():
                return self._keep(answer, trouble)

    def _keep(self, answer: Answer, trouble: str) -> bool:
        if trouble:
            self.screen.warn(trouble)
            return False
        self.session.conversation = self.session.conversation.with_turn(answer.to_turn())
        self.screen.note(answer.render_cost())
        return True

    def _stream(self, answer: Answer, hold: Hold) -> None:
        self.screen.wait()
        try:
            with self.client.chat.completions.stream(**self.session.request()) as stream:
                for event in stream:
                    with hold():
                        self._show(answer, event)
        finally:
            with hold():
                self.screen.end()

    def _show(self, answer: Answer, event: StreamEvent) -> None:
        shown = answer.take(event)
        if shown:
            self.screen.show(*shown)
