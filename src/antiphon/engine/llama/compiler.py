"""Grammars to constraints, beside the loop, once for all requests that have the same.

What a grammar may cost is found out in the sandbox. What fails there fails the same for everybody who sends it, unless
it ran out of time.
"""

import threading

from llguidance import LLMatcher, LLTokenizer

from antiphon.dialect.grammar.grammar import Grammar, write_grammar
from antiphon.engine.llama.constraint import Constraint
from antiphon.engine.llama.sandbox import LIMITS, Sandbox, Verdict, ease
from antiphon.recent import Recent

MOST_KEPT = 64
MOST_KEPT_BYTES = 4 << 20
"""Of grammars' texts; compiled they take about forty times as much."""


class Refused(Exception):
    """A grammar that cannot be used; carries the verdict."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


class Compiler:
    """May be used from several threads."""

    def __init__(self, vocabulary: LLTokenizer, sandbox: Sandbox) -> None:
        self.vocabulary = vocabulary
        self.sandbox = sandbox
        self.kept: Recent[bytes, Constraint | Verdict] = Recent(MOST_KEPT, most_weight=MOST_KEPT_BYTES)
        self.lock = threading.Lock()

    def knows(self, grammar: Grammar) -> bool:
        """Whether it takes no time."""
        with self.lock:
            return is_usable(self.kept.find(grammar.digest))

    def compile(self, grammar: Grammar) -> Constraint:
        """A constraint at its beginning; takes milliseconds to a second for a grammar that is new. Raises `Refused`."""
        with self.lock:
            made = self.kept.find(grammar.digest)
        if made is None or not is_usable(made):
            made = self._keep(grammar, self._make(grammar))
        if isinstance(made, Verdict):
            raise Refused(made)
        return made.copy()

    def _keep(self, grammar: Grammar, made: Constraint | Verdict) -> Constraint | Verdict:
        if isinstance(made, Verdict) and made.was_cut:
            return made
        with self.lock:
            before = self.kept.find(grammar.digest)
            if isinstance(before, Constraint) and isinstance(made, Constraint):
                before.renew(made)
            return self.kept.keep(grammar.digest, made, size_of(grammar))

    def _make(self, grammar: Grammar) -> Constraint | Verdict:
        verdict = self.sandbox.check(grammar)
        if verdict.reason:
            return verdict
        eased = ease(grammar, verdict.eased)
        source = write_grammar(eased.main, eased.parts)
        return Constraint(LLMatcher(self.vocabulary, source, log_level=0, limits=LIMITS))


def is_usable(made: Constraint | Verdict | None) -> bool:
    """Whether there is something, and it is as good as new."""
    return made is not None and not (isinstance(made, Constraint) and made.worn_out)


def size_of(grammar: Grammar) -> int:
    """Characters of its text."""
    return len(grammar.main) + sum(len(part.definition) for part in grammar.parts)
