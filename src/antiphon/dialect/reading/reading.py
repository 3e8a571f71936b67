"""What is to be read of an answer, as a value that travels to where the tokens are."""

from msgspec import Struct

from antiphon.dialect.form import Thinking

Names = tuple[str, ...]


class Reading(Struct, frozen=True, kw_only=True):
    """form: the family's, by name. functions: those that may be called, each with its parameters that are strings.
    nullable: and those of these that may be null. customs: the custom tools that may be called.
    must_call: whether there is nothing but calls. thinking: how it marks what it thinks, if it does. thinks: whether
    the prompt ends within that.
    """

    form: str
    functions: dict[str, Names] = {}
    nullable: dict[str, Names] = {}
    customs: Names = ()
    must_call: bool = False
    thinking: Thinking | None = None
    thinks: bool = False
