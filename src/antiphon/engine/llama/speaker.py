"""What a sequence says next: a token out of a row of logits, what its grammar forces behind it, and the text of both.

Knows one sequence at a time, and nothing of batches, caches or receivers.
"""

from collections.abc import Callable
from collections.abc import Sequence as Seq

from antiphon.engine.events import TokenLogprob, TopLogprob
from antiphon.engine.llama.constraint import Mask, TooComplex
from antiphon.engine.llama.messages import Counts, Delta, Said
from antiphon.engine.llama.sampler import Row, Sampled, sample, take
from antiphon.engine.llama.sequence import Sequence
from antiphon.engine.llama.tokenizer import Tokenizer

Masks = Callable[[Sequence], Mask | None]
"""What a sequence may say next, None for anything; marks it as broken where its grammar has given up."""


class Speaker:
    """One for all sequences of a model."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer

    def advance(self, sequence: Sequence, rows: Seq[Row], draft: Seq[int], masks: Masks) -> Delta | None:
        """One more token of a sequence, and what its grammar forces behind it; and so on, as long as that is what was
        guessed. rows: logits behind its last token, and behind each of the draft.
        """
        said, sequence.unsaid = sequence.unsaid, []
        before, num_new = len(sequence.sampled), 0
        while not (sequence.finish or sequence.broken) and num_new < len(rows):
            mask = masks(sequence)
            if sequence.broken:
                break
            said += self._say(sequence, self._choose(sequence, rows[num_new], mask))
            new = sequence.sampled[before:]
            if num_new == len(new) or new != list(draft[: len(new)]):
                break
            num_new = len(new)
        if not (said or sequence.finish):
            return None
        counts = count(sequence) if sequence.finish else None
        return Delta(sequence.request[1], sequence.choice, tuple(said), sequence.finish, counts)

    def _choose(self, sequence: Sequence, row: Row, mask: Mask | None) -> Sampled:
        """The next token, which the grammar then knows."""
        if sequence.forced:
            return take(row, sequence, sequence.forced.popleft())
        sampled = sample(row, sequence, mask)
        self._follow(sequence, sampled.token)
        return sampled

    def _follow(self, sequence: Sequence, token: int) -> None:
        """Tell the grammar which token was chosen; what it forces comes next."""
        if sequence.constraint and token not in self.tokenizer.end_of_generation:
            try:
                sequence.forced.extend(sequence.constraint.accept(token))
            except TooComplex:
                sequence.broken = True

    def _say(self, sequence: Sequence, sampled: Sampled) -> list[Said]:
        """The text of a token, and of those that follow by force."""
        if sampled.token in self.tokenizer.end_of_generation:
            sequence.finish = "stop"
            return sequence.output.finish()
        said = self._append(sequence, sampled)
        if sequence.decoding.logprobs is None:
            said += self.append_forced(sequence, sequence.limit)
        if sequence.constraint and sequence.constraint.finished and not (sequence.forced or sequence.finish):
            sequence.finish = "stop"
            said += sequence.output.finish()
        return said

    def append_forced(self, sequence: Sequence, limit: int) -> list[Said]:
        """Tokens that need no computing before they are known, up to so many in all. Their log-probabilities would."""
        said: list[Said] = []
        while sequence.forced and not sequence.finish and len(sequence.sampled) < limit:
            said += self._append(sequence, Sampled(sequence.forced.popleft()))
        return said

    def _append(self, sequence: Sequence, sampled: Sampled) -> list[Said]:
        sequence.append(sampled.token)
        entry = None if sampled.logprob is None else self._entry(sampled, sampled.logprob)
        said = sequence.output.push(sampled.token, self.tokenizer.piece(sampled.token), entry)
        if not sequence.output.stopped and len(sequence.sampled) >= sequence.limit:
            sequence.finish = "length"
            said += sequence.output.finish()
        if sequence.output.stopped:
            sequence.finish = "stop"
        return said

    def _entry(self, sampled: Sampled, logprob: float) -> TokenLogprob:
        name, piece = self.tokenizer.spelling, self.tokenizer.spelling_bytes
        top = tuple(TopLogprob(name(token), piece(token), value) for token, value in sampled.top)
        return TokenLogprob(name(sampled.token), piece(sampled.token), logprob, top)


def count(sequence: Sequence) -> Counts:
    """What a sequence took that has ended."""
    num_cached, drafter = sequence.num_cached or 0, sequence.drafter
    return Counts(
        num_tokens=len(sequence.sampled),
        num_thought=sequence.output.num_thought,
        num_cached=num_cached,
        num_written=max(0, sequence.num_shared(len(sequence.prompt)) - num_cached),
        num_accepted=drafter.num_accepted if drafter else 0,
        num_rejected=drafter.num_rejected if drafter else 0,
    )
