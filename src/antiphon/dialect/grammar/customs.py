"""The input of custom tools: free text, a regular expression, or a Lark grammar of the client's."""

from antiphon.dialect.conversation import Tool
from antiphon.dialect.grammar.grammar import Part
from antiphon.dialect.grammar.lark import ANYTHING, Lark
from antiphon.dialect.grammar.strings import has_choice, slashed


def write_closed(lark: Lark, tool: Tool, number: int, ends: str) -> str:
    """An input and what ends it. One terminal, as far as can be: the input then cannot have within what ends it."""
    if tool.grammar and tool.grammar[0] == "lark":
        return f"{write_open(lark, tool, number)} {lark.literal(ends)}"
    terminal = lark.terminal("INPUT", f"/{pattern_of(tool)}/")
    if tool.grammar:
        lark.check(Part(f"input{number}", "lark", f"start: /{pattern_of(tool)}/", tool.place))
    return lark.closed(terminal, ends, without=ends)


def write_open(lark: Lark, tool: Tool, number: int) -> str:
    """An input that ends with the answer."""
    if tool.grammar and tool.grammar[0] == "lark":
        part = Part(f"input{number}", "lark", tool.grammar[1], tool.place)
        lark.check(part)
        return lark.part(part)
    if tool.grammar:
        lark.check(Part(f"input{number}", "lark", f"start: /{pattern_of(tool)}/", tool.place))
    return lark.terminal("INPUT", f"/{pattern_of(tool)}/")


def pattern_of(tool: Tool) -> str:
    """What an input must match as a whole; anchors say nothing more."""
    if tool.grammar is None:
        return ANYTHING
    pattern = slashed(tool.grammar[1])
    return f"({pattern.removeprefix('^').removesuffix('$')})" if is_anchored(pattern) else f"({pattern})"


def is_anchored(pattern: str) -> bool:
    """Whether a pattern has anchors at its ends that can be left out."""
    return pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$") and not has_choice(pattern)
