"""What templates take is found out by trying, one peculiarity at a time."""

import pytest

from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.probing.probe import find_traits
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.template import Template
from antiphon.dialect.traits import PLAIN, Roles, Traits

BODY = "[{{ m.role }}] {{ m.content }}\n"
REFUSE = "{{ raise_exception('no') }}"
CALLS = "{% for c in m.tool_calls or [] %}<{{ c.function.name }} {{ c.function.arguments | tojson }}>{% endfor %}"
ROUND = "[{{ m.role }}{{ '!' if m.role == 'tool' }}] {{ m.content }}" + CALLS + "\n"
PARTS = "{% for p in m.content %}{{ p.thinking or p.text }} {% endfor %}"
SYSTEM, USER, ASSISTANT = Roles({"system"}), Roles({"user"}), Roles({"assistant"})


def probe(source: str) -> Traits:
    """What a template takes."""
    return find_traits(Template(source, bos_token="<s>"))[0]


def for_each(body: str, ending: str = "[assistant]") -> str:
    """A template that writes this for each message `m`."""
    prompt = f"{{% if add_generation_prompt %}}{ending}{{% endif %}}" if ending else ""
    return f"{{% for m in messages %}}{body}{{% endfor %}}{prompt}"


def refuse_if(condition: str, body: str = BODY) -> str:
    """A template that refuses such a message `m`."""
    return for_each(f"{{% if {condition} %}}{REFUSE}{{% endif %}}{body}")


INSTRUCTIONS: list[tuple[str, dict[str, object]]] = [
    (for_each(BODY), {"system": "anywhere", "developer": "nowhere"}),
    (refuse_if("m.role == 'system'"), {"system": "nowhere"}),
    (refuse_if("m.role == 'system' and not loop.first"), {"system": "first"}),
    (for_each("{% if m.role != 'system' or loop.first %}" + BODY + "{% endif %}"), {"system": "first"}),
    (for_each(BODY.replace("m.role", "'dev' if m.role == 'developer' else m.role")), {"developer": "anywhere"}),
    (for_each(BODY.replace("m.role", "m.role.title()")), {"developer": "nowhere"}),
    (refuse_if("m.role == 'developer'"), {"developer": "nowhere"}),
    (refuse_if("loop.first and m.role != 'system'"), {"wants_system": True, "system": "anywhere"}),
]
TURNS: list[tuple[str, dict[str, object]]] = [
    (for_each(BODY), {"joins": Roles(), "opens_with": "anybody", "closes": Roles(), "names": Roles()}),
    (refuse_if("loop.previtem and loop.previtem.role == 'user' == m.role"), {"joins": USER}),
    (refuse_if("(m.role == 'user') != (loop.index0 % 2 == 0)"), {"joins": USER | ASSISTANT, "opens_with": "user"}),
    (
        for_each("{% if m.role == 'user' %}Q: {{ m.content }} A: {% else %}{{ m.content }}\n{% endif %}", ""),
        {"joins": ASSISTANT, "opens_with": "user", "closes": ASSISTANT | SYSTEM},
    ),
    (
        f"{{% if not messages | selectattr('role', 'equalto', 'user') | list %}}{REFUSE}{{% endif %}}{for_each(BODY)}",
        {"opens_with": "some_user", "joins": Roles()},
    ),
    (
        f"{{% if messages[-1].role != 'user' %}}{REFUSE}{{% endif %}}{for_each(BODY)}",
        {"closes": ASSISTANT | SYSTEM, "results": "none"},
    ),
    (for_each(BODY + "{% if loop.last and m.role != 'assistant' %}[assistant]{% endif %}", ""), {"closes": ASSISTANT}),
    (for_each(BODY.replace("m.role", "m.name or m.role")), {"names": SYSTEM | USER | ASSISTANT}),
]
CONTENTS: list[tuple[str, dict[str, object]]] = [
    (for_each("[{{ m.role }}]" + PARTS), {"parts": USER | ASSISTANT | SYSTEM}),
    (
        for_each("{% if m.role == 'user' %}[u]" + PARTS + "{% else %}[o]{{ m.content.strip() }}{% endif %}"),
        {"parts": USER},
    ),
    (for_each(BODY), {"parts": Roles(), "blank": "", "reasoning": None}),
    (refuse_if("m.content == ''"), {"blank": " "}),
    (refuse_if("m.content | trim == ''"), {"blank": "…"}),
    (for_each("{{ m.thinking }}" + BODY), {"reasoning": "thinking"}),
    (for_each("{{ m.reasoning if enable_thinking }}" + BODY), {"reasoning": "reasoning"}),
    (
        for_each("[{{ m.role }}] {% if m.content is string %}{{ m.content }}{% else %}" + PARTS + "{% endif %}"),
        {"reasoning": "part", "parts": Roles()},
    ),
]
ROUNDS: list[tuple[str, dict[str, object]]] = [
    (for_each(ROUND), {"calls": "many", "call_text": "beside", "call_content": "empty", "results": "turns"}),
    (for_each(ROUND), {"strays": True, "arguments": "object", "raw": True, "short_ids": False, "alternates": "no"}),
    (for_each(ROUND.replace(" | tojson", "")), {"arguments": "text"}),
    (for_each(ROUND.replace("arguments", "arguments.items() | list")), {"raw": False, "arguments": "object"}),
    (for_each(ROUND.replace("m.tool_calls or []", "(m.tool_calls or [])[:1]")), {"calls": "one"}),
    (for_each(ROUND.replace("m.content", "m.content if not m.tool_calls")), {"call_text": "before"}),
    (
        for_each("{% if m.content is none %}[b]" + CALLS + "{% else %}" + ROUND.replace(CALLS, "") + "{% endif %}"),
        {"call_content": "null", "call_text": "before"},
    ),
    (refuse_if("m.tool_call_id is defined and m.tool_call_id | length != 9", ROUND), {"short_ids": True}),
    (
        refuse_if("m.role == 'tool' and loop.previtem.role not in ['tool', 'assistant']", ROUND),
        {"strays": False, "results": "turns"},
    ),
    (for_each(BODY + "{{ '!' if m.role == 'tool' }}"), {"calls": "none", "results": "turns"}),
    (for_each(BODY + CALLS), {"calls": "many", "results": "turns"}),
    (refuse_if("m.role == 'tool'", BODY + CALLS), {"calls": "many", "results": "none"}),
    (
        refuse_if("m.role == 'tool'", BODY + CALLS + "{% for r in m.tool_responses or [] %}{{ r }}{% endfor %}"),
        {"results": "beside", "strays": False},
    ),
]
CALLERS: list[tuple[str, dict[str, object]]] = [
    (
        "{% if tools is not none %}{{ tools | tojson }}{% endif %}" + for_each(BODY),
        {"given": {"tools": None, "documents": None}},
    ),
    ("{% for tool in tools %}{% endfor %}" + for_each(BODY), {"given": {}}),
    (
        "{{ 'Today is ' + day + ', ' + functions }}{{ other }}" + for_each(BODY),
        {"given": {"day": "", "functions": ""}},
    ),
]
FOUND = [*INSTRUCTIONS, *TURNS, *CONTENTS, *ROUNDS, *CALLERS]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_a_peculiarity_is_found_out(source: str, expected: dict[str, object]) -> None:
    """Whether it raises, drops, misplaces or garbles, the template is given what it takes."""
    traits = probe(source)
    assert {name: getattr(traits, name) for name in expected} == expected


@pytest.mark.parametrize(
    "source", ["", "{{ raise_exception('never') }}", "{{ messages[0].content[3:] }}", "{{ 1 / 0 }}"]
)
def test_a_template_that_cannot_be_probed_has_a_dialect(source: str) -> None:
    """It gets the most natural form, and then the plainest."""
    assert find_traits(Template(source)) == (Traits(), PLAIN)


def test_what_is_refused_all_the_same_is_given_in_the_plainest_form() -> None:
    """A history that a template refuses against expectation is told in plain turns instead."""
    source = refuse_if("m.role == 'system' and 'secret' in m.content")
    dialect = Dialect(Template(source), ControlTokens({}), bos=None)
    assert dialect.traits.system == "anywhere"
    turns = (Turn("system", "a secret"), Turn("user", "Hi"))
    assert dialect.render(Conversation(turns)) == ("[user] a secret\n\nHi\n[assistant]",)
