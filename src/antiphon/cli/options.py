"""Flags made from settings: same name, same meaning."""

from typing import Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

REPEATABLE = {"model", "upstream", "alias", "chat_template", "api_key"}
METAVARS = {
    "model": "NAME=SOURCE",
    "upstream": "NAME.SETTING=VALUE",
    "alias": "PATTERN=NAME",
    "chat_template": "NAME=TEMPLATE",
    "api_key": "[PROJECT:]KEY",
    "database_url": "URL",
    "memory_limit": "BYTES",
}


def build_option(name: str, field: FieldInfo) -> click.Option:
    """The flag of one setting. Without it the value comes from the environment, the file or the default."""
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else None
    shown = "" if field.default in (None, (), {}) or name in REPEATABLE else f" [default: {field.default}]"
    flag = name.replace("_", "-")
    if field.annotation is bool:  # None where it is not given, so that the environment or the file can say it
        switched = "on" if field.default else "off"
        return click.Option([f"--{flag}/--no-{flag}"], default=None, help=f"{field.description} [default: {switched}]")
    return click.Option(
        [f"--{flag}"],
        type=click.Choice(choices) if choices else str,
        multiple=name in REPEATABLE,
        metavar=METAVARS.get(name),
        help=f"{field.description}{shown}",
    )
