"""The llama engine: answers conversations over a line to a worker, whoever keeps that alive.

Knows dialects and messages. Never loads model code: a crash down there ends the requests it carried, and the next
request finds the line to a new worker.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator

from antiphon.capability import Capability
from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.dialect import Dialect, Plan
from antiphon.dialect.medium import RATE, Sensed, without_source
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.template import Template
from antiphon.engine.base import LONGEST_WAIT_S, Decoding, Service
from antiphon.engine.events import Event, Finish
from antiphon.engine.llama.attachment import Attachment
from antiphon.engine.llama.line import Line
from antiphon.engine.llama.messages import Cancel, Counts, Delta, Exhausted, Ready, Submit
from antiphon.engine.llama.supervision import build_remarks
from antiphon.engine.llama.translation import admission, build_event, build_usage
from antiphon.engine.llama.upkeep import Upkeep
from antiphon.errors import (
    ApiError,
    ConfigurationError,
    ContextLengthExceeded,
    EngineLoading,
    GrammarTooComplex,
    InternalError,
)

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""For model files without a template of their own, as llama-server does."""

ALWAYS_HAS: frozenset[Capability] = frozenset(
    {"tools", "structured_output", "prompt_caching", "prompt_grouping", "service_tiers", "token_filters"}
)
"""Whatever model it has."""
MAY_HAVE: frozenset[Capability] = ALWAYS_HAS | {
    *("prediction", "prompt_storage", "reasoning_effort", "reasoning_content", "images", "audio_input"),
}
"""What some model of this engine can do."""


class LlamaEngine:
    """name: for messages. upkeep: who keeps the worker. template: the chat template to take instead of the file's.
    stores_prompts: whether the worker keeps prompts beyond its process.
    """

    def __init__(self, name: str, upkeep: Upkeep, *, template: str | None = None, stores_prompts: bool = False) -> None:
        self.name = name
        self.upkeep = upkeep
        self.template = template
        self.stores_prompts = stores_prompts
        self.card: Ready | None = None
        self._dialect: Dialect | None = None
        self._attachment = Attachment(upkeep, self._use)

    @property
    def context_length(self) -> int | None:
        """Longest sequence in tokens."""
        return self.card.context if self.card else self.upkeep.standing.context_length

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is not as one would expect."""
        return tuple(build_remarks(self.card)) if self.card else ()

    @property
    def fingerprint(self) -> str:
        """Of build, file, chat template and settings."""
        if not self.card or self.template is None:
            return self.card.fingerprint if self.card else ""
        told = f"{self.card.fingerprint} {self.template}"
        return f"fp_{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    @property
    def unready_reason(self) -> str | None:
        """Why it cannot answer now."""
        return self._attachment.unready_reason

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the model's template can be told."""
        if not self._dialect:
            return frozenset()
        can: dict[Capability, bool] = {
            "prediction": bool(self.card and self.card.can_cut),
            "prompt_storage": self.stores_prompts,
            "reasoning_effort": bool(self._dialect.traits.efforts),
            "reasoning_content": self._dialect.traits.reasoning is not None,
            "images": bool(self.card and self.card.sees),
            "audio_input": bool(self.card and self.card.audio_rate == RATE),
        }
        return ALWAYS_HAS | {name for name, can_do in can.items() if can_do}

    @property
    def memory_bytes(self) -> int | None:
        """What its worker takes."""
        return self.upkeep.memory_bytes

    async def estimate_bytes(self) -> int:
        """See `Engine.estimate_bytes`."""
        return await self.upkeep.estimate_bytes()

    async def start(self) -> None:
        """See `Engine.start`."""
        await self.upkeep.start()

    async def loaded(self) -> None:
        """Wait until it can answer, or for the reason why it cannot."""
        await self.upkeep.loaded()
        await self._attachment.settled()
        if self._attachment.failure is not None:
            raise ConfigurationError(self._attachment.failure)

    async def ready(self) -> None:
        """See `Engine.ready`."""
        await self._when_ready()

    async def stop(self) -> None:
        """End the worker, where it is ours, and the line to it. What is known of the model stays known."""
        await self.upkeep.stop()
        await self._attachment.close()

    async def generate(
        self, conversation: Conversation, decoding: Decoding, service: Service
    ) -> AsyncGenerator[Event, None]:
        """See `Engine.generate`."""
        dialect, line, card = await self._when_ready()
        check_size(conversation, card)
        plan = dialect.plan(conversation)
        suspect = plan.grammar.suspect if plan.grammar else ""
        told = bool(conversation.tools or conversation.format)
        running = set(range(decoding.n))
        counts: dict[int, Counts] = {}
        with line.open_request() as (request, inbox):
            try:
                line.send(build_submit(request, plan, decoding, service))
                del conversation, plan  # an answer may take long, and pictures are large
                admitted = admission(await inbox.get(), card, decoding, told=told)
                while running:
                    delta = await inbox.get()
                    match delta:
                        case ApiError():
                            raise delta
                        case Exhausted():
                            raise GrammarTooComplex(suspect)
                        case Delta():
                            pass
                        case _:
                            raise InternalError
                    for said in delta.said:
                        yield build_event(said, delta.choice)
                    if delta.finish and delta.counts:
                        counts[delta.choice] = delta.counts
                        running.remove(delta.choice)
                        yield Finish(delta.finish, delta.choice)
                yield build_usage(admitted, counts)
            finally:
                if running:
                    line.send(Cancel(request))

    async def _when_ready(self) -> tuple[Dialect, Line, Ready]:
        """Wait for a worker that can answer."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):  # `wait_for` can swallow that a client has left
                await self._attachment.settled()
        except TimeoutError:
            raise EngineLoading(self.name, self.unready_reason or "it takes too long to load") from None
        line = self._attachment.line
        if not (line and self._dialect and self.card):
            raise EngineLoading(self.name, self.unready_reason or "it cannot be loaded")
        return self._dialect, line, self.card

    def _use(self, card: Ready) -> None:
        self._dialect = build_dialect(card, self.template)
        self.card = card


def build_submit(request: str, plan: Plan, decoding: Decoding, service: Service) -> Submit:
    """A plan for the worker, which has no use for how media came."""
    prompt = tuple(without_source(piece) if isinstance(piece, Sensed) else piece for piece in plan.prompt)
    return Submit(request, prompt, decoding, service, plan.breakpoints, plan.grammar, plan.reading)


def build_template(card: Ready, template: str | None) -> Template:
    """The chat template of a model, or the given one. Raises `ConfigurationError`."""
    return Template(template or card.chat_template or CHATML, bos_token=card.bos_text, eos_token=card.eos_text)


def build_dialect(card: Ready, template: str | None) -> Dialect:
    """How the model is spoken to. Raises `ConfigurationError`."""
    control = ControlTokens(card.control_tokens, strip_left=card.strip_left, strip_right=card.strip_right)
    return Dialect(build_template(card, template), control, bos=card.bos)


def check_size(conversation: Conversation, card: Ready) -> None:
    """Refuse what cannot fit, before any work is done for it. Raises `ContextLengthExceeded`."""
    num_calls = sum(len(turn.tool_calls) for turn in conversation.turns)
    num_tokens = max(sum(map(num_bytes_of, conversation.turns)) // card.longest_token, num_calls)
    if num_tokens > card.context:
        raise ContextLengthExceeded(card.context, num_tokens, at_least=True)


def num_bytes_of(turn: Turn) -> int:
    """What a turn says, in UTF-8; a prompt is longer."""
    texts = (turn.text, *(call.arguments for call in turn.tool_calls))
    return sum(len(text.encode("utf-8", "replace")) for text in texts)
