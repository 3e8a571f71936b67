"""`antiphon chat:completions` and `antiphon chat:completions:messages`: one command for each operation."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

import click
import httpx

from antiphon.cli.api.command import build_command
from antiphon.cli.api.exits import exits
from antiphon.cli.api.output import Output
from antiphon.cli.api.transform import build_transform
from antiphon.client import Client
from antiphon.client.records import Record

CONNECTION = ("base_url", "api_key", "organization", "project")


class Session:
    """What all operations need: a client, and where answers and errors go."""

    def __init__(self, options: dict[str, Any]) -> None:
        try:
            transforms = [build_transform(options[name]) for name in ("transform", "transform_error")]
        except ValueError as error:
            raise click.UsageError(f"--transform: {error}.") from None
        bare = options["raw_output"]
        self.output = Output(options["format"], transform=transforms[0], bare=bare)
        self.errors = Output(options["format_error"], transform=transforms[1], bare=bare, file=click.get_text_stream("stderr"))
        self.client = Client(**{name: options[name] for name in CONNECTION}, http=open_http(debug=options["debug"]))

    def show(self, records: Iterable[Record]) -> None:
        """Each as it comes."""
        for record in records:
            self.output.show(record.to_dict(), record.raw_json)


def open_http(*, debug: bool) -> httpx.Client:
    """The connections of the client."""
    if not debug:
        return httpx.Client(follow_redirects=True)
    from antiphon.cli.api.debug import HOOKS  # noqa: PLC0415

    return httpx.Client(follow_redirects=True, event_hooks=HOOKS)


def create(body: dict[str, Any], options: dict[str, Any]) -> None:
    """Whole, or piece by piece where the request says so."""
    session = Session(options)
    with exits(session.errors), session.client as client:
        if body.get("stream"):
            asked = {**body, "stream_options": body.get("stream_options")}
            wanted = {name: value for name, value in asked.items() if name != "stream" and value is not None}
            with client.chat.completions.stream(**wanted) as stream:
                session.show(stream.chunks())
        else:
            session.show([client.chat.completions.create(**{name: body[name] for name in body if name != "stream"})])
