"""What was said so far. Values that never change: to go back is to take the earlier one."""

from dataclasses import dataclass, replace
from typing import Literal, Self

from antiphon.client import assistant_message, image_part, system_message, text_part, user_message, user_message_parts
from antiphon.client.messages import Message


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. images: addresses, of the user's only. reasoning, cut (it ended before it was whole): of an answer's
    only.
    """

    role: Literal["user", "assistant"]
    text: str
    images: tuple[str, ...] = ()
    reasoning: str = ""
    cut: bool = False

    def to_message(self) -> Message:
        """As the next request has it: what the model thought stays behind."""
        if self.role == "assistant":
            return assistant_message(self.text)
        if not self.images:
            return user_message(self.text)
        return user_message_parts(text_part(self.text), *map(image_part, self.images))


@dataclass(frozen=True, slots=True)
class Conversation:
    """system: instructions that stand before everything, empty for none."""

    turns: tuple[Turn, ...] = ()
    system: str = ""

    def with_turn(self, turn: Turn) -> Self:
        """One more."""
        return replace(self, turns=(*self.turns, turn))

    def with_system(self, system: str) -> Self:
        """The same under other instructions."""
        return replace(self, system=system)

    def cleared(self) -> Self:
        """Only the instructions."""
        return replace(self, turns=())

    def without_answer(self) -> Self | None:
        """Up to the last question; None where there is none."""
        last = self._last_question()
        return None if last is None else replace(self, turns=self.turns[: last + 1])

    def without_exchange(self) -> tuple[Self, Turn] | None:
        """Up to before the last question, and that question; None where there is none."""
        last = self._last_question()
        return None if last is None else (replace(self, turns=self.turns[:last]), self.turns[last])

    def messages(self) -> list[Message]:
        """For a request."""
        first = [system_message(self.system)] if self.system else []
        return [*first, *(turn.to_message() for turn in self.turns)]

    def _last_question(self) -> int | None:
        numbers = [number for number, turn in enumerate(self.turns) if turn.role == "user"]
        return numbers[-1] if numbers else None
