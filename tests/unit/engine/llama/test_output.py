"""engine/llama/output.py: tokens to text, reasoning and calls, with stop strings and log-probabilities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.dialect.families import FORMS
from antiphon.dialect.form import Thinking
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reader import Reader, Reading
from antiphon.engine.events import TokenLogprob
from antiphon.engine.llama.messages import Said
from antiphon.engine.llama.output import Output
from tests.unit.engine.test_text import cut, cuts, expected, stops, texts

CONTROL = ControlTokens({"<think>": 1001, "</think>": 1002, "[TOOL_CALLS]": 1003, "[ARGS]": 1004})
SPELLINGS = {token: spelling.encode() for spelling, token in CONTROL.ids.items()}
TEXT = 0
"""The number of every token that is text; nothing here depends on it."""
THINKING = Thinking("<think>", "</think>")
HERMES = Reading(form="hermes", functions={"f": ()})
THINKS = Reading(form="hermes", functions={"f": ()}, thinking=THINKING)
MISTRAL = Reading(form="mistral", functions={"f": ()})
V31 = FORMS["deepseek_v31"]
"""Its marks have characters of several bytes."""
TAGGED = Reading(form="deepseek_v31", functions={"f": ()})
PLAIN = Reading(form="hermes")
CALL = '<tool_call>\n{"name": "f", "arguments": {"a": "END"}}\n</tool_call>'
Token = int | bytes


def build_output(reading: Reading | None = None, *stop: str, control: ControlTokens = CONTROL) -> Output:
    """Of a choice with these stop strings."""
    return Output(stop, Reader(reading, control) if reading else None)


def entry(number: int, piece: bytes) -> TokenLogprob:
    """A token's log-probability, which tells its place."""
    return TokenLogprob(str(number), piece, -1.0)


def play(output: Output, tokens: list[Token], *, logprobs: bool = False) -> list[list[Said]]:
    """What each token showed, and what came at the end; nothing more after a stop string."""
    steps = []
    for number, token in enumerate(tokens):
        control = isinstance(token, int)
        piece = b"" if control else token
        spelled = SPELLINGS[token] if control else token
        steps.append(output.push(token if control else TEXT, piece, entry(number, spelled) if logprobs else None))
        if output.stopped:
            return steps
    return [*steps, output.finish()]


def joined(steps: list[list[Said]]) -> list[tuple[str, str]]:
    """(kind, text) of all that was said, with pieces of one kind put together. Each call stays its own."""
    whole: list[tuple[str, str]] = []
    for said in (said for step in steps for said in step if said.text):
        if whole and whole[-1][0] == said.kind not in ("function", "custom"):
            whole[-1] = said.kind, whole[-1][1] + said.text
        else:
            whole.append((said.kind, said.text))
    return whole


def bytewise(text: str) -> list[Token]:
    """A token for each byte."""
    return [bytes([byte]) for byte in text.encode()]


@given(texts, stops, cuts)
def test_plain_text(text: str, stop: tuple[str, ...], at: list[int]) -> None:
    """Without a reader all is text, up to the stop string, however the bytes are cut."""
    output = build_output(None, *stop)
    shown, stopped = expected(text, stop)
    assert joined(play(output, [*cut(text.encode(), at)])) == ([("text", shown)] if shown else [])
    assert output.stopped == stopped


@given(texts, stops, cuts)
def test_a_reader_that_finds_nothing(text: str, stop: tuple[str, ...], at: list[int]) -> None:
    """Text without calls is the same with a reader as without, stop strings too."""
    read = play(build_output(PLAIN, *stop), [*cut(text.encode(), at)])
    assert joined(read) == joined(play(build_output(None, *stop), [*cut(text.encode(), at)]))


ANSWERS: list[tuple[str, Reading, list[Token], list[tuple[str, str]]]] = [
    # name, reading, tokens, what is said
    ("text and a call", HERMES, bytewise(f"I look. {CALL}"),
     [("text", "I look."), ("function", "f"), ("arguments", '{"a": "END"}')]),
    ("a control token that matters", MISTRAL, [b"Hm.", 1003, b"f", 1004, b'{"a"', b": 1}"],
     [("text", "Hm."), ("function", "f"), ("arguments", '{"a": 1}')]),
    ("calls one after another", MISTRAL, [1003, b"f", 1004, b"{}", 1003, b"f", 1004, b"{}"],
     [("function", "f"), ("arguments", "{}"), ("function", "f"), ("arguments", "{}")]),
    ("a control token that does not", PLAIN, [b"a", 1003, b"b"], [("text", "ab")]),
    ("its spelling as text", MISTRAL, [b"[TOOL_", b"CALLS]f[ARGS]{}"], [("text", "[TOOL_CALLS]f[ARGS]{}")]),
    ("reasoning", THINKS, [1001, b"Hm.", b"\n", 1002, b"\n\n", b"So."], [("reasoning", "Hm."), ("text", "So.")]),
    ("reasoning and a call", THINKS, [1001, b"Hm.", 1002, b"\n", *bytewise(CALL)],
     [("reasoning", "Hm."), ("function", "f"), ("arguments", '{"a": "END"}')]),
    ("a cut call", HERMES, bytewise(CALL[:45]), [("function", "f"), ("arguments", '{"a": ')]),
    ("a cut marker", HERMES, bytewise("a <tool_"), [("text", "a <tool_")]),
    ("half a character before a control token", MISTRAL, [b"a", "é".encode()[:1], 1003, b"f", 1004, b"{}"],
     [("text", "a\ufffd"), ("function", "f"), ("arguments", "{}")]),
    ("half a character at the end", HERMES, [b"a", "🎉".encode()[:3]], [("text", "a")]),
    ("half a character of a cut call", TAGGED, [f"{V31.head}f{V31.middle[:2]}".encode()[:-1]], []),
]  # fmt: skip


@pytest.mark.parametrize(("reading", "tokens", "said"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS])
def test_answers(reading: Reading, tokens: list[Token], said: list[tuple[str, str]]) -> None:
    """Text, reasoning and calls, in the family's form; a control token is one by its number and not by its spelling."""
    assert joined(play(build_output(reading), tokens)) == said


@given(st.sampled_from(["a é日🎉 ", f"I look. {CALL}", CALL, f"🎉{CALL}\n", "<tool_call>no", "<tool_ca"]), cuts)
def test_any_cut_of_the_same_bytes_says_the_same(text: str, at: list[int]) -> None:
    """Tokens may end anywhere, also within a character, a marker or a name."""
    assert joined(play(build_output(HERMES), [*cut(text.encode(), at)])) == joined(
        play(build_output(HERMES), bytewise(text))
    )


STOPS: list[tuple[str, Reading, list[Token], list[tuple[str, str]], bool]] = [
    # name, reading, tokens, what is said, whether it stopped; the stop string is END
    ("in text", HERMES, [b"one E", b"ND two"], [("text", "one ")], True),
    ("not in arguments", HERMES, bytewise(CALL), [("function", "f"), ("arguments", '{"a": "END"}')], False),
    ("not in reasoning", THINKS, [1001, b"END", 1002, b"a"], [("reasoning", "END"), ("text", "a")], False),
    ("before a call of the same token", HERMES, [f"one END {CALL}".encode()], [("text", "one ")], True),
    ("after a call's marker that is none", HERMES, [b"<tool_call>x END"], [("text", "<tool_call>x ")], True),
    ("half before a call", HERMES, [b"one EN", CALL.encode()],
     [("text", "one EN"), ("function", "f"), ("arguments", '{"a": "END"}')], False),
    ("half at the end", HERMES, [b"one EN"], [("text", "one EN")], False),
    ("half in reasoning", THINKS, [1001, b"EN", 1002, b"D"], [("reasoning", "EN"), ("text", "D")], False),
    ("in what was held back", HERMES, [b"<tool_", b"END"], [("text", "<tool_")], True),
    ("at the end of what was held back", HERMES, [b"one <tool_call>END"], [("text", "one <tool_call>")], True),
]  # fmt: skip


@pytest.mark.parametrize(("reading", "tokens", "said", "stops"), [s[1:] for s in STOPS], ids=[s[0] for s in STOPS])
def test_stop_strings(reading: Reading, tokens: list[Token], said: list[tuple[str, str]], stops: bool) -> None:
    """They end the text wherever they are complete in it, and are not looked for in reasoning or calls."""
    output = build_output(reading, "END")
    assert joined(play(output, tokens)) == said
    assert output.stopped == stops


def test_a_stop_string_that_only_the_end_completes() -> None:
    """Text that was held back as a marker's beginning is text in the end, and may hold a stop string."""
    output = build_output(HERMES, "<tool_c")
    assert joined(play(output, [b"one ", b"<tool", b"_c"])) == [("text", "one ")]
    assert output.stopped


@pytest.mark.parametrize(
    ("reading", "tokens", "num_thought"),
    [
        (THINKS, [1001, b"H", b"m", 1002, b"So."], 4),
        (THINKS, [b"So."], 0),
        (THINKS, [1001, b"H"], 2),
        (Reading(form="hermes", thinking=THINKING, thinks=True), [b"H", b"m", 1002, b"So", b"."], 3),
        (HERMES, bytewise(CALL), 0),
    ],
)
def test_thoughts_are_counted(reading: Reading, tokens: list[Token], num_thought: int) -> None:
    """As many tokens as are reasoning, with the marks around it."""
    output = build_output(reading)
    play(output, tokens)
    assert output.num_thought == num_thought


def test_thoughts_marked_by_text() -> None:
    """Where the marks are no control tokens, a token that ends or begins reasoning is one of it."""
    output = build_output(THINKS, control=ControlTokens({}))
    assert joined(play(output, [b"<think>Hm", b".</think>", b"So."])) == [("reasoning", "Hm."), ("text", "So.")]
    assert output.num_thought == 2


def told(steps: list[list[Said]]) -> list[int]:
    """The tokens whose log-probabilities came, by their places."""
    return [int(given.token) for step in steps for said in step for given in said.logprobs]


PIECES = st.sampled_from(
    [1001, 1002, 1003, 1004, b"", b" ", b"\n", b"f", b"{}", b'{"a": "END"}', b"END", b"EN", "é".encode(),
     "🎉".encode()[:2], "🎉".encode()[2:], b"<tool_call>", b"<tool_", b"call>", CALL.encode(), CALL.encode()[:30]]
)  # fmt: skip
READINGS = st.sampled_from([None, PLAIN, HERMES, THINKS, MISTRAL, Reading(form="hermes", thinking=THINKING)])


@given(READINGS, st.lists(PIECES, max_size=12))
def test_every_token_is_told_once_and_in_order(reading: Reading | None, tokens: list[Token]) -> None:
    """Each token's log-probability comes exactly once, whatever the token is part of; also when nothing was said."""
    assert told(play(build_output(reading), tokens, logprobs=True)) == [*range(len(tokens))]


@given(READINGS, st.lists(PIECES, max_size=12))
def test_after_a_stop_no_later_token_is_told(reading: Reading | None, tokens: list[Token]) -> None:
    """With a stop string those that were told are the first, in order, and all of them if it did not come."""
    output = build_output(reading, "END")
    numbers = told(play(output, tokens, logprobs=True))
    assert numbers == [*range(len(numbers))]
    assert output.stopped or len(numbers) == len(tokens)


WORDS = st.sampled_from([b"a", b" ", b"\n", b"END", b"EN", b"D", "é".encode(), "🎉".encode()[:2], "🎉".encode()[2:]])


@given(st.lists(WORDS, max_size=12))
def test_a_stop_string_leaves_the_same_tokens_with_a_reader(tokens: list[Token]) -> None:
    """Whatever the reader held back: those that begin before the stop string, as without one."""
    plain, read = (play(build_output(reading, "END"), tokens, logprobs=True) for reading in (None, HERMES))
    assert told(read) == told(plain)


def test_tokens_of_a_stop_string_are_not_told() -> None:
    """The entries that are there make the text, also where text was held back before it."""
    for reading in (None, HERMES):
        steps = play(build_output(reading, "END"), [b"one ", b"<tool", b"_", b"E", b"ND"], logprobs=True)
        assert joined(steps) == [("text", "one <tool_")]
        assert told(steps) == [0, 1, 2]


def test_entries_come_with_what_they_are_part_of() -> None:
    """Entries of text come with it, those of a call's head with its arguments, those of thoughts with them."""
    tokens: list[Token] = [1001, b"Hm.", 1002, b"So.", b"\n", *bytewise(CALL)]
    kinds = {
        number: said.kind
        for step in play(build_output(THINKS), tokens, logprobs=True)
        for said in step
        for number in [int(given.token) for given in said.logprobs]
    }
    assert kinds[1] == "reasoning" and kinds[3] == "text"
    assert {kinds[number] for number in range(5, len(tokens))} == {"arguments"}
