"""What one answer probably goes on with, out of a prediction or of what has been said before.

The prediction comes first. Without one, or where it says nothing, the prompt and the answer itself are looked through
for the last tokens: rewriting, extracting and coding repeat much.
"""

from collections.abc import Sequence as Seq

from antiphon.engine.llama.drafting.draft import Draft
from antiphon.engine.llama.drafting.guide import Guide
from antiphon.engine.llama.drafting.trust import Trust

MOST_TOKENS = 31
FIRST_TRY = 2
"""Tokens of a prediction that are tried once, dear as they may be: somebody believes in it."""


class Source:
    """A guide, and how far it is trusted. grows: whether the answer itself becomes part of its text."""

    def __init__(self, guide: Guide, trust: Trust, *, grows: bool) -> None:
        self.guide = guide
        self.trust = trust
        self.grows = grows

    def follow(self, tokens: Seq[int]) -> None:
        """The answer goes on."""
        for token in tokens:
            self.guide.follow(token)
            if self.grows:
                self.guide.append([token])

    def propose(self, most: int) -> Draft | None:
        """What comes next by it, if it says anything."""
        tokens, trust = self.guide.ahead(most), self.trust
        first = trust.following if self.guide.settled else trust.first
        return Draft(tuple(tokens), first.value, trust.following.value) if tokens else None


class Drafter:
    """prediction: the answer as the client expects it, in tokens, or None. prompt: what is looked through, or None."""

    def __init__(self, prediction: Seq[int] | None, prompt: Seq[int] | None) -> None:
        self.prediction = prediction
        self.prompt = prompt
        self.sources: list[Source] = []
        self.num_followed = 0
        self.source: Source | None = None
        self.num_accepted = self.num_rejected = 0

    def propose(self, said: Seq[int], most: int) -> Draft | None:
        """A draft behind all that was said, of `most` tokens at most."""
        if not self.sources:
            self.sources = list(self._open())
        for source in self.sources:
            source.follow(said[self.num_followed :])
        self.num_followed = len(said)
        for source in self.sources:
            if draft := source.propose(min(most, MOST_TOKENS)):
                self.source = source
                is_new = not source.grows and not (self.num_accepted or self.num_rejected)
                return draft._replace(least=FIRST_TRY) if is_new else draft
        return None

    def learn(self, num_tried: int, num_right: int) -> None:
        """What became of the draft proposed last: so many of its tokens were tried, the first `num_right` came true."""
        assert self.source, "something was proposed"
        if not num_tried:
            return self.source.trust.relax()
        self.source.trust.learn(num_tried, num_right, settled=self.source.guide.settled)
        if not self.source.grows:
            self.num_accepted += num_right
            self.num_rejected += num_tried - num_right

    def _open(self) -> list[Source]:
        """Made when first needed, because looking through a long prompt takes milliseconds."""
        sources = []
        if self.prediction:
            guide = Guide(self.prediction, key_length=2, begins=True)
            sources.append(Source(guide, Trust(first=0.5, following=0.85, weight=4), grows=False))
        if self.prompt:
            guide = Guide(self.prompt, key_length=3, begins=False)
            sources.append(Source(guide, Trust(first=0.4, following=0.75, weight=3), grows=True))
        return sources
