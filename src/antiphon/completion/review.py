"""Holds a request against the table of what is supported: what cannot be honoured is refused or reported."""

from collections.abc import Callable, Iterator, Sequence, Set
from typing import Any

from pydantic import BaseModel

from antiphon.capability import Capability
from antiphon.errors import UnsupportedParameter
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.messages import AssistantMessage, Message
from antiphon.schema.request.parts import ImagePart, RefusalPart
from antiphon.schema.request.support import TABLE

OF_MODELS: frozenset[Capability] = frozenset({"images"})
"""What some models can do and others cannot, whatever is asked of them."""
NEEDY = {row: support for row, support in TABLE.items() if support.needs}


def review(
    request: CreateChatCompletion, capabilities: Set[Capability], who_can: Callable[[Capability], Sequence[str]]
) -> tuple[str, ...]:
    """The hints, by their rows, that mean nothing to an engine with these capabilities. who_can: models that have one.
    Raises `UnsupportedParameter` for what is more than a hint.
    """
    ignored: dict[str, None] = {}
    for row, path in wishes(request):
        support = NEEDY[row]
        if support.needs is None or support.needs in capabilities:
            continue
        if not support.hint:
            raise UnsupportedParameter(path, advise(support.needs, support.instead, who_can(support.needs)))
        ignored[row] = None
    return tuple(ignored)


def advise(needed: Capability, instead: str, able: Sequence[str]) -> str:
    """What to do instead."""
    if needed not in OF_MODELS:
        return instead
    named = ", ".join(f"'{name}'" for name in able)
    return f"{f'A model that can is loaded: {named}.' if able else 'No model that is loaded can.'} {instead}"


def wishes(request: CreateChatCompletion) -> Iterator[tuple[str, str]]:
    """Every row that needs something and that a request asks something of, and where."""
    for name, support in NEEDY.items():
        value = getattr(request, name, None)
        if value is not None and as_json(value) not in support.asks_nothing:
            yield name, name
    for index, message in enumerate(request.messages):
        yield from _wishes_of(message, f"messages[{index}]")


def _wishes_of(message: Message, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(message, AssistantMessage):
        yield from _wishes_of_assistant(message, path)
    content = message.content
    if isinstance(content, str) or content is None:
        return
    for number, part in enumerate(content):
        place = f"{path}.content[{number}]"
        if isinstance(part, ImagePart):
            yield "messages[].content[].image_url", f"{place}.type"
        if not isinstance(part, RefusalPart) and part.prompt_cache_breakpoint is not None:
            yield "messages[].content[].prompt_cache_breakpoint", f"{place}.prompt_cache_breakpoint"


def _wishes_of_assistant(message: AssistantMessage, path: str) -> Iterator[tuple[str, str]]:
    if message.annotations:
        yield "messages[].annotations", f"{path}.annotations"
    if message.reasoning_content or message.reasoning:
        yield "messages[].reasoning_content", f"{path}.reasoning_content"


def as_json(value: Any) -> Any:
    """A field's value as it came."""
    return value.model_dump(by_alias=True, exclude_none=True) if isinstance(value, BaseModel) else value
