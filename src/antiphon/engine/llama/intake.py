"""Gets requests ready to be computed: prompts become tokens, pictures vectors, grammars constraints.

What takes long goes on beside the loop: half a megabyte of prompt takes half a second, and so may a picture or a
grammar, which nobody else should wait for. llama.cpp and the grammar's compiler run without Python's lock.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from antiphon.dialect.medium import Sensed
from antiphon.engine.llama.compiler import Compiler, Refused
from antiphon.engine.llama.constraint import Constraint
from antiphon.engine.llama.drafting.drafter import Drafter
from antiphon.engine.llama.messages import Submit
from antiphon.engine.llama.prompt import Prompt, PromptBuilder
from antiphon.engine.llama.sandbox import Verdict
from antiphon.engine.llama.senses.embedding import without_names
from antiphon.engine.llama.senses.projector import Unprojectable
from antiphon.engine.llama.sequence import RequestKey

LONG_CHARS = 16_384
"""Up to here tokenising takes a few milliseconds at most, less than a step."""
NUM_THREADS = 8
"""So that a grammar that takes long does not hold up others."""


class Arrival(NamedTuple):
    """A request that is ready. constraint: where it has a grammar, or the verdict on one that cannot be used.
    drafters: guess what each choice goes on with. refused: a picture or recording that cannot be used.
    """

    message: Submit
    prompt: Prompt
    constraint: Constraint | Verdict | None
    drafters: list[Drafter | None]
    refused: Unprojectable | None = None


class Intake:
    """wake: called, in another thread, when there is something to take. context: longest sequence in tokens.
    looks_back: whether answers are looked for in what has been said before.
    """

    def __init__(
        self,
        builder: PromptBuilder,
        compiler: Compiler,
        wake: Callable[[], None],
        *,
        context: int,
        looks_back: bool,
    ) -> None:
        self.builder = builder
        self.tokenizer = builder.tokenizer
        self.compiler = compiler
        self.wake = wake
        self.context = context
        self.looks_back = looks_back
        self.threads = ThreadPoolExecutor(NUM_THREADS, "intake")
        self.looker = ThreadPoolExecutor(1, "looker")  # there is one projector, so others would only wait
        self.pending: dict[RequestKey, Future[Arrival]] = {}

    def put(self, sender: int, message: Submit) -> Arrival | None:
        """A request that is ready at once; one that takes long comes later, out of `take`."""
        texts = [piece for piece in message.prompt if isinstance(piece, str)]
        is_short = sum(map(len, texts)) + len(message.service.prediction or "") <= LONG_CHARS
        is_shown = any(isinstance(piece, Sensed) for piece in message.prompt)
        if is_short and not is_shown and (message.grammar is None or self.compiler.knows(message.grammar)):
            return self._prepare(message)
        threads = self.looker if is_shown else self.threads
        future = threads.submit(self._prepare, message)
        self.pending[sender, message.request] = future
        future.add_done_callback(lambda _: self.wake())
        return None

    def take(self) -> Iterator[tuple[int, Arrival]]:
        """Requests that have become ready, with their senders."""
        for key, future in list(self.pending.items()):
            if future.done():
                del self.pending[key]
                yield key[0], future.result()

    def cancel(self, key: RequestKey) -> None:
        """Nobody waits for this one any more."""
        if pending := self.pending.pop(key, None):
            pending.cancel()

    def _prepare(self, message: Submit) -> Arrival:
        try:
            namespace = message.service.caching.namespace
            prompt = self.builder.build(message.prompt, message.breakpoints, namespace=namespace)
        except Unprojectable as refused:
            return Arrival(message, Prompt([]), None, [], refused)
        predicted = (message.service.prediction or "")[: self.context * self.tokenizer.longest_token]
        constraint: Constraint | Verdict | None = None
        if message.grammar and len(prompt.tokens) < self.context:  # else it will be refused
            try:
                constraint = self.compiler.compile(message.grammar)
            except Refused as refused:
                constraint = refused.verdict
        prediction = self.tokenizer.encode_text(predicted) if predicted else None
        said = without_names(prompt.tokens) if prompt.placement.placed else prompt.tokens
        drafters = [self._open_drafter(prediction, said) for _ in range(message.decoding.n)]
        return Arrival(message, prompt, constraint, drafters)

    def _open_drafter(self, prediction: list[int] | None, prompt: list[int]) -> Drafter | None:
        looked_through = prompt if self.looks_back else None
        return Drafter(prediction, looked_through) if prediction or looked_through else None
