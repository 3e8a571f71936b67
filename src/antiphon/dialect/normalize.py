"""From the turns of a conversation to messages that a template can take: one pure step before rendering.

Given what the template takes (traits.py) it knows no template. What has no place goes into the text
in plain words. Nothing is dropped, and nothing changes its place.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from msgspec.structs import replace

from antiphon.dialect.calls import fit_calls
from antiphon.dialect.conversation import Role, Turn
from antiphon.dialect.message import Message, build_message, put_beside
from antiphon.dialect.traits import Traits
from antiphon.dialect.wording import paragraphs, render_named

OTHER: dict[Role, Role] = {"system": "developer", "developer": "system"}
"""The two roles that instruct: one stands in for the other."""


def normalize(turns: Sequence[Turn], traits: Traits) -> list[Message]:
    """The messages for a template with these traits."""
    called = list(fit_calls(turns, traits))
    placed = [join(group, traits) for group in place_instructions(called, traits)]
    joined = (join(group, traits) for group in group_kind(close(placed, traits), traits))
    messages = [build_message(turn, traits) for turn in take_turns(joined, traits)]
    return put_beside(messages) if traits.results == "beside" else messages


def place_instructions(turns: Sequence[Turn], traits: Traits) -> Iterator[list[Turn]]:
    """Turns to be joined into one each: instructions at the beginning, and with the user whom they precede."""
    num_first = len(list(takewhile(lambda turn: is_first(turn.role, traits), turns)))
    if num_first:
        first = turns[:num_first]
        roles = {turn.role for turn in first} if traits.developer == "first" else set[Role]()
        role: Role = "developer" if traits.system != "first" or roles == {"developer"} else "system"
        yield [speak_as(role, turn) for turn in first]
    waiting: list[Turn] = []
    for turn in turns[num_first:]:
        role = find_role(turn.role, traits)
        if role == "user":
            waiting.append(speak_as(role, turn))
        if waiting and not (role == "user" and turn.role in OTHER):
            yield waiting
            waiting = []
        if role != "user":
            yield [speak_as(role, turn)]
    if waiting:
        yield waiting


def is_first(role: Role, traits: Traits) -> bool:
    """Whether an instruction has its place at the beginning only."""
    takes = {"system": traits.system, "developer": traits.developer}
    return "first" in (takes.get(role), takes[OTHER[role]] if takes.get(role) == "nowhere" else None)


def find_role(role: Role, traits: Traits) -> Role:
    """Who says it behind the beginning: an instruction that has no place there is what a user says."""
    takes = {"system": traits.system, "developer": traits.developer}
    if role not in takes:
        return role
    return next((name for name in (role, OTHER[role]) if takes[name] == "anywhere"), "user")


def speak_as(role: Role, turn: Turn) -> Turn:
    """The same said by another."""
    return turn if turn.role == role else replace(turn, role=role)


def join(group: Sequence[Turn], traits: Traits) -> Turn:
    """One turn that says what these say, which are of one role. A name that cannot stay is written before the text."""
    last = group[-1]
    stays = last.role == "tool" or (last.role in traits.names and len({turn.name for turn in group}) == 1)
    if len(group) == 1 and (stays or last.name is None):
        return last
    texts = (turn.text if stays else render_named(turn) for turn in group)
    return replace(
        last,
        text=paragraphs(texts),
        name=last.name if stays else None,
        tool_calls=tuple(call for turn in group for call in turn.tool_calls),
        reasoning=paragraphs(turn.reasoning for turn in group) or None,
    )


def close(turns: list[Turn], traits: Traits) -> list[Turn]:
    """With an empty turn where there must be one: a user's at the end, anywhere, or before the others; the system's."""
    if turns and turns[-1].role in traits.closes:
        turns = [*turns, Turn("user")]
    num_first = len(list(takewhile(lambda turn: turn.role in OTHER, turns)))
    if traits.wants_system and not num_first:
        turns, num_first = [Turn("system"), *turns], 1
    first, rest = turns[:num_first], turns[num_first:]
    match traits.opens_with:
        case "user" if not rest or rest[0].role != "user":
            return [*first, Turn("user"), *rest]
        case "some_user" if all(turn.role != "user" for turn in rest):
            return [*first, Turn("user"), *rest]
    return turns


def group_kind(turns: Iterable[Turn], traits: Traits) -> Iterator[list[Turn]]:
    """Turns to be joined into one each: what must not follow its own kind."""
    group: list[Turn] = []
    for turn in turns:
        if group and not can_join(group, turn, traits):
            yield group
            group = []
        group.append(turn)
    if group:
        yield group


def can_join(group: Sequence[Turn], turn: Turn, traits: Traits) -> bool:
    """Whether a turn must become one with those before it, and can: what is said after calls cannot be beside them."""
    last = group[-1]
    if last.role != turn.role or turn.role not in traits.joins:
        return False
    if last.tool_calls:
        return bool(turn.tool_calls) and not turn.text and traits.calls == "many"
    return not turn.tool_calls or traits.call_text == "beside" or not any(turn.text for turn in group)


def take_turns(turns: Iterable[Turn], traits: Traits) -> Iterator[Turn]:
    """Puts an empty turn where the other side must speak."""
    last: Turn | None = None
    is_users = True
    for turn in turns:
        if traits.alternates != "no" and (side := find_side(turn, last, traits)):
            if (side == "user") != is_users:
                yield Turn("user" if is_users else "assistant")
            is_users = side == "assistant" and not (turn.tool_calls and traits.alternates == "spoken")
        yield turn
        last = turn


def find_side(turn: Turn, last: Turn | None, traits: Traits) -> Role | None:
    """For whom a turn counts. Tools' turns count for the user where calls count for the assistant."""
    if turn.role == "tool" and traits.alternates == "strictly" and not (last and last.role == "tool"):
        return "user"
    return turn.role if turn.role in ("user", "assistant") else None
