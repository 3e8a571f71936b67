"""A model's chat template, rendered as `transformers` renders it, in Jinja's sandbox.

Templates come with a model file, never with a request. They cannot reach Python
(CVE-2024-34359). Whatever goes wrong in one, on purpose or not, becomes `TemplateRefused`.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

import jinja2
from jinja2 import meta, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from antiphon.errors import ConfigurationError, TemplateRefused

LONGEST_REASON = 500
NEEDS_ESCAPE = re.compile("[^\x00-\x7e\ufdd0-\ufdef\U0002a600-\U0002a6d6\U00030000-\U000312ff]")
"""All but ASCII and the characters that mark hidden control tokens (prompt.py) and media (medium.py), which must stay
recognisable.
"""


class Template:
    """`variables` are what every rendering gets beside the messages, such as `bos_token`.

    reads: the names of the variables that it takes from its caller, and some of its own.
    """

    def __init__(self, source: str, **variables: str) -> None:
        self.source = source
        self.variables = variables
        jinja = environment()
        try:
            self.compiled = jinja.from_string(source)
            self.reads = frozenset(meta.find_undeclared_variables(jinja.parse(source)))
        except jinja2.TemplateError as error:
            raise ConfigurationError(f"The model's chat template does not compile: {error}.") from None
        except RecursionError:
            raise ConfigurationError("The model's chat template does not compile: it is nested too deeply.") from None

    def render(self, messages: list[dict[str, Any]], **variables: Any) -> str:
        """The prompt up to where the assistant begins to speak. Raises `TemplateRefused`."""
        given = {"add_generation_prompt": True, **self.variables, **variables}
        try:
            return self.compiled.render(messages=messages, **given)
        except jinja2.TemplateError as error:
            raise TemplateRefused(str(error)[:LONGEST_REASON]) from None
        except Exception as error:
            reason = str(error)[:LONGEST_REASON] or type(error).__name__
            raise TemplateRefused(f"it does not take messages of this form ({reason})") from None


class Generation(Extension):
    """`{% generation %}…{% endgeneration %}` marks the assistant's text, for training. Here it is just written."""

    tags = {"generation"}  # noqa: RUF012 - the name and type that Jinja looks for

    def parse(self, parser: Parser) -> nodes.Node:
        """The body as a call block, as in `transformers`, so that what it sets stays inside."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_write"), [], [], body).set_lineno(line)

    def _write(self, caller: Callable[[], str]) -> str:
        return caller()


def environment() -> ImmutableSandboxedEnvironment:
    """Jinja as templates expect it: the settings and functions of `transformers.utils.chat_template_utils`."""
    extensions: list[str | type[Extension]] = [Generation, "jinja2.ext.loopcontrols"]
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=extensions)
    made.filters["tojson"] = to_json
    made.filters["safe"] = lambda value: value  # Jinja's own has all that is added to it escaped for HTML
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = lambda form: datetime.now().astimezone().strftime(form)
    return made


def to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Jinja's own `tojson` escapes for HTML, which would reach the model."""
    written = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators, sort_keys=sort_keys)
    return NEEDS_ESCAPE.sub(lambda found: json.dumps(found[0])[1:-1], written) if ensure_ascii else written


def raise_exception(message: str) -> NoReturn:
    """What templates call to refuse."""
    raise jinja2.TemplateError(message)
