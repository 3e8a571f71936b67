"""Validated requests for the tests of this room."""

import json
from typing import Any

from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.parse import parse_create

HI = {"role": "user", "content": "Hi"}


def request(*messages: dict[str, Any], **fields: Any) -> CreateChatCompletion:
    """A request with these messages, or with one."""
    return parse_create(json.dumps({"model": "m", "messages": messages or (HI,), **fields}).encode()).request
