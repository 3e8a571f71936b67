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
    ("{{ undefined_thing }}{{ tools is defined }}", "False"),
    ("{{ 'abc'[::-1] | upper }}", "CBA"),
]


@pytest.mark.parametrize(("source", "prompt"), TEMPLATES)
def test_templates_render_as_they_expect(source: str, prompt: str) -> None:
    """Trimmed blocks, plain `tojson`, loop controls, and the variables templates know."""
    assert Template(source, bos_token="<s>").render(HI) == prompt


def test_the_date_of_today() -> None:
    """`strftime_now` gives the date in the form a template asks for."""
    assert len(Template("{{ strftime_now('%Y-%m-%d') }}").render(HI)) == 10


REFUSALS = [
    ("{{ raise_exception('No such role') }}", "No such role"),
    ("{{ messages[0].content + 1 }}", "does not take messages of this form"),
    ("{{ none.a.b }}", ""),
    ("{{ messages[7].role }}", ""),
]


@pytest.mark.parametrize(("source", "words"), REFUSALS)
def test_what_a_template_does_not_take_is_refused(source: str, words: str) -> None:
    """What a template raises, on purpose or not, is 400 `invalid_messages` and no fault of ours."""
    with pytest.raises(TemplateRefused) as caught:
        Template(source).render(HI)
    assert words in caught.value.message
    assert (caught.value.status, caught.value.param) == (400, "messages")


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
