"""How much of a prompt fits into a step beside sequences that are given tokens, learned from what steps take.

What is measured at the start is the first guess only: a token of a prompt costs the more the longer the prompt is.
"""

CHUNK_MS = 150
"""Such sequences pause for prompts so long, and then for their own step."""
LEAST_CHUNK = 16
"""Tokens, however long they take; chunks are multiples of it."""


class Pace:
    """most: tokens of a chunk, whatever it takes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.plain_ms = 0.0
        self.token_ms = 0.0

    @property
    def chunk(self) -> int:
        """Tokens of prompts for the next step."""
        if not self.token_ms:
            return self.most
        return max(
            min(int(CHUNK_MS / self.token_ms) // LEAST_CHUNK * LEAST_CHUNK, self.most), min(LEAST_CHUNK, self.most)
        )

    def learn(self, num_tokens: int, step_ms: float) -> None:
        """What a step took that gave tokens, with so many tokens of prompts in it."""
        if not num_tokens:
            self.plain_ms = step_ms
        elif self.plain_ms:
            self.token_ms = max(0.0, step_ms - self.plain_ms) / num_tokens
