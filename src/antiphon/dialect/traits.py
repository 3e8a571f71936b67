"""What a chat template can take, as a value.

Says nothing of how it is found out (probing), nor of what is done about it (normalize.py). The
defaults are the most natural form, which is what a template gets that cannot be probed.
"""

from typing import Any, Literal

from msgspec import Struct

from antiphon.dialect.conversation import Effort, Role

Roles = frozenset[Role]
NOBODY: Roles = frozenset()


class Traits(Struct, frozen=True):
    """given: variables that it wants from its caller. efforts: and those that tell it how much to reason.
    parts: roles whose content it wants as a list of parts instead of a string.
    blank: what an empty text is written as, because some refuse the empty string.
    names: roles whose `name` it writes.

    system, developer: where it takes turns of these roles; `nowhere` also when it drops or misplaces them.
    wants_system: whether a system turn must come first.
    opens_with: whether a user must speak first behind such turns, must speak at all, or neither.
    joins: roles of which it takes no two turns in a row.
    alternates: whether user and assistant must take turns; `spoken`: with calls and results left out of account.
    closes: roles after whose turn at the end it does not let the assistant speak.

    calls: how many calls it takes in one turn. call_text: whether it writes text beside calls, or the text must be
    a turn of its own before them. call_content: what the content of a turn is that only calls.
    arguments: whether it wants them parsed. raw: whether arguments that are no object may be given as the string
    they are. short_ids: whether ids must be nine letters and digits.
    results: whether it takes them as tools' turns, or beside the calls that they answer. strays: whether it takes
    those that answer no call before them.
    reasoning: the field it reads past reasoning from; `part` is a part of the content.

    form: in which the model calls, by the name of its family (families/). tools: the variable from which it takes
    functions; None where it has none, so that the system prompt must tell of them. listed: as what.
    """

    given: dict[str, Any] = {}
    efforts: dict[Effort, dict[str, Any]] = {}
    parts: Roles = NOBODY
    blank: Literal["", " ", "…"] = ""
    names: Roles = NOBODY

    system: Literal["anywhere", "first", "nowhere"] = "anywhere"
    developer: Literal["anywhere", "first", "nowhere"] = "nowhere"
    wants_system: bool = False
    opens_with: Literal["anybody", "some_user", "user"] = "anybody"
    joins: Roles = NOBODY
    alternates: Literal["no", "spoken", "strictly"] = "no"
    closes: Roles = NOBODY

    calls: Literal["many", "one", "none"] = "many"
    call_text: Literal["beside", "before"] = "beside"
    call_content: Literal["empty", "null", "absent"] = "empty"
    arguments: Literal["object", "text"] = "object"
    raw: bool = True
    short_ids: bool = False
    results: Literal["turns", "beside", "none"] = "turns"
    strays: bool = True
    reasoning: str | None = None

    form: str = "hermes"
    tools: str | None = None
    listed: Literal["wrapped", "bare", "text"] = "wrapped"


PLAIN = Traits(
    system="nowhere",
    opens_with="user",
    joins=frozenset({"user", "assistant"}),
    closes=frozenset({"system", "developer", "assistant"}),
    calls="none",
    results="none",
    strays=False,
)
"""What nearly every template can take: users and the assistant taking turns, everything else as their text."""
