"""Validated requests for the tests of this room."""

import json
from typing import Any

from antiphon.schema.parse import parse_create
from antiphon.schema.request import CreateChatCompletion

HI = {"role": "user", "content": "Hi"}


def request(*messages: dict[str, Any], **fields: Any) -> CreateChatCompletion:
    """A request with these messages, or with one."""
    return parse_create(json.dumps({"model": "m", "messages": messages or (HI,), **fields}).encode()).request
