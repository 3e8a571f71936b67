"""The llama engine as the HTTP process sees it: keeps a worker alive, and routes what it says to requests.

Knows processes and messages. Never loads model code: a crash down there ends the requests it
carried, and the next request finds a new worker.
"""

import asyncio
import hashlib
import itertools
import logging
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from antiphon.capability import Capability
from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.template import Template
from antiphon.engine.base import LONGEST_WAIT_S, Decoding, Service
from antiphon.engine.events import Event, Finish
from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.gguf import estimate_bytes
from antiphon.engine.llama.messages import (
    Cancel,
    Converting,
    Counts,
    Delta,
    Exhausted,
    Failed,
    FromWorker,
    Measuring,
    Progress,
    Ready,
    Step,
    Submit,
)
from antiphon.engine.llama.process import WorkerProcess
from antiphon.engine.llama.translation import FromRequest, admission, build_event, build_usage
from antiphon.errors import (
    ApiError,
    ConfigurationError,
    ContextLengthExceeded,
    EngineCrashed,
    EngineLoading,
    GrammarTooComplex,
    InternalError,
)

log = logging.getLogger(__name__)

RESTART_DELAYS_S = (0.0, 0.5, 2.0, 10.0, 30.0)
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""For model files without a template of their own, as llama-server does."""

ALWAYS_HAS: frozenset[Capability] = frozenset({"tools", "structured_output", "prompt_caching", "service_tiers"})
"""Whatever model it has."""
MAY_HAVE: frozenset[Capability] = ALWAYS_HAS | {"prediction", "prompt_storage", "reasoning_effort", "reasoning_content"}
"""What some model of this engine can do."""


class LlamaEngine:
    """name: for messages. find_model: gives the file, may take long and raise `ConfigurationError`. template: the
    chat template to take instead of the file's.
    """

    def __init__(
        self, name: str, find_model: Callable[[], Path], config: WorkerConfig, *, template: str | None = None
    ) -> None:
        self.name = name
        self.find_model = find_model
        self.config = config
        self.template = template
        self.unready_reason: str | None = "it is waiting to be loaded"
        self.card: Ready | None = None
        self.worker: WorkerProcess | None = None
        self._path: Path | None = None
        self._settled = asyncio.Event()
        self.failure: ConfigurationError | None = None
        self._dialect: Dialect | None = None
        self._inboxes: dict[str, asyncio.Queue[FromRequest]] = {}
        self._numbers = itertools.count()
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def context_length(self) -> int | None:
        """Longest sequence in tokens."""
        return self.card.context if self.card else None

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
    def capabilities(self) -> frozenset[Capability]:
        """What the model's template can be told."""
        if not self._dialect:
            return frozenset()
        can: dict[Capability, bool] = {
            "prediction": bool(self.card and self.card.can_cut),
            "prompt_storage": self.config.disk_bytes > 0,
            "reasoning_effort": bool(self._dialect.traits.efforts),
            "reasoning_content": self._dialect.traits.reasoning is not None,
        }
        return ALWAYS_HAS | {name for name, can_do in can.items() if can_do}

    @property
    def memory_bytes(self) -> int | None:
        """The worker's resident set."""
        return self.worker.memory_bytes if self.worker and self.worker.process else None

    async def estimate_bytes(self) -> int:
        """See `Engine.estimate_bytes`; downloads the file if need be."""
        path = await asyncio.to_thread(self._find)
        try:
            return await asyncio.to_thread(estimate_bytes, path, self.config)
        except OSError as error:
            raise ConfigurationError(f"Cannot read the model file '{path}': {os.strerror(error.errno or 0)}.") from None

    async def start(self) -> None:
        """Begin to load and to watch over the worker."""
        self.failure, self.unready_reason = None, "it is waiting to be loaded"
        self._settled.clear()
        self._supervisor = asyncio.create_task(self._supervise())

    async def loaded(self) -> None:
        """Wait until it can answer, or for the reason why it cannot."""
        await self._settled.wait()
        if self.failure:
            raise self.failure

    async def ready(self) -> None:
        """See `Engine.ready`."""
        await self._when_ready()

    async def stop(self) -> None:
        """End the worker and what it carries. What is known of the model stays known."""
        if self._supervisor:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
        if self.worker:
            await self.worker.stop()
        self._settled.clear()
        self.unready_reason = "it is not loaded"

    async def generate(
        self, conversation: Conversation, decoding: Decoding, service: Service
    ) -> AsyncGenerator[Event, None]:
        """See `Engine.generate`."""
        dialect, worker = await self._when_ready()
        request, inbox = str(next(self._numbers)), asyncio.Queue[FromRequest]()
        self._check_size(conversation)
        plan = dialect.plan(conversation)
        self._inboxes[request] = inbox
        running = set(range(decoding.n))
        counts: dict[int, Counts] = {}
        try:
            worker.send(Submit(request, plan.prompt, decoding, service, plan.breakpoints, plan.grammar, plan.reading))
            assert self.card
            told = bool(conversation.tools or conversation.format)
            prompt_tokens = admission(await inbox.get(), self.card, decoding, told=told)
            while running:
                delta = await inbox.get()
                match delta:
                    case ApiError():
                        raise delta
                    case Exhausted():
                        assert plan.grammar, "nothing else becomes too complex"
                        raise GrammarTooComplex(plan.grammar.suspect)
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
            yield build_usage(prompt_tokens, counts)
        finally:
            del self._inboxes[request]
            if running:
                worker.send(Cancel(request))

    async def _when_ready(self) -> tuple[Dialect, WorkerProcess]:
        """Wait for a worker that can answer."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):  # `wait_for` can swallow that a client has left
                await self._settled.wait()
        except TimeoutError:
            raise EngineLoading(self.name, self.unready_reason or "it takes too long to load") from None
        if self.failure or not (self._dialect and self.worker):
            raise EngineLoading(self.name, self.unready_reason or "it cannot be loaded")
        return self._dialect, self.worker

    def _check_size(self, conversation: Conversation) -> None:
        """Refuse what cannot fit, before any work is done for it. Raises `ContextLengthExceeded`."""
        assert self.card
        num_calls = sum(len(turn.tool_calls) for turn in conversation.turns)
        num_tokens = max(sum(map(num_bytes_of, conversation.turns)) // self.card.longest_token, num_calls)
        if num_tokens > self.card.context:
            raise ContextLengthExceeded(self.card.context, num_tokens, at_least=True)

    async def _supervise(self) -> None:
        """Load, and load again whenever the worker ends, ever more slowly while it does not get ready."""
        try:
            path = await asyncio.to_thread(self._find)
        except ConfigurationError as error:
            return self._give_up(error)
        config = replace(self.config, model_path=str(path))
        failures = 0
        while self.failure is None:
            self.unready_reason = "it is loading"
            began = time.monotonic()
            try:
                self.worker = WorkerProcess(config, self._receive)
                await self.worker.start()
            except OSError as error:  # no memory, no disk, no more processes
                reason = os.strerror(error.errno or 0)
                return self._give_up(ConfigurationError(f"The process of '{self.name}' cannot be started: {reason}."))
            status = await self.worker.ended()
            failures = 0 if self._settled.is_set() else failures + 1
            log.error("%s: worker %d ended with status %d", self.name, self.worker.pid, status)
            self._crashed()
            delay_s = RESTART_DELAYS_S[min(failures, len(RESTART_DELAYS_S) - 1)]
            await asyncio.sleep(max(0.0, began + delay_s - time.monotonic()))

    def _find(self) -> Path:
        """Once, because the hub may be away later; looked for again only when it is gone."""
        if self._path is None or not self._path.is_file():
            self.unready_reason = "its file is being found or downloaded"
            self._path = self.find_model()
        return self._path

    def _crashed(self) -> None:
        self._settled.clear()
        self.unready_reason = "its process ended unexpectedly and is being started again"
        assert self.worker
        self.worker.close()
        for inbox in self._inboxes.values():
            inbox.put_nowait(EngineCrashed())

    def _give_up(self, failure: ConfigurationError) -> None:
        self.failure, self.unready_reason = failure, str(failure).rstrip(".")
        self._settled.set()

    def _receive(self, message: FromWorker) -> None:
        match message:
            case Step(deltas=deltas):
                for delta in deltas:
                    self._deliver(delta.request, delta)
            case Progress(share=share):
                self.unready_reason = f"it is loading ({share:.0%})"
            case Measuring():
                self.unready_reason = "it is measuring, this once, what is fastest on this machine"
            case Converting(layout=layout):
                self.unready_reason = f"its weights are being converted to {layout}, this once"
            case Ready():
                self._become_ready(message)
            case Failed(reason=reason):
                self._give_up(ConfigurationError(reason))
            case _:
                self._deliver(message.request, message)

    def _deliver(self, request: str, message: FromRequest) -> None:
        if inbox := self._inboxes.get(request):  # it may have been cancelled a moment ago
            inbox.put_nowait(message)

    def _become_ready(self, card: Ready) -> None:
        control = ControlTokens(card.control_tokens, strip_left=card.strip_left, strip_right=card.strip_right)
        try:
            source = self.template or card.chat_template or CHATML
            template = Template(source, bos_token=card.bos_text, eos_token=card.eos_text)
        except ConfigurationError as error:
            return self._give_up(error)
        self.card, self._dialect = card, Dialect(template, control, bos=card.bos)
        if card.layout_remark:
            log.warning("%s: its weights stay as the file has them: %s", self.name, card.layout_remark)
        self.unready_reason = None
        self._settled.set()


def num_bytes_of(turn: Turn) -> int:
    """What a turn says, in UTF-8; a prompt is longer."""
    texts = (turn.text, *(call.arguments for call in turn.tool_calls))
    return sum(len(text.encode("utf-8", "replace")) for text in texts)


def build_remarks(card: Ready) -> Iterator[str]:
    """What is not as one would expect of a model."""
    if card.layout != "file":
        yield f"weights converted to {card.layout}"
    if not card.can_cut:
        yield "prompts are kept as whole checkpoints and predictions ignored, because its memory cannot be cut"
