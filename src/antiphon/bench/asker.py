"""One server's questions and answers: prompts that no cache has seen, of a wanted length, and replies that are timed.

It does not know what is measured. Invariant: no two prompts of a run begin alike.
"""

from dataclasses import dataclass
from typing import Any

import httpx

from antiphon.bench.client import Server, stream_reply
from antiphon.bench.prompts import PromptSource, fit_num_words
from antiphon.bench.reply import Reply

TASK = "\n\nWrite a long story with all of these words."
"""Ends every prompt, so that answers seldom end early."""
SHORT_WORDS, LONG_WORDS = 16, 216
WARM_UP_TOKENS, PACE_TOKENS = 8, 32


@dataclass(frozen=True)
class Pace:
    """How fast the server was in the first short requests: tokens per second that one stream writes, its
    short prompt with them, and that are read.
    """

    written_per_s: float
    read_per_s: float


class Asker:
    """Asks one server. timeout_s: after which a request has failed."""

    def __init__(self, client: httpx.AsyncClient, server: Server, *, seed: int, timeout_s: float) -> None:
        self.server = server
        self._client = client
        self._prompts = PromptSource(seed)
        self._timeout_s = timeout_s
        self._short = self._long = (1, 1)

    async def find_pace(self) -> Pace:
        """Warm the server up, and learn how it counts tokens and how fast it is. Raises `NoAnswer`."""
        await self._need(SHORT_WORDS, WARM_UP_TOKENS)
        short, long = await self._need(SHORT_WORDS, PACE_TOKENS), await self._need(LONG_WORDS, 1)
        self._short = (SHORT_WORDS, SHORT_WORDS if short.prompt_tokens is None else short.prompt_tokens)
        self._long = (LONG_WORDS, LONG_WORDS if long.prompt_tokens is None else long.prompt_tokens)
        return Pace(short.output_tokens / short.took_s, self._long[1] / long.first_token_s)

    def build_prompt(self, tokens: int) -> str:
        """A new prompt that has about so many tokens with the server's chat template."""
        return self._prompts.build_prompt(fit_num_words(tokens, short=self._short, long=self._long)) + TASK

    async def ask(self, prompt: str, max_tokens: int, **fields: Any) -> Reply:
        """The reply to a prompt; it is greedy, and may be a failed one. fields: more of the request."""
        body = {
            "model": self.server.model,
            "messages": [{"role": "user", "content": prompt}],
            "max_completion_tokens": max_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            **fields,
        }
        return await stream_reply(self._client, body, timeout_s=self._timeout_s)

    async def _need(self, num_words: int, max_tokens: int) -> Reply:
        reply = await self.ask(self._prompts.build_prompt(num_words) + TASK, max_tokens)
        if reply.error:
            raise self.server.no_answer("the first short request", reason=reply.error)
        return reply
