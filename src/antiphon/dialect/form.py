"""How a family of models writes tool calls, as a value: what stands before, between and behind names and arguments.

Grammars (grammar/) and readers (reading/) are made of the same form, so they cannot disagree. Knows no template.

    opens begins NAME middle ARGUMENTS ends [between begins NAME middle ARGUMENTS ends ...] closes
"""

from typing import Literal

from msgspec import Struct

ID, NUMBER = "{id}", "{n}"
"""Stand in a form for an id that the model makes up, and for the number of the call in its turn."""

Notation = Literal["json", "tags", "python", "gemma"]


class Tags(Struct, frozen=True):
    """Arguments one by one: key_begins KEY key_ends VALUE value_ends. Strings stand as they are, all else as JSON.
    json_ends: instead of `key_ends` where the value is JSON; None where only the schema tells strings from JSON.
    """

    key_begins: str
    key_ends: str
    value_ends: str
    json_ends: str | None = None


class Raw(Struct, frozen=True):
    """begins NAME middle INPUT ends: how a custom tool is called with its input as it is."""

    begins: str = '<tool_input name="'
    middle: str = '">\n'
    ends: str = "\n</tool_input>"


class Speech(Struct, frozen=True):
    """What may stand before and behind what a model says."""

    begins: str
    ends: str


class Form(Struct, frozen=True, kw_only=True):
    """marker: the beginning of `opens` and `begins` at which it is sure that a call comes. first: it is one only at
    the very beginning of an answer. many: whether one answer may have several calls.
    heads: what models of the family write instead of `opens begins` too; each is a marker as a whole. tails: and
    instead of `ends`. signs: what in a template's source tells the family where it writes no past calls.
    """

    name: str
    begins: str
    middle: str
    ends: str
    opens: str = ""
    between: str = ""
    closes: str = ""
    marker: str
    first: bool = False
    many: bool = True
    heads: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    notation: Notation = "json"
    tags: Tags | None = None
    raw: Raw = Raw()
    speeches: tuple[Speech, ...] = ()
    signs: tuple[str, ...] = ()
    channels: bool = False
    """Whether it writes in Harmony's channels, which have a grammar and a reader of their own."""

    @property
    def head(self) -> str:
        """What stands before the first name."""
        return self.opens + self.begins


class Thinking(Struct, frozen=True):
    """What stands before and behind what a model thinks."""

    begins: str
    ends: str
