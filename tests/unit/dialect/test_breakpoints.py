"""Breakpoints of texts are found in the prompt, and no prompt is another for them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.prompt import RARE_IDEOGRAPHS, Breakpoint, ControlTokens, Pieces
from antiphon.dialect.template import Template
from tests.unit.dialect.families import FAMILIES, load_dialect
from tests.unit.dialect.strategies import conversations
from tests.unit.dialect.test_families import AGENT

PARTS = {number: len(turn.text) // 2 for number, turn in enumerate(AGENT.turns) if turn.text}
"""Where the text of an agent's turns is cut in two."""


def before(dialect: Dialect, pieces: Pieces, place: Breakpoint) -> str:
    """The prompt up to a place."""
    whole = [dialect.control.spellings[piece] if isinstance(piece, int) else piece for piece in pieces]
    return "".join(whole[: place.piece]) + "".join(whole[place.piece :])[: place.chars]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("number", PARTS)
def test_a_prefix_ends_with_its_part(family: str, number: int) -> None:
    """Of any role, on every family's template: the prompt up to a breakpoint ends with the text up to it."""
    dialect, text = load_dialect(family), AGENT.turns[number].text
    turns = list(AGENT.turns)
    turns[number] = replace(turns[number], breakpoints=(PARTS[number], len(text)))
    plan = dialect.plan(replace(AGENT, turns=tuple(turns)))
    assert plan.prompt == dialect.plan(AGENT).prompt
    half, whole = (before(dialect, plan.prompt, place) for place in plan.breakpoints)
    assert half.endswith(text[: PARTS[number]].rstrip()) and whole.endswith(text)
    assert whole.startswith(half) and half != whole


@st.composite
def marked(draw: st.DrawFn) -> Conversation:
    """Any conversation, with breakpoints anywhere in its texts."""
    conversation = draw(conversations)
    places = [tuple(draw(st.lists(st.integers(0, len(turn.text)), max_size=2))) for turn in conversation.turns]
    turns = (replace(turn, breakpoints=here) for turn, here in zip(conversation.turns, places, strict=True))
    return replace(conversation, turns=tuple(turns))


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=15)
@given(marked())
def test_no_prompt_is_another_for_its_breakpoints(family: str, conversation: Conversation) -> None:
    """Whatever is said, nothing of the plan changes. Every breakpoint with text before it is found, and once."""
    dialect = load_dialect(family)
    plan = dialect.plan(conversation)
    without = replace(conversation, turns=tuple(replace(turn, breakpoints=()) for turn in conversation.turns))
    assert replace(plan, breakpoints=()) == dialect.plan(without)
    assert list(plan.breakpoints) == sorted(set(plan.breakpoints))
    for at, chars in plan.breakpoints:
        piece = plan.prompt[at] if chars else ""
        assert isinstance(piece, str) and chars <= len(piece) and at <= len(plan.prompt)
    ends = {(n, turn.text[:end].rstrip()) for n, turn in enumerate(conversation.turns) for end in turn.breakpoints}
    assert len({end for end in ends if end[1]}) <= len(plan.breakpoints) <= len(ends)


CONTROL = ControlTokens(
    {"<a>": 0, "<b>": 1, "<l>": 2, "<r>": 3, "< x>": 4}, strip_left=frozenset({2}), strip_right=frozenset({3})
)
EACH = "{% for m in messages %}<a>{{ m.role }}:{% set c = m.content %}BODY<b>{% endfor %}"
"""A turn between two control tokens."""

TEMPLATES: list[tuple[str, str, Turn, list[str]]] = [
    ("{{ c }}", "in the middle", Turn("user", "One\nTwo", breakpoints=(3,)), ["One"]),
    ("{{ c }}", "white space does not count", Turn("user", "One \n \nTwo", breakpoints=(6,)), ["One"]),
    ("{{ c }}", "nothing before it", Turn("user", "\nTwo", breakpoints=(0,)), [""]),
    ("{{ c }}", "several in their order", Turn("user", "One\nTwo", breakpoints=(7, 3, 7, 3)), ["One", "One\nTwo"]),
    ("{{ c }}", "spellings are text", Turn("user", "<a>\n<\nx>", breakpoints=(3, 5)), ["<a>", "<a>\n<"]),
    ("{{ c }}", "in a spelling", Turn("user", "< x>", breakpoints=(1, 3)), ["<", "< x"]),
    ("{{ c }}b>", "half a spelling", Turn("user", "One <", breakpoints=(5,)), ["One <"]),
    ("{{ c | trim }}", "trimmed", Turn("user", " One \n Two \n ", breakpoints=(6, 13)), ["One", "One \n Two"]),
    ("{{ c | trim }}", "nothing before, trimmed", Turn("user", "\nOne", breakpoints=(0, 4)), ["One"]),
    ("<r> {{ c }} <l>", "strips", Turn("user", " One ", breakpoints=(5,)), ["<r>One"]),
    ("{{ c }}, {{ c }}", "written twice", Turn("user", "One\nTwo", breakpoints=(3,)), ["One\nTwo, One"]),
    ("{{ c | tojson }}", "as JSON", Turn("user", '"\nTwo', breakpoints=(1,)), ['"\\"']),
    ("{{ c | tojson(ensure_ascii=True) }}", "as ASCII", Turn("user", "é\nTwo", breakpoints=(1,)), ['"\\u00e9']),
    ("{{ [c] }}", "as Python", Turn("user", "é\nTwo", breakpoints=(1,)), ["['é"]),
    ("{{ c.split('\n')[-1] }}", "dropped", Turn("user", "One\nTwo", breakpoints=(3, 7)), ["Two"]),
    ("{{ c.split('*')[-1].lstrip() }}", "one to blame", Turn("user", "a*\nb\nc", breakpoints=(2, 4)), ["b"]),
    ("{{ c }}{{ c | length }}", "counted", Turn("user", "One\nTwo", breakpoints=(3,)), []),
    ("{{ c if c == 'One' else raise_exception('no') }}", "refused", Turn("user", "One", breakpoints=(3,)), []),
    ("{{ c }}", "an ideograph", Turn("user", "\U0002a6d6\nTwo", breakpoints=(1,)), ["\U0002a6d6"]),
    ("{{ c }}", "all of them", Turn("user", "".join(map(chr, RARE_IDEOGRAPHS)), breakpoints=(1,)), []),
]


@pytest.mark.parametrize(("body", "turn", "ends"), [pytest.param(b, t, e, id=name) for b, name, t, e in TEMPLATES])
def test_what_templates_do_with_texts(body: str, turn: Turn, ends: list[str]) -> None:
    """A breakpoint is found wherever its text goes; where it would change what is written, there is none."""
    dialect = Dialect(Template(EACH.replace("BODY", body), bos_token=""), CONTROL, bos=None)
    plan, plain = (dialect.plan(Conversation((one,))) for one in (turn, replace(turn, breakpoints=())))
    assert plan.prompt == plain.prompt and not plain.breakpoints
    assert [before(dialect, plan.prompt, place) for place in plan.breakpoints] == [f"<a>user:{end}" for end in ends]


def test_a_place_between_control_tokens_is_in_no_piece() -> None:
    """A part without text, with a control token on either side or at the end, has its place before the next piece."""
    template = Template("{% for m in messages %}<a><b>{{ m.content }}{% endfor %}", bos_token="")
    dialect = Dialect(template, CONTROL, bos=1)
    turns = Turn("user", breakpoints=(0,)), Turn("assistant", "One", breakpoints=(3,)), Turn("user", breakpoints=(0,))
    plan = dialect.plan(Conversation(turns))
    assert plan.prompt == (1, 0, 1, 0, 1, "One", 0, 1)
    assert plan.breakpoints == (Breakpoint(3, 0), Breakpoint(5, 3), Breakpoint(8, 0))
