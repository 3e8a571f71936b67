"""Chat templates: rendered as `transformers` does, in a sandbox."""

from typing import Any

import pytest

from antiphon.dialect.template import Template
from antiphon.errors import ConfigurationError, TemplateRefused

HI = [{"role": "user", "content": "Hi & <b>"}]

TEMPLATES = [
    ("{% for m in messages %}[{{ m.role }}] {{ m['content'] }}{% endfor %}", "[user] Hi & <b>"),
    ("{{ messages | tojson }}", '[{"role": "user", "content": "Hi & <b>"}]'),
    ("{{ {'a': 'é'} | tojson(indent=1) }}", '{\n "a": "é"\n}'),
    ("{% if add_generation_prompt %}go{% endif %}", "go"),
    ("{{ bos_token }}!", "<s>!"),
    ("{% for m in messages %}\n    {% if true %}\na\n    {% endif %}\n{% endfor %}\nb", "a\nb"),
    ("{% for m in [1, 2, 3] %}{% if m == 2 %}{% break %}{% endif %}{{ m }}{% endfor %}", "1"),
    (
        "{{ 'Say '|safe + messages[0].content + messages[0]|tojson }}",
        'Say Hi & <b>{"role": "user", "content": "Hi & <b>"}',
    ),
    ("{{ undefined_thing }}{{ tools is defined }}", "False"),
    ("{{ 'abc'[::-1] | upper }}", "CBA"),
    (
        "{{ {'b': 1, 'a': 'é\x7f日🙂'} | tojson(ensure_ascii=True) }}",
        '{"b": 1, "a": "\\u00e9\\u007f\\u65e5\\ud83d\\ude42"}',
    ),
    ("{{ {'b': 1, 'a': 2} | tojson(separators=(',', ':'), sort_keys=true) }}", '{"a":2,"b":1}'),
    (
        "{% for m in messages %}a{% generation %}{% set x = 1 %}{{ m.role }}{% endgeneration %}{{ x }}{% endfor %}",
        "auser",
    ),
]


@pytest.mark.parametrize(("source", "prompt"), TEMPLATES)
def test_templates_render_as_they_expect(source: str, prompt: str) -> None:
    """Trimmed blocks, plain `tojson`, loop controls, and the variables templates know."""
    assert Template(source, bos_token="<s>").render(HI) == prompt


def test_what_a_caller_gives_goes_before_what_every_rendering_gets() -> None:
    """Variables of one rendering stand beside those of all, and win."""
    template = Template("{{ bos_token }}{{ tools }}{{ add_generation_prompt }}", bos_token="<s>")
    assert template.render(HI, tools=[1]) == "<s>[1]True"
    assert template.render(HI, bos_token="", add_generation_prompt=False) == "False"


def test_what_a_template_reads() -> None:
    """The variables that a caller may give are known by their names."""
    template = Template(
        "{% if thinking is undefined %}{% set thinking = effort %}{% endif %}{{ messages }}{% set own = 1 %}"
    )
    assert template.reads == {"thinking", "effort", "messages"}


def test_the_date_of_today() -> None:
    """`strftime_now` gives the date in the form a template asks for."""
    assert len(Template("{{ strftime_now('%Y-%m-%d') }}").render(HI)) == 10


REFUSALS = [
    ("{{ raise_exception('No such role') }}", "No such role"),
    ("{{ messages[0].content + 1 }}", "does not take messages of this form"),
    ("{{ none.a.b }}", ""),
    ("{{ messages[7].role }}", ""),
    ("{{ 1 // 0 }}", "does not take messages of this form (integer division or modulo by zero)"),
    ("{{ 2.0 ** 5000 }}", "does not take messages of this form"),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion"),
    ("{{ raise_exception() }}", "does not take messages of this form"),
    ("{% if messages %}{{ 1 | no_such_filter }}{% endif %}", "no_such_filter"),
    ("{{ raise_exception('x' * 10000) }}", "x" * 500),
]


@pytest.mark.parametrize(("source", "words"), REFUSALS)
def test_what_a_template_does_not_take_is_refused(source: str, words: str) -> None:
    """What a template raises, on purpose or not, is 400 `invalid_messages` and no fault of ours."""
    with pytest.raises(TemplateRefused) as caught:
        Template(source).render(HI)
    assert words in caught.value.message
    assert (caught.value.status, caught.value.param) == (400, "messages")
    assert len(caught.value.message) < 700


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ messages.__class__.__base__ }}{{ messages.append.__self__.__class__.__init__.__globals__ }}",
    "{{ raise_exception.__globals__['sys'] }}",
    "{{ self.__init__.__globals__ }}",
    "{{ messages.append(1) }}",
    "{{ messages[0].update({'role': 'system'}) }}",
    "{{ '%s' | format(messages.__class__.__mro__) }}",
    "{{ '{0.__class__.__mro__}'.format(1) }}",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_templates_cannot_reach_python(source: str) -> None:
    """The sandbox refuses, or gives nothing: no class, no globals, no change of the messages (CVE-2024-34359)."""
    messages: list[dict[str, Any]] = [dict(HI[0])]
    try:
        rendered = Template(source).render(messages)
    except TemplateRefused:
        rendered = ""
    assert "class" not in rendered and "module" not in rendered
    assert messages == HI


def test_a_template_that_does_not_compile_is_a_mistake_of_configuration() -> None:
    """A model file whose template is broken cannot be served."""
    with pytest.raises(ConfigurationError, match="does not compile"):
        Template("{% for %}")
    with pytest.raises(ConfigurationError, match="nested too deeply"):
        Template("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}")
