"""A client for one command, and where its answers and errors go."""

import sys
from collections.abc import Iterable
from itertools import islice
from typing import Any

import click

from antiphon.cli.api.debug import open_http
from antiphon.cli.api.exits import exits
from antiphon.cli.api.explore import can_explore
from antiphon.cli.api.output import Output
from antiphon.cli.api.transform import Transform, build_transform
from antiphon.client import Client
from antiphon.client.call import Call, Page
from antiphon.client.records import Record


class Session:
    """options: those that all operations have."""

    def __init__(self, options: dict[str, Any]) -> None:
        if options["format"] == "explore" and not can_explore():
            raise click.UsageError("--format explore needs a terminal to show itself on.")
        bare = options["raw_output"]
        self.output = Output(options["format"], transform=open_transform(options, "transform"), bare=bare)
        self.errors = Output(
            options["format_error"],
            transform=open_transform(options, "transform_error"),
            bare=bare,
            file=sys.stderr,
        )
        self.most_items: int | None = options.get("max_items")
        self.client = Client(
            base_url=options["base_url"],
            api_key=options["api_key"],
            organization=options["organization"],
            project=options["project"],
            http=open_http(debug=options["debug"]),
        )

    def run(self, call: Call[Any]) -> None:
        """Show its answer."""
        with exits(self.errors), self.client:
            self.show([self.client.run(call, self.client.options)])

    def stream(self, call: Call[Any]) -> None:
        """Show chunks as they come."""
        with exits(self.errors), self.client, self.client.stream(call, self.client.options) as stream:
            self.show(stream.chunks())

    def walk(self, call: Call[Page[Any]]) -> None:
        """Show the items of all pages, or as many as are wanted; raw is a page as the server sent it."""
        pages = self.client.pages(call, self.client.options)
        with exits(self.errors), self.client:
            if self.output.is_raw and self.most_items is None:
                self.show([pages.first().record])
            else:
                most = None if self.most_items in (None, -1) else self.most_items
                self.show(islice(pages, most))

    def show(self, records: Iterable[Record]) -> None:
        """Each as it comes."""
        self.output.show_all((record.to_dict(), record.raw_json) for record in records)


def open_transform(options: dict[str, Any], name: str) -> Transform | None:
    """The one that is asked for. Mistakes end the command as click's own do."""
    try:
        return build_transform(options[name])
    except ValueError as error:
        raise click.UsageError(f"--{name.replace('_', '-')}: {error}.") from None
