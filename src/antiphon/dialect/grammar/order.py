"""Properties in their order, of which some may be missing, with something between them. Knows no notation."""

from collections.abc import Sequence

from antiphon.dialect.grammar.lark import Lark


def write_pairs(lark: Lark, name: str, pairs: Sequence[tuple[str, bool]], between: str) -> str:
    """pairs: the expression of each, and whether it must be there. between: an expression, which may be empty."""
    if not between:
        return " ".join(pair if required else f"({pair})?" for pair, required in pairs) or '""'
    base = lark.rule(lark.fresh(name), '""')
    first, later = '""', '""'
    for number in range(len(pairs) - 1, -1, -1):
        pair, required = pairs[number]
        begun = lark.rule(f"{base}_l{number + 1}", later)
        unbegun = lark.rule(f"{base}_f{number + 1}", first)
        first = f"{pair} {begun}" if required else f"{pair} {begun} | {unbegun}"
        later = f"{between} {pair} {begun}" if required else f"{between} {pair} {begun} | {begun}"
    return lark.rule(base, first)
