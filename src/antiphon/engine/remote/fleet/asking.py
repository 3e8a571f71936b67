"""Questions of one token, by which it is found out what an upstream can do."""

from typing import Any

import msgspec

from antiphon.engine.remote.fault import Fault
from antiphon.engine.remote.line import Line
from antiphon.engine.remote.saying import read_error

LIMIT_S = 60.0
"""A first answer may have to wait for others."""
OK = 200
HI = "Hi"


class Asker:
    """Asks one upstream. model: as it calls it."""

    def __init__(self, line: Line, model: str) -> None:
        self.line = line
        self.model = model
        self._plain: int | None = None
        self._is_known = False

    async def takes(self, **fields: Any) -> bool:
        """Whether it answers a request with these."""
        return await self._count(fields) is not None

    async def minds(self, **fields: Any) -> bool:
        """Whether it takes these, and its model is told of them: then the prompt is longer. What is longer than nothing
        that can be had is believed.
        """
        plain, count = await self.plain(), await self._count(fields)
        return count is not None and (plain is None or count > plain)

    async def plain(self) -> int | None:
        """How many tokens a prompt has without any fields; None where it is refused. Asked once."""
        if not self._is_known:
            self._plain, self._is_known = await self._count({}), True
        return self._plain

    async def refusal(self, **fields: Any) -> str:
        """What it says against such a request; nothing where it takes it."""
        try:
            status, answer = await self._ask(fields)
        except Fault:
            return ""
        return read_error(answer).message if status != OK else ""

    async def _count(self, fields: dict[str, Any]) -> int | None:
        """How many tokens the prompt has; 0 where it is not said, None where such a request is refused."""
        try:
            status, answer = await self._ask(fields)
        except Fault:
            return None
        usage = read_object(answer).get("usage")
        count = usage.get("prompt_tokens") if isinstance(usage, dict) else None
        return None if status != OK else count if type(count) is int else 0

    async def _ask(self, fields: dict[str, Any]) -> tuple[int, bytes]:
        body = {"model": self.model, "messages": [{"role": "user", "content": HI}], "max_tokens": 1, **fields}
        return await self.line.post(f"{self.line.address.base}/chat/completions", body, limit_s=LIMIT_S)


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
