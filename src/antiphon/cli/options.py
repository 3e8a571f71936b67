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
}


def build_option(name: str, field: FieldInfo) -> click.Option:
    """The flag of one setting. Without it the value comes from the environment, the file or the default."""
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else None
    switched = "on" if field.default is True else "off"
    shown = "" if field.default in (None, (), {}) or name in REPEATABLE else f" [default: {field.default}]"
    flag = name.replace("_", "-")
    if field.annotation is bool:
        return click.Option([f"--{flag}/--no-{flag}"], default=None, help=f"{field.description} [default: {switched}]")
    return click.Option(
        [f"--{flag}"],
        type=click.Choice(choices) if choices else str,
        multiple=name in REPEATABLE,
        metavar=METAVARS.get(name),
        help=f"{field.description}{shown}",
    )
