"""Upstreams with models that see or hear, or do not; and what of media has come to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.contract.upstreams.answers import Answer, count_prompt, send_json
from tests.contract.upstreams.chunks import Json, counted
from tests.contract.upstreams.wire import Asked, Wire

TOKENS = 25
"""Of a picture or a recording."""


@dataclass(frozen=True, kw_only=True)
class Sensing:
    """Takes parts of these types, beside text. Others it refuses; or passes over, where it is careless."""

    takes: frozenset[str] = frozenset()
    careless: bool = False

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        types = [part["type"] for part in parts_of(asked.body)]
        if not self.careless and (odd := [name for name in types if name not in self.takes]):
            told = f"upstream-model does not take {odd[0]}"
            await send_json(wire, {"error": {"message": told, "type": "BadRequestError", "code": 400}}, 400)
            return
        taken = [name for name in types if name in self.takes]
        usage: Json = counted(count_prompt(asked.body) + TOKENS * len(taken), 2)["usage"]
        usage["prompt_tokens_details"] = {
            "image_tokens": TOKENS * taken.count("image_url"),
            "audio_tokens": TOKENS * (len(taken) - taken.count("image_url")),
        }
        await Answer(usage=usage)(asked, wire)


def parts_of(body: Any) -> Iterator[Json]:
    """All parts that are not text."""
    for message in body["messages"]:
        content = message.get("content")
        yield from (part for part in content if part["type"] != "text") if isinstance(content, list) else ()
