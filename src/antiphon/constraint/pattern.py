"""Regular expressions of JSON Schema (ECMA-262), for the grammar engine, whose dialect is Rust's.

Reads a pattern sign by sign and never runs it. Where the same means different things to both, the engine is given what
ECMA-262 means. What the engine has not (it looks neither ahead nor behind) is refused, but for some patterns of
Pydantic and Zod that can be written without it. What else may be wrong with a pattern is the engine's to find.
"""

import re

LONGEST = 2_000
SPACE = r"[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
NO_SPACE = SPACE.replace("[", "[^")
DOT = r"[^\n\r\u2028\u2029]"
NOT_NUL = r"&&[^\x00]]"
"""Ends a set. Of a set with all control characters the engine believes that it has quotes and backslashes, too."""

SIGN = re.compile(
    r"\\(?:[pPux]\{[^}]*\}|[pP][A-Z]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|\{\d+(?:,\d*)?\}|&&|~~|--|\(\?(?:P?<[A-Za-z_=!]|[^:])|.",
    re.DOTALL,
)
FLAGS = re.compile(r"\(\?[is]+[:)]")
DOT_FLAG = re.compile(r"\(\?i?s+i?[:)]")
CONTROL = re.compile(r"\\(?:[va]|[xu]\{?0*(?:[01][0-9a-fA-F]|7[fF]|[0-7])\}?)|[\x00-\x1f\x7f]")
NAMED_CONTROL = re.compile(r"\\[xu]\{?0*(?:[89acdACD]|0[89acdACD])\}?|[\b\t\n\f\r]")
"""Those of the control characters that JSON strings have a short way to write, such as \\n."""

MAYBE_ALL_CONTROL = re.compile(r"\[\^|\\[pPDWSxu]|[\x00-\x1f]")
UNSUPPORTED = frozenset({r"\b", r"\B", r"\Z", r"\G", r"\k", *(rf"\{digit}" for digit in range(1, 10))})
ALTERNATIVES = {
    # Pydantic's Decimal: digits with or without a point, but not the point alone.
    r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$": r"^[+-]?(?:\d+\.?\d*|\.\d+)$",
    # Zod's email: no dot at the start, at the end or beside another one.
    r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$": (
        r"^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+\-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$"
    ),
}


def find_pattern_fault(pattern: str) -> str | None:
    """Why this cannot be given to the engine, if that is certain."""
    if len(pattern) > LONGEST:
        return f"a pattern of more than {LONGEST} characters"
    if pattern in ALTERNATIVES:
        return None
    signs = SIGN.findall(pattern)
    inside = False
    for index, sign in enumerate(signs):
        reason = find_fault_inside(signs, index) if inside else find_fault_outside(signs, index)
        if reason is not None:
            return reason
        inside = sign != "]" if inside else sign == "["
    return None


def find_fault_outside(signs: list[str], index: int) -> str | None:
    """What the engine has not, outside of brackets."""
    sign = signs[index]
    if sign.startswith(("(?=", "(?!", "(?<=", "(?<!")):
        return "lookahead and lookbehind are not supported"
    if sign in UNSUPPORTED or (sign.startswith("(?") and not is_group(signs, index)):
        return f"'{sign}' is not supported"
    if is_unwritable(sign) or (sign == "[" and is_unwritable_set(signs[index + 1 :])):
        return "control characters cannot be written"
    if sign == "[" and signs[index + 1 : index + 2] == ["]"]:
        return "'[]' is not supported; to match a bracket, write '\\]'"
    return "'[^]' is not supported" if signs[index : index + 3] == ["[", "^", "]"] else None


def find_fault_inside(signs: list[str], index: int) -> str | None:
    """What means different things to different engines, within brackets."""
    sign = signs[index]
    if sign == "--":
        return "'--' within brackets is not supported; write '\\-' for a dash"
    if sign == "[" and signs[index + 1 : index + 2] == [":"]:
        return "'[:' within brackets is not supported; list the characters"
    return f"'{sign}' within brackets is not supported" if sign in (r"\b", r"\B") else None


def is_unwritable(sign: str) -> bool:
    """Whether this is a character that answers cannot have in them."""
    return bool(CONTROL.fullmatch(sign)) and not NAMED_CONTROL.fullmatch(sign)


def is_unwritable_set(signs: list[str]) -> bool:
    """Whether the brackets that have just opened have nothing else in them."""
    within = signs[: signs.index("]")] if "]" in signs else []
    return bool(within) and all(map(is_unwritable, within))


def is_group(signs: list[str], index: int) -> bool:
    """Whether what opens here is a named group, or one with flags that both dialects have."""
    return signs[index].startswith(("(?<", "(?P<")) or bool(FLAGS.match("".join(signs[index : index + 4])))


def translate_pattern(pattern: str) -> str:
    """The pattern in the engine's dialect."""
    if pattern in ALTERNATIVES:
        return ALTERNATIVES[pattern]
    if pattern.isalnum():
        return pattern
    dot = "." if DOT_FLAG.search(pattern) else DOT
    written: list[str] = []
    held: list[str] = []
    for sign in SIGN.findall(pattern):
        if held or sign == "[":
            held.append(translate_inside(sign) if held else sign)
            if sign == "]":
                written.append(close(held))
                held = []
        else:
            written.append({".": dot, "{": r"\{"}.get(sign) or translate(sign))
    return "".join(written + held)


def close(signs: list[str]) -> str:
    """A set in brackets, whole."""
    text = "".join(signs)
    return f"[{text}{NOT_NUL}" if MAYBE_ALL_CONTROL.search(text) else text


def translate(sign: str) -> str:
    """A sign outside of brackets."""
    if sign[:2] in (r"\p", r"\P"):
        return f"[{sign}{NOT_NUL}"
    return {r"\s": SPACE, r"\S": NO_SPACE}.get(sign, sign)


def translate_inside(sign: str) -> str:
    """A sign within brackets, where Rust has sets within sets and operations on them, and ECMA-262 has not."""
    return {"[": r"\[", "&&": r"&\&", "~~": r"~\~", r"\s": SPACE, r"\S": NO_SPACE}.get(sign, sign)
