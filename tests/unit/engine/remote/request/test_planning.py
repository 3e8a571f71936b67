"""Which way each conversation goes to each upstream, and what the request then has."""

import pytest
from msgspec.structs import replace

from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.families import ARRAY
from antiphon.dialect.medium import Picture, Recording
from antiphon.engine.base import Decoding, Service
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.request.plan import Plan
from antiphon.engine.remote.request.planning import build_plan
from antiphon.errors import InvalidRequest, UnsupportedParameter
from tests.unit.engine.remote.request.asking import (
    ADD,
    DAY,
    EXACT,
    FORMAT,
    JSON,
    NONE,
    NOW,
    REQUIRED,
    SQL,
    UPSTREAMS,
    ask,
    only,
    plan,
)
from tests.unit.engine.remote.request.media import HEARD, SEEN

ASKED: dict[str, Conversation] = {
    "text": ask(),
    "auto": ask(ADD, NOW),
    "none": ask(ADD, choice=NONE),
    "strict": ask(ADD, EXACT),
    "required": ask(ADD, NOW, choice=REQUIRED),
    "named": ask(ADD, NOW, choice=only(ADD)),
    "custom": ask(ADD, SQL),
    "custom named": ask(ADD, SQL, choice=only(SQL)),
    "grammar": ask(ADD, DAY),
    "grammar named": ask(ADD, DAY, choice=only(DAY)),
    "grammar required": ask(DAY, choice=REQUIRED),
    "grammar not callable": ask(ADD, DAY, choice=only(ADD, must=False)),
    "json": ask(format=JSON),
    "format": ask(format=FORMAT),
    "format or auto": ask(ADD, format=FORMAT),
    "format, required": ask(ADD, choice=REQUIRED, format=FORMAT),
    "format, none": ask(ADD, choice=NONE, format=FORMAT),
}
WAYS = """
                      vllm  vllm,t  vllm,n  sglang  sglang,x  llama  llama,t  openai  generic  generic,t
text                  N     N       N       N       N         N      N        N       N        N
auto                  N     T+      N       N       T         N      T        N       N        T
none                  N     T+      N       N       T         N      T        N       N        T
strict                T+    T+      N       T+      T         N      T        N       N        T
required              T+    T+      S       T+      S         N      S        N       N        S
named                 T+    T+      S       T+      S         N      S        N       N        S
custom                T+    T+      N       T+      T         N      T        N       N        T
custom named          T+    T+      S       T+      S         N      S        N       N        S
grammar               T+    T+      !g      T+      !g        !g     !g       N       !g       !g
grammar named         T+    T+      B+      T+      B+        B+     B+       N       !g       !g
grammar required      T+    T+      !g      T+      !g        !g     !g       N       !g       !g
grammar not callable  T+    T+      N       T+      T         N      T        N       N        T
json                  N+    N+      NF      N+      NF        NF     NF       NF      NF       NF
format                N+    N+      NF      N+      NF        NF     NF       NF      NF       NF
format or auto        T+    T+      !f      T+      !f        !f     !f       NF      NF       !f
format, required      T+    T+      S       T+      S         N      S        NF      N        S
format, none          T+    T+      NF      T+      TF        NF     TF       NF      NF       TF
"""
"""N: native. T: taught, with tools in the text. S: spelled. B: bare. +: held to a grammar. F: the format as a field.
!g, !f: 400 about the grammar, or about the format.
"""
LINES = WAYS.strip("\n").splitlines()[1:]
CELLS = [
    (upstream, line[:22].strip(), way)
    for line in LINES
    for upstream, way in zip(UPSTREAMS, line[22:].split(), strict=True)
]
REFUSED = {"!g": DAY.place, "!f": "response_format"}
GRAMMARS = {"structured_outputs", "ebnf", "grammar"}


def way_of(planned: Plan, conversation: Conversation) -> str:
    """In the table's letters."""
    taught, fields = planned.manner.taught, planned.body.keys()
    if taught and taught.form == ARRAY.name:
        assert planned.body["response_format"]["json_schema"]["name"] == "calls"
        return "S"
    in_text = conversation.tools and "tools" not in fields
    letter = "B" if planned.manner.bare else "T" if in_text else "N"
    return letter + "+" * bool(GRAMMARS & fields) + "F" * ("response_format" in fields)


def test_the_table_is_whole() -> None:
    """Every upstream, and all that may be asked."""
    assert [line[:22].strip() for line in LINES] == list(ASKED)


@pytest.mark.parametrize(("upstream", "asked", "way"), CELLS, ids=[f"{cell[0]}: {cell[1]}" for cell in CELLS])
def test_which_way(upstream: str, asked: str, way: str) -> None:
    """By what the upstream can do; what it cannot is refused by name."""
    if way in REFUSED:
        with pytest.raises(UnsupportedParameter) as caught:
            plan(upstream, ASKED[asked])
        assert caught.value.param == REFUSED[way]
    else:
        assert way_of(plan(upstream, ASKED[asked]), ASKED[asked]) == way


@pytest.mark.parametrize("upstream", UPSTREAMS)
@pytest.mark.parametrize("asked", ASKED)
def test_what_every_request_has(upstream: str, asked: str) -> None:
    """One model, one path; nothing that this kind does not know; messages that are no less plain than the plainer."""
    conversation = ASKED[asked]
    try:
        planned = plan(upstream, conversation)
    except UnsupportedParameter:
        return
    body = planned.body
    assert (body["model"], body["stream"], body["stream_options"]) == ("m", True, {"include_usage": True})
    found = UPSTREAMS[upstream]
    assert body.keys() & GRAMMARS <= ({found.kind.grammars} if found.kind.grammars else set())
    assert planned.manner.usage_each is (found.kind.name == "llama-server")
    assert not ("tools" in body and (planned.manner.taught or planned.manner.bare))
    assert body["messages"][-1] == {"role": "user", "content": "Hi"}
    assert bool(planned.suspect) is bool(body.keys() & GRAMMARS)
    assert planned.plainer is None or planned.plainer != body["messages"]
    assert plan(upstream, conversation) == planned


@pytest.mark.parametrize(("upstream", "told"), [
    ("vllm", "high"), ("sglang", "high"), ("openai", "high"), ("llama-server", None), ("generic", None),
])  # fmt: skip
def test_how_much_to_reason(upstream: str, told: str | None) -> None:
    """Where the upstream has the field."""
    assert plan(upstream, ask(effort="high")).body.get("reasoning_effort") == told
    assert "reasoning_effort" not in plan(upstream, ask()).body


def bias(num_vocab: int | None, *tokens: int) -> Plan:
    """A request with these."""
    found: Found = replace(UPSTREAMS["llama-server"], num_vocab=num_vocab)
    return build_plan(found, ask(), Decoding(logit_bias=dict.fromkeys(tokens, 1.0)), Service())


def test_a_token_that_there_is_not() -> None:
    """Is refused where that is known, not passed over."""
    assert bias(None, 10**6).body["logit_bias"] == {"1000000": 1.0}
    assert bias(100, 0, 99).body["logit_bias"] == {"0": 1.0, "99": 1.0}
    with pytest.raises(InvalidRequest) as caught:
        bias(100, 5, 100)
    assert (caught.value.param, caught.value.code) == ("logit_bias.100", "invalid_value")


MARK = "\U00030000"


@pytest.mark.parametrize("medium", [SEEN, HEARD], ids=["picture", "recording"])
def test_what_one_does_not_take(medium: Picture | Recording) -> None:
    """Is refused with its place, though another upstream of the model takes it; and goes to one that does."""
    asked = ask(turns=(Turn("user", MARK),), media={MARK: medium})
    for found in UPSTREAMS.values():
        with pytest.raises(UnsupportedParameter) as caught:
            build_plan(found, asked, Decoding(), Service())
        assert caught.value.param == medium.place
        able = replace(found, sees=medium is SEEN, hears=medium is HEARD)
        (message,) = build_plan(able, asked, Decoding(), Service()).body["messages"]
        assert [part["type"] for part in message["content"]] != ["text"] and MARK not in repr(message)


def test_media_are_in_plainer_messages_too() -> None:
    """Where an upstream refuses the first."""
    turns = (Turn("user", f"{MARK}\nOne"), Turn("user", "Two"))
    able = replace(UPSTREAMS["vllm"], sees=True)
    planned = build_plan(able, ask(turns=turns, media={MARK: SEEN}), Decoding(), Service())
    assert len(planned.body["messages"]) == 2 and planned.plainer
    ((picture, told),) = (message["content"] for message in planned.plainer)
    assert picture["type"] == "image_url" and told == {"type": "text", "text": "One\n\nTwo"}
