"""Writes the parts of the documentation that come out of the code: `python tools/readme.py` (with --check: only looks).

A part stands between `<!-- NAME -->` and `<!-- /NAME -->`; all else is written by hand and left alone.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from pydantic.fields import FieldInfo

from antiphon.cli.options import REPEATABLE
from antiphon.cli.serve import serve
from antiphon.engine.llama.engine import MAY_HAVE
from antiphon.schema.request.support import TABLE, Support
from antiphon.settings import Settings

ROOT = Path(__file__).parents[1]


def render_parameters() -> str:
    """What a request may say, and what comes of it with a model that runs here."""
    rows = [(f"`{name}`", class_of(support), describe_parameter(support)) for name, support in TABLE.items()]
    return render_table(("Parameter", "Class", "What it does"), rows)


def class_of(support: Support) -> str:
    """One of the three."""
    if support.hint:
        return "hint"
    return "honoured" if is_met(support) else "not available"


def is_met(support: Support) -> bool:
    """Whether some model of the engine that computes can do it."""
    return support.needs is None or support.needs in MAY_HAVE


def describe_parameter(support: Support) -> str:
    """The effect, and what happens where it cannot be had. What is honoured can be had whatever the model."""
    if not support.needs or class_of(support) == "honoured":
        return support.effect
    neutral = " or ".join(f"`{json.dumps(value)}`" for value in support.asks_nothing)
    unless = f", unless it is {neutral}" if neutral else ""
    if not support.hint:
        return f"{support.effect} *Not built yet: 400{unless}.* {support.instead}"
    when = "for a model that cannot" if is_met(support) else "so far"
    return f"{support.effect} *Ignored {when}{unless}, and named in `antiphon-ignored`.*"


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
