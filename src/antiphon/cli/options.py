"""Flags made from settings: same name, same meaning."""

from typing import Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

REPEATABLE = {"model", "alias", "chat_template", "api_key"}
METAVARS = {
    "model": "NAME=SOURCE",
    "alias": "PATTERN=NAME",
    "chat_template": "NAME=TEMPLATE",
    "api_key": "[PROJECT:]KEY",
    "database_url": "URL",
    "memory_limit": "BYTES",
}


def build_option(name: str, field: FieldInfo) -> click.Option:
    """The flag of one setting. Without it the value comes from the environment, the file or the default."""
    if field.annotation is bool:  # None where it is not given, so that the environment or the file can say it
        return click.Option([f"--{name.replace('_', '-')}"], is_flag=True, default=None, help=field.description)
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else None
    shown = "" if field.default in (None, (), {}) or name in REPEATABLE else f" [default: {field.default}]"
    return click.Option(
        [f"--{name.replace('_', '-')}"],
        type=click.Choice(choices) if choices else str,
        multiple=name in REPEATABLE,
        metavar=METAVARS.get(name),
        help=f"{field.description}{shown}",
    )
