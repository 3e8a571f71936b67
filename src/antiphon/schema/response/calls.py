"""Calls of tools in an answer."""

from antiphon.schema.outgoing import Outgoing


class CalledFunction(Outgoing, frozen=True, kw_only=True):
    """A function and what it is called with."""

    name: str
    """The function's name."""
    arguments: str
    """What the model wrote: JSON, unless a limit cut it."""


class FunctionToolCall(Outgoing, frozen=True, kw_only=True, tag="function", tag_field="type"):
    """A call of a function."""

    id: str
    """By which the result says what it answers."""
    function: CalledFunction
    """What is called."""


class CalledCustom(Outgoing, frozen=True, kw_only=True):
    """A custom tool and what it is called with."""

    name: str
    """The tool's name."""
    input: str
    """What the model wrote."""


class CustomToolCall(Outgoing, frozen=True, kw_only=True, tag="custom", tag_field="type"):
    """A call of a custom tool."""

    id: str
    """By which the result says what it answers."""
    custom: CalledCustom
    """What is called."""
