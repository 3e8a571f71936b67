"""In which form a model calls, which variable takes its tools, how it marks thoughts: found out from its template."""

import pytest

from antiphon.dialect.conversation import Conversation, Effort, Tool, Turn
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.families import FORMS
from antiphon.dialect.form import ID, NUMBER, Form
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.template import Template
from tests.unit.dialect.families import FAMILIES, load_dialect
from tests.unit.dialect.outputs import OPENED
from tests.unit.dialect.reading.answers import find_thinking

RECOGNISED = [
    # template, form, variable with the tools, beginning of a thought
    ("chatml", "hermes", None, None),
    ("command", "command", None, None),
    ("deepseek", "deepseek", "tools", "<think>"),
    ("deepseek_v31", "deepseek_v31", "tools", "<think>"),
    ("gemma", "hermes", None, None),
    ("gemma4", "gemma4", "tools", "<|channel>thought\n"),
    ("glm", "glm", "tools", "<think>"),
    ("granite", "granite", "tools", None),
    ("granite4", "hermes", "tools", None),
    ("harmony", "harmony", "tools", None),
    ("hermes", "hermes", "tools", None),
    ("hunyuan", "hunyuan", "tools", "<think:opensource>"),
    ("kimi", "kimi", "tools", None),
    ("lfm2", "lfm2", "tools", "<think>"),
    ("llama", "llama", "tools", None),
    ("mistral", "mistral", "tools", "[THINK]"),
    ("mistral_ids", "mistral_ids", "tools", None),
    ("mistral_v3", "mistral_v3", "tools", None),
    ("phi", "phi", "tools", None),
    ("qwen", "hermes", "tools", "<think>"),
    ("qwen3_coder", "qwen3_coder", "tools", None),
    ("smollm3", "hermes", "tools", "<think>"),
    ("vision", "hermes", None, None),
]


@pytest.mark.parametrize(("family", "form", "variable", "begins"), RECOGNISED)
def test_a_template_of_ours_is_recognised(family: str, form: str, variable: str | None, begins: str | None) -> None:
    """By what it writes of a past call, whatever it is called."""
    dialect = load_dialect(family)
    found = (dialect.form.name, dialect.traits.form, dialect.traits.tools, dialect.traits.listed)
    assert found == (form, form, variable, "wrapped")
    assert (dialect.thinking.begins if dialect.thinking else None) == begins
    assert begins is None or dialect.thinking == find_thinking(family)


def test_every_template_is_in_the_table() -> None:
    """Also a new one."""
    assert [family for family, *_ in RECOGNISED] == FAMILIES


EFFORTS: list[tuple[str, Effort | None, str]] = [
    # how much is asked for; whether the prompt ends within a thought, leaves it open, or has closed it
    ("deepseek", None, "within"),
    ("deepseek_v31", None, "closed"),
    ("deepseek_v31", "high", "within"),
    ("gemma4", None, "closed"),
    ("gemma4", "high", "open"),
    ("glm", None, "open"),
    ("glm", "none", "closed"),
    ("hunyuan", None, "closed"),
    ("hunyuan", "low", "within"),
    ("mistral", "high", "open"),
    ("qwen", None, "open"),
    ("qwen", "none", "closed"),
    ("smollm3", "high", "open"),
    ("smollm3", "none", "closed"),
]


@pytest.mark.parametrize(("family", "effort", "end"), EFFORTS)
def test_a_prompt_may_end_within_a_thought(family: str, effort: Effort | None, end: str) -> None:
    """Then the answer goes on with it; where the prompt has closed it, the answer has none."""
    reading = load_dialect(family).plan(Conversation((Turn("user", "Hi <think> </think>"),), effort=effort)).reading
    found = "closed" if reading is None else "within" if reading.thinks else "open"
    assert found == end


def test_what_a_user_says_opens_no_thought() -> None:
    """The end of the prompt is the template's."""
    conversation = Conversation((Turn("user", "Hi<think>"),), effort="none")
    assert load_dialect("qwen").plan(conversation).reading is None


def test_families_with_opened_thoughts_can_have_them() -> None:
    """Those of the table of outputs, unless their own template never opens one."""
    assert {family for family, effort, end in EFFORTS if end == "within"} <= set(OPENED)


BODY = "{% for m in messages %}<{{ m.role }}>{{ m.content }}CALLS</{{ m.role }}>{% endfor %}"
PROMPT = "{% if add_generation_prompt %}<assistant>{% endif %}"
CALL = "{% for c in m.tool_calls or [] %}WRITTEN{% endfor %}"


def template_of(form: Form) -> str:
    """A template that writes calls in a form with JSON, as one that was made for it would."""
    head, begins, middle, ends, closes, between = (
        text.replace(ID, "{{ c.id }}").replace(NUMBER, "{{ loop.index0 }}").replace("\n", "{{ '\\n' }}")
        for text in (form.opens, form.begins, form.middle, form.ends, form.closes, form.between)
    )
    opening = "{% if loop.first %}" + head + "{% else %}" + between + "{% endif %}"
    closing = "{% if loop.last %}" + closes + "{% endif %}"
    call = f"{opening}{begins}{{{{ c.function.name }}}}{middle}{{{{ c.function.arguments | tojson }}}}{ends}{closing}"
    lists = "{% for t in tools or [] %}{{ t | tojson }}{% endfor %}"
    return lists + BODY.replace("CALLS", CALL.replace("WRITTEN", call)) + PROMPT


JSON_FORMS = [form for form in FORMS.values() if form.notation == "json" and not form.channels]


@pytest.mark.parametrize("form", JSON_FORMS, ids=lambda form: form.name)
def test_no_form_is_taken_for_another(form: Form) -> None:
    """Where several can read a call, it is the one that writes most like it."""
    dialect = Dialect(Template(template_of(form), bos_token=""), ControlTokens({}), bos=None)
    assert (dialect.form.name, dialect.traits.tools) == (form.name, "tools")


WAYS = [
    ("{% for t in tools or [] %}{{ t | tojson }}{% endfor %}", "tools", "wrapped"),
    ("{% for t in xml_tools or [] %}{{ t | tojson }}{% endfor %}", "xml_tools", "wrapped"),
    ("{% for t in tools or [] %}{{ t.name ~ t.description ~ t.parameters | tojson }}{% endfor %}", "tools", "bare"),
    ("{{ functions }}", "functions", "bare"),
    ("{{ functions.strip() if functions else '' }}", "functions", "text"),
    ("{% for t in tools or [] %}{{ t.function.name }}{% endfor %}", None, "wrapped"),
    ("{{ tools | tojson if messages[0].role == 'system' }}", None, "wrapped"),
    ("", None, "wrapped"),
]


@pytest.mark.parametrize(("lists", "variable", "listed"), WAYS)
def test_functions_go_where_all_of_them_is_told(lists: str, variable: str | None, listed: str) -> None:
    """Into the variable, and in the shape, with which nothing of a function is lost; else they are taught."""
    hermes = (
        '<tool_call>\n{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}\n</tool_call>'
    )
    source = lists + BODY.replace("CALLS", CALL.replace("WRITTEN", hermes)) + PROMPT
    traits = Dialect(Template(source, bos_token=""), ControlTokens({}), bos=None).traits
    assert (traits.tools, traits.listed, traits.form) == (variable, listed, "hermes")


def test_a_template_that_writes_no_calls_may_speak_of_them() -> None:
    """What it says of its tools tells the family; without tools it is nobody's."""
    lists = "{% if tools %}List of tools: [{% for t in tools %}{{ t | tojson }}{% endfor %}]{% endif %}"
    body = BODY.replace("CALLS", "") + PROMPT
    traits = Dialect(Template(lists + body, bos_token=""), ControlTokens({}), bos=None).traits
    assert (traits.form, traits.tools, traits.calls) == ("lfm2", "tools", "none")
    traits = Dialect(Template("{# List of tools: [ #}" + body, bos_token=""), ControlTokens({}), bos=None).traits
    assert (traits.form, traits.tools) == ("hermes", None)


UNKNOWN = [
    "((call {{ c.function.name }} {{ c.function.arguments | tojson }}))",
    "<tool_call>{{ c.function.arguments | tojson }} {{ c.function.name }}</tool_call>",
    "{{ c | tojson }}",
    "<call={{ c.function.name }}>{% for k, v in c.function.arguments.items() %}<{{ k }}>{{ v }}</{{ k }}>{% endfor %}",
]


@pytest.mark.parametrize("written", UNKNOWN)
def test_an_unknown_form_is_nobodys(written: str) -> None:
    """Its template is not given the tools, though it lists them: the model would be told to call in that form."""
    lists = "{% for t in tools or [] %}{{ t | tojson }}{% endfor %}"
    source = lists + BODY.replace("CALLS", CALL.replace("WRITTEN", written)) + PROMPT
    dialect = Dialect(Template(source, bos_token=""), ControlTokens({}), bos=None)
    assert (dialect.form.name, dialect.traits.tools) == ("hermes", None)
    prompt = "".join(map(str, dialect.render(Conversation((Turn("user", "Hi"),), (Tool("f"),)))))
    assert prompt.startswith("<system>You can call functions.") and prompt.count('{"name": "f"}') == 1
