"""Legal conversations for Hypothesis: turns of any roles in any order, with anything in them that the API takes."""

import json

from hypothesis import strategies as st

from antiphon.dialect.conversation import Conversation, ToolCall, Turn
from antiphon.dialect.probing.effort import EFFORTS
from tests.unit.dialect.families import SPELLINGS

edges = st.sampled_from([*SPELLINGS, *(text[:2] for text in SPELLINGS), *(text[-2:] for text in SPELLINGS)])
words = st.sampled_from(["Hi", "日本", "🙂", '"', "\\n", "{{ x }}", "{", "}", "'", "None", "\n", "\t", " ", "&"])
texts = st.lists(edges | words, max_size=4).map("".join) | st.text(max_size=12)
said = texts | st.just("\U0002a600\ufdd0")
names = st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,10}", fullmatch=True)
ids = st.sampled_from(["", "call_1", "call_2", "abcdef123", "é/ 1", "<s>"])
tools = st.sampled_from(["search", "add", "get_weather-2"])

values = st.recursive(
    texts | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(texts, values, max_size=3)
arguments = (
    objects.map(json.dumps)
    | objects.map(lambda value: json.dumps(value, ensure_ascii=False, indent=1))
    | texts
    | st.sampled_from(
        ["", "{}", "[1]", '"x"', "null", '{"a": 1, "a": 2}', '{"a": NaN}', '{"a": "\\ud800"}', '{"a": 1e999}']
    )
)
calls = st.builds(ToolCall, ids, tools, arguments, st.sampled_from(["function", "function", "custom"]))
reasonings = st.none() | texts

speaking = st.builds(Turn, st.sampled_from(["system", "developer", "user"]), said, names)
answering = st.builds(
    Turn, st.just("assistant"), said, names, st.none(), st.lists(calls, max_size=3).map(tuple), reasonings
)
results = st.builds(Turn, st.just("tool"), said, st.none() | tools, st.none() | ids)
turns = st.lists(speaking | answering | results, min_size=1, max_size=8).map(tuple)
conversations = st.builds(Conversation, turns, effort=st.none() | st.sampled_from(EFFORTS))
