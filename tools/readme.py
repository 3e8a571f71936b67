"""Writes the parts of the documentation that come out of the code: `python tools/readme.py` (with --check: only looks).

A part stands between `<!-- NAME -->` and `<!-- /NAME -->`; all else is written by hand and left alone.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from antiphon.cli.serve import REPEATABLE, serve
from antiphon.schema.base import NotYet
from antiphon.schema.request import CreateChatCompletion
from antiphon.settings import Settings

ROOT = Path(__file__).parents[1]


def render_parameters() -> str:
    """What a request may say, and what comes of it."""
    rows = [(f"`{name}`", describe_parameter(field)) for name, field in CreateChatCompletion.model_fields.items()]
    return render_table(("Parameter", "Here"), rows)


def describe_parameter(field: FieldInfo) -> str:
    """An honoured field by its description and bounds; one that is not built by what it may still be."""
    for mark in field.metadata:
        if isinstance(mark, NotYet):
            neutral = " or ".join(f"`{json.dumps(value)}`" for value in mark.neutral)
            return f"*Refused with 400, unless it is {neutral}.*" if neutral else "*Refused with 400.*"
    bounds = {type(mark): mark for mark in field.metadata}
    low, high = bounds.get(Ge), bounds.get(Le)
    bounded = f" From {low.ge:g} to {high.le:g}." if low and high else ""
    return f"{'Required. ' if field.is_required() else ''}{field.description}{bounded}"


def render_settings() -> str:
    """Every setting, in each of its spellings."""
    rows = [
        (f"`--{name.replace('_', '-')}`", f"`ANTIPHON_{name.upper()}`", render_default(name, field), field.description)
        for name, field in Settings.model_fields.items()
    ]
    return render_table(("Flag", "Environment", "Default", "Meaning"), rows)


def render_default(name: str, field: FieldInfo) -> str:
    """The value without any setting; none where the meaning tells it."""
    if name in REPEATABLE:
        pairs = field.default.items() if isinstance(field.default, dict) else ()
        return " ".join(f"`{key}={value}`" for key, value in pairs)
    return "" if field.default is None else f"`{field.default}`"


def render_help() -> str:
    """What `antiphon serve --help` prints."""
    context = click.Context(serve, info_name="antiphon serve", terminal_width=100, max_content_width=100)
    return f"```\n{serve.get_help(context)}\n```"


def render_table(titles: tuple[str, ...], rows: Iterable[tuple[str | None, ...]]) -> str:
    """A table of Markdown."""
    lines = [titles, ("---",) * len(titles), *rows]
    cells = ([(cell or "").replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"parameters": render_parameters},
    "docs/configuration.md": {"settings": render_settings, "help": render_help},
}


def fill_in(text: str, name: str, part: str) -> str:
    """A document with one of its parts written anew. Raises `ClickException` when it has no place for it."""
    pattern = re.compile(f"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
    filled, count = pattern.subn(lambda _: f"\n{part}\n\n", text)
    if count != 1:
        raise click.ClickException(f"There must be one '<!-- {name} -->' with its '<!-- /{name} -->', not {count}.")
    return filled


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when something is stale.")
def main(*, check: bool) -> None:
    """Write the parts of README.md and docs/ that come out of the code."""
    stale = []
    for file, parts in PARTS.items():
        path = ROOT / file
        before = after = path.read_text()
        for name, render in parts.items():
            after = fill_in(after, name, render())
        if after != before:
            stale.append(file)
            if not check:
                path.write_text(after)
    if check and stale:
        sys.exit(f"{' and '.join(stale)} does not say what the code says; run: make docs")


if __name__ == "__main__":
    main()
