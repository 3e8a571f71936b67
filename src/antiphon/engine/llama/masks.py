"""What the sequences of a step may say next: the masks of all first choices at once, those behind drafts one by one."""

from antiphon.engine.llama.constraint import Mask, MaskBuffer
from antiphon.engine.llama.sequence import Sequence


class StepMasks:
    """sequences: that choose in this step."""

    def __init__(self, buffer: MaskBuffer, sequences: list[Sequence]) -> None:
        self.buffer = buffer
        bound = [sequence for sequence in sequences if is_bound(sequence)]
        masks = buffer.fill([sequence.constraint for sequence in bound if sequence.constraint])
        self.first = {sequence.number: mask for sequence, mask in zip(bound, masks, strict=True)}

    def of(self, sequence: Sequence) -> Mask | None:
        """What one may say next, None for anything. It is broken when that is nothing: a grammar always allows
        something, unless it has given up.
        """
        if not (is_bound(sequence) and sequence.constraint):
            return None
        mask = self.first.pop(sequence.number, None)
        if mask is None:
            mask = self.buffer.fill([sequence.constraint])[0]
        sequence.broken = not mask.any()
        return mask


def is_bound(sequence: Sequence) -> bool:
    """Whether it has a grammar, and a choice."""
    return sequence.constraint is not None and not sequence.forced
