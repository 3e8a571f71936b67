"""What an answer is worth: whether it ended, whether it is valid, how many tokens its content has by one measure.

The measure: the content is parsed, written again on one line with a space behind each comma and colon, and tokenised
by one vocabulary. So neither white space nor how a server splits its text into tokens counts for or against it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import jsonschema_rs

from antiphon.engine.llama.binding import lib
from antiphon.engine.llama.tokenizer import Tokenizer
from constrained.answer import Answer
from constrained.schemas import Schema


@dataclass(frozen=True)
class Verdict:
    """num_tokens: by the one measure, 0 unless the answer ended and is JSON. complaint: why it is not valid."""

    is_valid: bool = False
    is_cut: bool = False
    num_tokens: int = 0
    complaint: str = ""


class Judge:
    """Counts by the vocabulary of this model file; its weights are not loaded."""

    def __init__(self, vocabulary: Path) -> None:
        params = lib.llama_model_default_params()
        params.vocab_only = True
        self._model = lib.llama_model_load_from_file(str(vocabulary).encode(), params)
        assert self._model, "a file that resolve() has found"
        self._tokenizer = Tokenizer(lib.llama_model_get_vocab(self._model))

    def judge(self, answer: Answer, schema: Schema) -> Verdict:
        """Failed answers and those cut short are not valid, and count nothing."""
        if answer.error:
            return Verdict()
        if answer.finish_reason == "length":
            return Verdict(is_cut=True)
        try:
            value = json.loads(answer.text, parse_constant=_refuse)
            compact = json.dumps(value, ensure_ascii=False)
            num_tokens = len(self._tokenizer.encode_text(compact))
            error = next(jsonschema_rs.validator_for(dict(schema)).iter_errors(value), None)
        except ValueError as not_json:
            return Verdict(complaint=f"no JSON ({type(not_json).__name__}): {answer.text[:100]!r}")
        return Verdict(error is None, num_tokens=num_tokens, complaint=error.message if error else "")


def _refuse(constant: str) -> NoReturn:
    """Python would take NaN and Infinity, which JSON does not have."""
    raise ValueError(constant)
