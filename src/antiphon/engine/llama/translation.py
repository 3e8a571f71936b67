"""What a worker says of a request, in the words of all engines: events and errors. Knows no process and no queue."""

from collections.abc import Mapping

from antiphon.engine.base import Decoding
from antiphon.engine.events import Arguments, Event, Reasoning, Text, ToolCall, Usage
from antiphon.engine.llama.messages import (
    Admitted,
    BadGrammar,
    BadMedium,
    Counts,
    Delta,
    Exhausted,
    Full,
    Ready,
    Said,
    TooLong,
    UnknownToken,
)
from antiphon.errors import (
    ApiError,
    ContextLengthExceeded,
    InternalError,
    InvalidGrammar,
    InvalidMedium,
    InvalidRequest,
    QueueFull,
    ResourceUnavailable,
)

FromRequest = Admitted | TooLong | UnknownToken | Full | BadGrammar | BadMedium | Exhausted | Delta | ApiError


def admission(answer: FromRequest, card: Ready, decoding: Decoding, *, told: bool) -> Admitted:
    """The admission of a request, or the error of a refused one. told: whether the prompt has tools or a schema."""
    match answer:
        case Admitted():
            return answer
        case TooLong(prompt_tokens=count):
            completion = None if count >= card.context else decoding.max_tokens
            raise ContextLengthExceeded(card.context, count, completion=completion, told=told)
        case UnknownToken(token=token):
            reason = f"Invalid 'logit_bias.{token}': this model's token ids end at {card.num_vocab - 1}."
            raise InvalidRequest(reason, param=f"logit_bias.{token}", code="invalid_value")
        case BadGrammar(place=place, reason=reason):
            raise InvalidGrammar(place, reason)
        case BadMedium(kind=kind, place=place, reason=reason):
            raise InvalidMedium(kind, place, reason)
        case Full(limit=limit, tier="flex"):
            raise ResourceUnavailable(limit)
        case Full(limit=limit):
            raise QueueFull(limit)
        case ApiError():
            raise answer
    raise InternalError


def build_event(said: Said, choice: int) -> Event:
    """What the worker said of a choice, in the words of all engines."""
    match said.kind:
        case "text":
            return Text(said.text, choice, said.logprobs)
        case "reasoning":
            return Reasoning(said.text, choice, said.logprobs)
        case "arguments":
            return Arguments(said.text, choice, said.logprobs)
        case "custom":
            return ToolCall(said.text, "custom", choice=choice)
        case _:
            return ToolCall(said.text, choice=choice)


def build_usage(admitted: Admitted, counts: Mapping[int, Counts]) -> Usage:
    """What all choices took together. The prompt is that of the first."""
    everyone = counts.values()
    rejected = sum(each.num_rejected for each in everyone)
    return Usage(
        admitted.prompt_tokens,
        sum(each.num_tokens for each in everyone) + rejected,
        cached_tokens=counts[0].num_cached,
        reasoning_tokens=sum(each.num_thought for each in everyone),
        cache_write_tokens=counts[0].num_written,
        accepted_prediction_tokens=sum(each.num_accepted for each in everyone),
        rejected_prediction_tokens=rejected,
        image_tokens=admitted.image_tokens,
        audio_tokens=admitted.audio_tokens,
    )
