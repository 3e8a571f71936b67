"""A conversation's grammar as one text of Lark, as llguidance takes it from vLLM."""

import llguidance
import pytest

from antiphon.dialect.conversation import Conversation, Tool
from antiphon.dialect.families import GENERIC
from antiphon.dialect.grammar.grammar import Grammar, Part
from antiphon.dialect.grammar.turn import TurnWriter
from antiphon.engine.remote.answer.manner import NO_TOKENS
from antiphon.engine.remote.request.grammars import write_lark
from tests.unit.engine.remote.request.asking import ADD, CALC, DAY, EXACT, FORMAT, NONE, NOW, REQUIRED, SQL, ask, only

BYTES = llguidance.LLTokenizer("byte")
BRACES = Tool("braces", "custom", grammar=("lark", 'start: "}" A "{" // }\nA: /[}{]::=\\/@part/\n'))
COLONS = Tool("colons", "custom", grammar=("regex", 'a ::= "b" @input0|/'))
ADDED = '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'
AT_NOW = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'
EXACTLY = ADDED.replace("add", "exact")


def custom(name: str, given: str) -> str:
    """A custom tool's call."""
    return f'<tool_input name="{name}">\n{given}\n</tool_input>'


def compile_lark(text: str) -> llguidance.LLMatcher:
    """As a server does it: by the notation that the text looks like."""
    matcher = llguidance.LLMatcher(BYTES, llguidance.grammar_from("grammar", text), log_level=0)
    assert not matcher.get_error(), matcher.get_error()
    return matcher


def write(conversation: Conversation) -> str:
    """Its grammar."""
    grammar = TurnWriter(conversation, GENERIC, NO_TOKENS, None, thinks=False).write()
    assert grammar
    return write_lark(grammar)


def accepts(text: str, answer: str) -> bool:
    """Whether this is a whole answer by it."""
    matcher, tokens = compile_lark(text), BYTES.tokenize_str(answer)
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


ROWS: dict[str, tuple[Conversation, list[str], list[str]]] = {
    "a call or text": (
        ask(ADD, NOW),
        ["", "Hi {} <b> 日本 🙂", ADDED, f"So: {ADDED}", f"{ADDED}\n{AT_NOW}\n{ADDED}"],
        ["<tool_call>", f"{ADDED} so", ADDED[:-1], ADDED.replace("1", '"x"'), ADDED.replace("add", "other")],
    ),
    "a call": (
        ask(ADD, NOW, choice=REQUIRED),
        [ADDED, AT_NOW, f"{ADDED}\n{ADDED}"],
        ["", "Hi", f" {ADDED}", f"Hi {ADDED}", ADDED + ADDED],
    ),
    "one call": (
        ask(ADD, NOW, choice=only(ADD)),
        [ADDED],
        [AT_NOW, f"{ADDED}\n{ADDED}", f"{ADDED}\n{AT_NOW}", ""],
    ),
    "no call": (ask(ADD, SQL, choice=NONE), ["", "Hi {"], [ADDED, f"a {ADDED}", custom("sql", "a")]),
    "a strict function": (
        ask(EXACT, choice=REQUIRED),
        [EXACTLY],
        [EXACTLY.replace("1", "1.5"), EXACTLY.replace('"a": 1', ""), EXACTLY.replace("1", '1, "b": 2')],
    ),
    "a custom tool": (
        ask(ADD, SQL),
        [custom("sql", "SELECT 1 < 2"), custom("sql", ""), f"{custom('sql', 'a')}\n{ADDED}", "Hi", ADDED],
        [custom("sql", "a")[:-1], custom("other", "a"), f"{custom('sql', 'a')} so", '<tool_input name="'],
    ),
    "by a pattern": (
        ask(DAY, choice=REQUIRED),
        [custom("day", "2024"), f"{custom('day', '2024')}\n{custom('day', '2025')}"],
        [custom("day", "24"), custom("day", "20245"), custom("day", "x"), "2024"],
    ),
    "by a grammar": (
        ask(CALC, choice=REQUIRED),
        [custom("calc", "1"), custom("calc", "1+22+3"), '<tool_input name="calc">\n1+2'],
        [custom("calc", "1+"), custom("calc", ""), custom("calc", "1 + 2"), "1+2"],
    ),
    "by a grammar with braces": (
        ask(BRACES, choice=REQUIRED),
        [custom("braces", "}}::=/@part{"), custom("braces", "}{::=/@part{")],
        [custom("braces", "}}::=/@part"), custom("braces", "")],
    ),
    "by a pattern with colons": (
        ask(COLONS, ADD, choice=REQUIRED),
        [custom("colons", 'a ::= "b" @input0'), custom("colons", "/"), ADDED],
        [custom("colons", "a"), custom("colons", 'a ::= "b"')],
    ),
    "all of them": (
        ask(ADD, EXACT, SQL, DAY, CALC, BRACES, COLONS),
        [ADDED, EXACTLY, custom("day", "2024"), custom("calc", "1+2"), f"{custom('braces', '}}::=/@part{')}\n{ADDED}"],
        [custom("day", "x"), custom("calc", "x"), EXACTLY.replace("1", '"x"')],
    ),
    "JSON": (
        ask(format=FORMAT), ['{"a": 1}'], ["", "{}", '{"a": "x"}', '{"a": 1} so', 'So: {"a": 1}', '{"a": 1, "b": 2}'],
    ),
    "JSON or a call": (
        ask(ADD, format=FORMAT), ['{"a": 1}', ADDED], ["Hi", f'{{"a": 1}}\n{ADDED}', f'{ADDED}\n{{"a": 1}}'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_what_a_grammar_lets_pass(name: str) -> None:
    """What the conversation's does: nothing else, and no less."""
    conversation, good, bad = ROWS[name]
    text = write(conversation)
    assert [answer for answer in good if not accepts(text, answer)] == []
    assert [answer for answer in bad if accepts(text, answer)] == []


@pytest.mark.parametrize("text", ["::=", "a ::= b", "::==", ":::=", "::", "é::=🙂", '"::="', "\\::="])
def test_another_notations_sign(text: str) -> None:
    """In a schema's strings means the same as without the grammar, and is not taken for that notation."""
    written = write_lark(Grammar("%llguidance {}\nstart: @a\n", (Part("a", "json", f'{{"const": {quote(text)}}}'),)))
    assert "::=" not in written
    assert accepts(written, quote(text)) and not accepts(written, '"a"')


def quote(text: str) -> str:
    """A string of JSON, as it is."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def test_parts() -> None:
    """Are rules, which stand for what refers to them, and for nothing in quotes or in patterns."""
    parts = (Part("one", "json", '{"type": "integer"}'), Part("two", "lark", 'start: "x"'))
    main = '%llguidance {}\nstart: "@one" /@two\\/"/ @one @two @two "\\"@one" ONE\nONE: /["]@one/ "@two"\n'
    text = write_lark(Grammar(main, parts))
    assert accepts(text, '@one@two/"7xx"@one"@one@two')
    assert not accepts(text, '@one@two/"7xx"@oneb@one@two') and not accepts(text, '7@two/"7xx"@one"@one@two')
