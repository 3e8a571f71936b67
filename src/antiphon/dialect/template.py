"""A model's chat template, rendered as `transformers` renders it, in Jinja's sandbox.

Templates come with a model file, never with a request. They cannot reach Python
(CVE-2024-34359); what they raise on purpose becomes `TemplateRefused`.
"""

import json
from datetime import datetime
from typing import Any, NoReturn

import jinja2
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

from antiphon.errors import ConfigurationError, TemplateRefused


class Template:
    """`variables` are what every rendering gets beside the messages, such as `bos_token`."""

    def __init__(self, source: str, **variables: str) -> None:
        self.source = source
        self.variables = variables
        try:
            self.compiled = environment().from_string(source)
        except jinja2.TemplateError as error:
            raise ConfigurationError(f"The model's chat template does not compile: {error}.") from None

    def render(self, messages: list[dict[str, Any]]) -> str:
        """The prompt up to where the assistant begins to speak. Raises `TemplateRefused`."""
        try:
            return self.compiled.render(messages=messages, add_generation_prompt=True, **self.variables)
        except jinja2.TemplateError as error:
            raise TemplateRefused(str(error)) from None
        except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
            raise TemplateRefused(f"it does not take messages of this form ({error})") from None


def environment() -> ImmutableSandboxedEnvironment:
    """Jinja as templates expect it: the settings and functions of `transformers.utils.chat_template_utils`."""
    extensions: list[str | type[Extension]] = ["jinja2.ext.loopcontrols"]
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=extensions)
    made.filters["tojson"] = to_json
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = lambda form: datetime.now().astimezone().strftime(form)
    return made


def to_json(value: Any, ensure_ascii: bool = False, indent: int | None = None) -> str:
    """Jinja's own `tojson` escapes for HTML, which would reach the model."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


def raise_exception(message: str) -> NoReturn:
    """What templates call to refuse."""
    raise jinja2.TemplateError(message)
