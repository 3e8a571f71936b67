"""From what a client wrote to GBNF, step by step. Each step keeps the language, or there is no translation."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from antiphon.constraint.gbnf.expression import Lexeme, Node, Ref, is_letter, is_text, rebuild
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.grammar import Grammar
from antiphon.constraint.gbnf.lark.resolve import read_lark
from antiphon.constraint.gbnf.lexer.automaton import Automaton, OutOfSteps
from antiphon.constraint.gbnf.lexer.follow import Follow
from antiphon.constraint.gbnf.lexer.greedy import Greed
from antiphon.constraint.gbnf.lexer.skip import LAST, Skip
from antiphon.constraint.gbnf.lexer.states import spell_out
from antiphon.constraint.gbnf.nonempty import SOME, Nonempty
from antiphon.constraint.gbnf.regex.parser import parse_regex
from antiphon.constraint.gbnf.rules.bounds import check_bounds
from antiphon.constraint.gbnf.rules.crowd import check_crowd
from antiphon.constraint.gbnf.rules.recursion import unfold_recursion
from antiphon.constraint.gbnf.rules.trim import prune_all, trim
from antiphon.constraint.gbnf.rules.writer import write_rules

Syntax = Literal["lark", "regex"]
LONGEST = 32_768
TEXT = "text"


def write_gbnf(syntax: Syntax, definition: str) -> str:
    """A custom tool's grammar in GBNF: exactly the same language. Raises `NotExpressible` where that cannot be."""
    if len(definition) > LONGEST:
        raise NotExpressible(f"it has more than {LONGEST} characters")
    if any("\ud800" <= letter <= "\udfff" for letter in definition):
        raise NotExpressible("it has half a character")
    return write_regex(definition) if syntax == "regex" else write_grammar(read_lark(definition))


def write_regex(pattern: str) -> str:
    """A regular expression that the whole text must match."""
    definitions = Nonempty({TEXT: parse_regex(pattern, ascii_digits=True)}).rewrite()
    return finish(spell_out(trim(definitions, TEXT), [TEXT]), TEXT)


def write_grammar(grammar: Grammar) -> str:
    """Rules and terminals."""
    grammar = prepare(grammar)
    follow = Follow(grammar)
    together = check_lexer(grammar, follow)
    places = {lexeme.name for lexeme in follow.lexemes}
    terminals = spell_out(grammar.terminals, {*places, *grammar.ignored})
    grammar = replace(grammar, terminals=terminals)
    rules = Skip(grammar, follow, together).write() if grammar.ignored else grammar.rules
    start = grammar.start + LAST if grammar.ignored else grammar.start
    joined = {name: rebuild(node, lambda node: join(node, terminals)) for name, node in rules.items()}
    return finish(trim({**joined, **terminals}, start), start)


def finish(rules: Mapping[str, Node], start: str) -> str:
    """The text of rules that say all there is to say."""
    rules = trim(unfold_recursion(rules), start)
    check_bounds(rules)
    check_crowd(rules, start)
    return write_rules(rules, start)


def prepare(grammar: Grammar) -> Grammar:
    """The same grammar, without terminals that never match, and without repetitions of what may be empty. Where text is
    ignored, terminals are not empty either: nothing is ignored behind nothing.
    """
    terminals = prune_all(grammar.terminals)
    definitions = Nonempty({**grammar.rules, **terminals}, terminals=bool(grammar.ignored)).rewrite()
    rules = {name: node for name, node in definitions.items() if name.removesuffix(SOME) in grammar.rules}
    others = {name: node for name, node in definitions.items() if name not in rules}
    return replace(grammar, rules=rules, terminals=others)


def check_lexer(grammar: Grammar, follow: Follow) -> set[frozenset[str]]:
    """The terminals that may be the same text. Raises `NotExpressible` where the engine's lexer would cut a text
    otherwise than it would have to be cut.
    """
    if not grammar.ignored and all(follow.follow(lexeme) == follow.end for lexeme in follow.lexemes):
        return set()
    greed = Greed(grammar, follow, Automaton(grammar.terminals))
    try:
        greed.check()
    except OutOfSteps:
        raise NotExpressible("it takes too long to tell where its terminals end") from None
    return greed.together


def join(node: Node, terminals: Mapping[str, Node]) -> Node:
    """A terminal as a rule among rules; a short text without a name as itself."""
    if not isinstance(node, Lexeme):
        return node
    found = terminals[node.name]
    return found if "/" in node.name and (is_letter(found) or is_text(found)) else Ref(node.name)
