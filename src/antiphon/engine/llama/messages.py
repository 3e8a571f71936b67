"""Everything an API process and a worker say to each other, one struct per message.

Sent as MessagePack frames over a unix socket. A request is known by the id its sender gave it.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from antiphon.dialect.grammar.grammar import Grammar
from antiphon.dialect.prompt import Breakpoint, Piece
from antiphon.dialect.reading.reader import Reading
from antiphon.engine.base import Decoding, Service, Tier
from antiphon.engine.events import FinishReason, TokenLogprob
from antiphon.engine.llama.config import Layout

# To the worker.


class Submit(Struct, frozen=True, tag=True):
    """Compute `decoding.n` choices after a prompt. breakpoints: places in it. grammar: what each must
    follow. reading: how they are read; as plain text without it.
    """

    request: str
    prompt: tuple[Piece, ...]
    decoding: Decoding
    service: Service
    breakpoints: tuple[Breakpoint, ...] = ()
    grammar: Grammar | None = None
    reading: Reading | None = None


class Cancel(Struct, frozen=True, tag=True):
    """Nobody waits for this request any more."""

    request: str


class HungUp(Struct, frozen=True):
    """Of somebody who is gone: nobody waits for any of his requests. It is never sent; the mailbox says it."""


# From the worker.


class Progress(Struct, frozen=True, tag=True):
    """Loading: the share of the weights in memory, 0 to 1."""

    share: float


class Measuring(Struct, frozen=True, tag=True):
    """Loaded, and finding out what is fastest on this machine, which happens once for each model file."""


class Converting(Struct, frozen=True, tag=True):
    """Making a copy of the weights in another layout, which happens once for each model file."""

    layout: Layout


class Failed(Struct, frozen=True, tag=True):
    """Loading cannot succeed; the worker ends after this. `reason` is a sentence for a person."""

    reason: str


class Ready(Struct, frozen=True, tag=True):
    """Loaded. Carries all that rendering prompts needs, so that no one else reads the model file.
    longest_token: bytes of it, which tells how few tokens a text can be. layout: that of the weights. layout_remark:
    why it is not the one that was asked for; empty where it is. sees: whether it takes pictures. audio_rate: samples a
    second of the recordings that it takes, 0 where it takes none.
    """

    context: int
    num_vocab: int
    longest_token: int
    chat_template: str | None
    control_tokens: dict[str, int]
    strip_left: frozenset[int]
    strip_right: frozenset[int]
    bos: int | None
    bos_text: str
    eos_text: str
    fingerprint: str
    layout: Layout
    layout_remark: str
    can_cut: bool
    sees: bool = False
    audio_rate: int = 0


class Admitted(Struct, frozen=True, tag=True):
    """The request fits and is in the queue. image_tokens, audio_tokens: those of its prompt that are seen and heard."""

    request: str
    prompt_tokens: int
    image_tokens: int = 0
    audio_tokens: int = 0


class TooLong(Struct, frozen=True, tag=True):
    """The prompt, or the prompt with `decoding.max_tokens`, does not fit the context."""

    request: str
    prompt_tokens: int


class UnknownToken(Struct, frozen=True, tag=True):
    """A token id of `logit_bias` that the vocabulary does not have."""

    request: str
    token: int


class Full(Struct, frozen=True, tag=True):
    """The queue of its tier takes no more; `limit` choices are waiting."""

    request: str
    limit: int
    tier: Tier


class BadGrammar(Struct, frozen=True, tag=True):
    """The grammar cannot be used; `place` names the field it comes from."""

    request: str
    place: str
    reason: str


class BadMedium(Struct, frozen=True, tag=True):
    """The model's projector makes nothing of a picture or recording. place: where the request has it. reason: the end
    of a sentence.
    """

    request: str
    kind: Literal["image", "audio"]
    place: str
    reason: str


class Exhausted(Struct, frozen=True, tag=True):
    """The grammar became too complex on the way. The request has ended."""

    request: str


class Said(Struct, frozen=True, array_like=True):
    """A piece of an answer. kind: `text`, `reasoning`, `function` or `custom` (a call begins, text is its name),
    `arguments`.
    """

    kind: str
    text: str
    logprobs: tuple[TokenLogprob, ...] = ()


class Counts(Struct, frozen=True, array_like=True):
    """What a choice took. num_tokens: of it. num_thought: those of them that are reasoning. num_cached, num_written:
    those of its prompt that had been computed before, and that are kept for others by it. num_accepted, num_rejected:
    those of the prediction that were tried.
    """

    num_tokens: int
    num_thought: int
    num_cached: int
    num_written: int
    num_accepted: int
    num_rejected: int


class Delta(Struct, frozen=True, array_like=True):
    """What one step did to one choice. counts: at its end."""

    request: str
    choice: int
    said: tuple[Said, ...]
    finish: FinishReason | None = None
    counts: Counts | None = None


class Step(Struct, frozen=True, tag=True):
    """What one step did to the receiver's choices."""

    deltas: tuple[Delta, ...]


ToWorker = Submit | Cancel
FromWorker = (
    Progress
    | Measuring
    | Converting
    | Failed
    | Ready
    | Admitted
    | TooLong
    | UnknownToken
    | Full
    | BadGrammar
    | BadMedium
    | Exhausted
    | Step
)

encode = msgspec.msgpack.Encoder().encode
decode_to_worker = msgspec.msgpack.Decoder(ToWorker).decode
decode_from_worker = msgspec.msgpack.Decoder(FromWorker).decode
