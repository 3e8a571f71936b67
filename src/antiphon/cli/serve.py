"""`antiphon serve`: a flag for each setting, made from the settings themselves."""

from typing import Any, Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from antiphon.settings import Settings, load_settings

REPEATABLE = {"model", "alias", "api_key"}


def build_option(name: str, field: FieldInfo) -> click.Option:
    """The flag of one setting. Without it the value comes from the environment, the file or the default."""
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else None
    shown = "" if field.default in (None, (), {}) or name in REPEATABLE else f" [default: {field.default}]"
    return click.Option(
        [f"--{name.replace('_', '-')}"],
        type=click.Choice(choices) if choices else str,
        multiple=name in REPEATABLE,
        metavar={"model": "NAME=SOURCE", "alias": "PATTERN=NAME", "api_key": "KEY"}.get(name),
        help=f"{field.description}{shown}",
    )


def start(**flags: Any) -> None:
    """Merge the settings and run."""
    settings = load_settings({name: value for name, value in flags.items() if value not in (None, ())})
    from antiphon.server.serve import run  # noqa: PLC0415 (half a second that --help does not need)

    run(settings)


serve = click.Command(
    "serve",
    callback=start,
    params=[build_option(name, field) for name, field in Settings.model_fields.items()],
    help="Start the server. Every flag can also be set in the environment (ANTIPHON_PORT=...) or in antiphon.toml.",
    context_settings={"max_content_width": 110},
)
