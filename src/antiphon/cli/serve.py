"""`antiphon serve`: a flag for each setting, made from the settings themselves."""

from typing import Any

import click

from antiphon.cli.options import build_option
from antiphon.settings import Settings, load_settings


def start(**flags: Any) -> None:
    """Merge the settings and run."""
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    settings = load_settings(given)
    if settings.workers > 1:
        from antiphon.server.supervisor.supervisor import run as supervise  # noqa: PLC0415 (as below)

        supervise(settings, given)
    else:
        from antiphon.server.serve import run  # noqa: PLC0415 (half a second that --help does not need)

        run(settings)


serve = click.Command(
    "serve",
    callback=start,
    params=[build_option(name, field) for name, field in Settings.model_fields.items()],
    help="Start the server. Every flag can also be set in the environment (ANTIPHON_PORT=...) or in antiphon.toml.",
    context_settings={"max_content_width": 110},
)
