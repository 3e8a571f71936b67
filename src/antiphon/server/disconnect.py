"""Work for a client only as long as the client is there."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.types import Receive

Result = TypeVar("Result")


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


async def while_connected(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`, which is cancelled when the client hangs up; raises `ClientGone` then.
    The request's body must have been read, so that what is received next is the end.
    """
    task = asyncio.current_task()
    assert task, "it is awaited"
    watching = asyncio.ensure_future(hang_up(receive))
    watching.add_done_callback(lambda watched: watched.cancelled() or task.cancel())
    try:
        return await work
    except asyncio.CancelledError:
        if watching.done() and task.uncancel() == 0:  # as asyncio.timeout tells its own from others'
            raise ClientGone from None
        raise
    finally:
        watching.cancel()


async def hang_up(receive: Receive) -> None:
    """Wait until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
