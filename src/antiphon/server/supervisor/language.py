"""What this process means by all that it says to the others."""

from antiphon.engine.hosting.language import build_language
from antiphon.server.supervisor.messages import FromApi, ToApi

LANGUAGE = build_language(ToApi, FromApi)
