"""`--format explore`: answers in a full screen, to walk through, fold and search. Light to import: Textual is loaded
when the screen opens.
"""

from collections.abc import Iterable
from typing import Any

from antiphon.cli.api.explore.terminal import can_explore, whole_terminal

__all__ = ["can_explore", "explore"]


def explore(values: Iterable[tuple[Any, str]] | Iterable[Any]) -> None:
    """Opens the screen, and returns when it is left. values: JSON values, or each with its raw text. They are taken in
    a thread, as many as are looked at; what that raised is raised again here once the screen is left.
    """
    from antiphon.cli.api.explore.app import Explorer  # noqa: PLC0415 (Textual takes its time)
    from antiphon.cli.api.explore.feed import Feed  # noqa: PLC0415

    feed = Feed(value[0] if isinstance(value, tuple) else value for value in values)
    explorer = Explorer(feed)
    with whole_terminal():
        explorer.run()
    feed.stop()
    if explorer.error is not None:
        raise explorer.error
