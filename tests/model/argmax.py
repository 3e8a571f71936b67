"""What a model file holds for likely, read off its logits."""

from pathlib import Path

import numpy as np

from antiphon.engine.llama.model import Model
from antiphon.engine.llama.runner import Logits, Run, Runner
from antiphon.engine.llama.tokenizer import Tokenizer

TEXT = (
    "The history of the city begins with a small village by the river, where farmers and fishermen lived. In the year"
    " 1243 a castle was built on the hill, and soon merchants came from the south to trade cloth and salt. Two hundred"
    " years later the town had a university, a printing press, and a market that was known in all of the country."
)


def load_logits(file: Path) -> Logits:
    """Of each token of a text: (tokens, vocabulary)."""
    model = Model(file)
    logits = logits_of(model)
    model.close()
    return logits


def logits_of(model: Model) -> Logits:
    """The same, of a model that is loaded."""
    tokens = list(Tokenizer(model.vocab).encode_text(TEXT))
    runner = Runner(model, context=256, parallel=1, batch_tokens=256, threads=1, flash_attention="off")
    logits = runner.decode([Run(0, 0, tokens, len(tokens))]).copy()
    runner.close()
    return logits


def agreement(ours: Logits, theirs: Logits) -> float:
    """Share of places where the likeliest token is the same."""
    return float(np.mean(ours.argmax(axis=1) == theirs.argmax(axis=1)))
