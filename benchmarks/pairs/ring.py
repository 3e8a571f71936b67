"""Where a pair is measured: the two servers, prompts that neither has seen, and ways to ask.

Only one of the two servers computes at any time: every question here is answered before the next one is asked.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from antiphon.bench.client import Server, count_prompt_tokens, open_single_use_client, stream_reply
from antiphon.bench.prompts import PromptSource, fit_num_words
from antiphon.bench.reply import Reply
from load import Generation, Prompts, Round, run_round, warm_up
from pairs.contender import Contender

SHORT_WORDS, LONG_WORDS = 4, 204
Message = Mapping[str, str]


@dataclass
class Ring:
    """remarks: what a reader of the figures must know, each once."""

    ours: Contender
    theirs: Contender | None
    loop: asyncio.Runner
    prompts: PromptSource
    generation: Generation
    requests_per_stream: int
    remarks: list[str]
    _measured: list[tuple[int, int]] = field(default_factory=list, init=False)

    def prepare(self) -> None:
        """Learn the length of words in tokens, and warm both up. Raises `NoAnswer`."""
        self._measured = [(num, self._count_tokens(num)) for num in (SHORT_WORDS, LONG_WORDS)]
        for contender in filter(None, (self.ours, self.theirs)):
            self.warm(contender)

    def warm(self, contender: Contender) -> None:
        """One request outside the measurement."""
        self.loop.run(warm_up(contender.server, self.build_prompt(64), generation=self.generation))

    def build_prompt(self, tokens: int) -> str:
        """A new one of about so many tokens."""
        short, long = self._measured
        return self.prompts.build_prompt(fit_num_words(tokens, short=short, long=long))

    def build_streams(self, concurrency: int, tokens: int) -> Prompts:
        """The prompts of a round."""
        return [[self.build_prompt(tokens) for _ in range(self.requests_per_stream)] for _ in range(concurrency)]

    def build_body(self, *messages: Message, max_tokens: int, **fields: Any) -> dict[str, Any]:
        """A streamed, greedy request in which end tokens are banned."""
        body = self.generation.build_body(self.ours.server.model, "")
        return {**body, "messages": list(messages), "max_tokens": max_tokens, **fields}

    def run_round(self, contender: Contender, prompts: Prompts) -> Round:
        """Streams side by side. What failed is remarked."""
        going = run_round(
            contender.server, prompts, run=0, generation=self.generation, on_reply=lambda: None, single_use=True
        )
        done = self.loop.run(going)
        self.note(contender.server, done.replies)
        return done

    def ask(self, contender: Contender, body: Mapping[str, Any]) -> Reply:
        """One request."""
        return self.ask_together(contender, [body])[0]

    def ask_together(self, contender: Contender, bodies: Sequence[Mapping[str, Any]]) -> list[Reply]:
        """Requests sent at the same moment. What failed is remarked."""
        replies = self.loop.run(_ask_together(contender.server, bodies, timeout_s=self.generation.timeout_s))
        self.note(contender.server, replies)
        return replies

    def remark(self, sentence: str) -> None:
        """Told below the table."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def note(self, server: Server, replies: Sequence[Reply]) -> None:
        """Remark what failed, and what the server says that it ignores."""
        for reply in replies:
            if reply.error:
                self.remark(f"{server.name}: a request failed: {reply.error}")
            if reply.ignored:
                self.remark(f"{server.name} ignores: {reply.ignored}")

    def _count_tokens(self, num_words: int) -> int:
        prompt, timeout_s = self.prompts.build_prompt(num_words), self.generation.timeout_s
        return self.loop.run(count_prompt_tokens(self.ours.server, prompt, timeout_s=timeout_s))


async def _ask_together(server: Server, bodies: Sequence[Mapping[str, Any]], *, timeout_s: float) -> list[Reply]:
    async with open_single_use_client(server) as client:
        return await asyncio.gather(*(stream_reply(client, body, timeout_s=timeout_s) for body in bodies))
