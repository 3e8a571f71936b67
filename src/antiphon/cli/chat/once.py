"""One answer to what is piped in: plain text, for whatever reads it."""

import sys
from typing import TextIO

from antiphon.cli.chat.refused import Refused
from antiphon.cli.chat.session import Session
from antiphon.cli.chat.view.clean import clean
from antiphon.client import Client
from antiphon.client.events import ContentDelta, RefusalDelta


def read_question() -> str:
    """All of standard input. Raises `Refused`."""
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise Refused("Standard input is not a text in UTF-8.") from None
    if not text.strip():
        raise Refused("Nothing to answer: standard input is empty.")
    return text.strip("\n")


def answer_once(client: Client, session: Session, out: TextIO) -> None:
    """As it comes, and as it is: only a terminal has to be protected."""
    last = ""
    with client.chat.completions.stream(**session.request()) as stream:
        for event in stream:
            if isinstance(event, ContentDelta | RefusalDelta):
                text = clean(event.text) if out.isatty() else event.text
                out.write(text)
                out.flush()
                last = text or last
    if not last.endswith("\n"):
        out.write("\n")
        out.flush()
