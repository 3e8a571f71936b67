"""Drafts in a step: each sequence proposes one, and all together are cut to what is worth its time. Knows no slots."""

from collections.abc import Sequence as Seq

from antiphon.engine.llama.drafting.costs import StepCosts, choose_drafts
from antiphon.engine.llama.drafting.draft import Draft
from antiphon.engine.llama.plan import Part


def with_drafts(parts: Seq[Part], costs: StepCosts, most_tokens: int) -> list[Part]:
    """The same parts with as much of each draft as pays. most_tokens: of all runs together."""
    drafts = [propose(part) for part in parts]
    if not any(drafts):
        return list(parts)
    lengths = [part.num_tokens for part in parts]
    counts = choose_drafts(costs, lengths, drafts, most_tokens - sum(lengths))
    return [attach(part, draft, count) for part, draft, count in zip(parts, drafts, counts, strict=True)]


def propose(part: Part) -> Draft | None:
    """What a sequence may go on with."""
    sequence = part.sequence
    most = sequence.limit - len(sequence.sampled) - 1
    if not (part.samples and sequence.drafter and most > 0):
        return None
    return sequence.drafter.propose(sequence.sampled, most)


def attach(part: Part, draft: Draft | None, count: int) -> Part:
    """So much of its draft; the drafter learns where that is nothing."""
    if draft is None:
        return part
    if part.sequence.drafter and not count:
        part.sequence.drafter.learn(0, 0)
    return part._replace(draft=draft.tokens[:count])
