"""From a validated request to how its tokens are chosen."""

import secrets

from antiphon.engine.base import Decoding
from antiphon.schema.request.create import CreateChatCompletion

LARGEST_DRAWN = 2**53
"""A stored completion tells the seed that was drawn, and JavaScript must be able to give it back."""


def build_decoding(request: CreateChatCompletion) -> Decoding:
    """The API's defaults filled in; a random seed where none was asked for."""
    return Decoding(
        max_tokens=request.max_completion_tokens or request.max_tokens,
        temperature=1.0 if request.temperature is None else request.temperature,
        top_p=1.0 if request.top_p is None else request.top_p,
        top_k=max(request.top_k or 0, 0),
        min_p=request.min_p or 0.0,
        presence_penalty=request.presence_penalty or 0.0,
        frequency_penalty=request.frequency_penalty or 0.0,
        logit_bias={int(token): bias for token, bias in (request.logit_bias or {}).items()},
        stop=(request.stop,) if isinstance(request.stop, str) else tuple(request.stop or ()),
        seed=secrets.randbelow(LARGEST_DRAWN) if request.seed is None else request.seed,
        drawn=request.seed is None and not request.store,
        n=request.n or 1,
        logprobs=(request.top_logprobs or 0) if request.logprobs else None,
    )
