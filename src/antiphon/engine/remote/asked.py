"""What an engine is asked, in one piece."""

from typing import NamedTuple

from antiphon.dialect.conversation import Conversation
from antiphon.engine.base import Decoding, Service


class Asked(NamedTuple):
    """See `Engine.generate`."""

    conversation: Conversation
    decoding: Decoding
    service: Service
