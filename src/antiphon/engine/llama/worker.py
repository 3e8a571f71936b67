"""The worker process: loads one model, then runs the loop. `python -m antiphon.engine.llama.worker`.

Reads its configuration from the first line of standard input and lives while that stays open.
"""

import gc
import signal
import sys

from antiphon.engine.llama.config import decode
from antiphon.engine.llama.loading import load
from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.messages import Failed
from antiphon.engine.llama.runner import DecodeError
from antiphon.errors import ConfigurationError


def main() -> None:
    """Load, announce, run."""
    for number in (signal.SIGINT, signal.SIGTERM):  # often sent to the whole group; the server lets us finish
        signal.signal(number, signal.SIG_IGN)
    config = decode(sys.stdin.buffer.readline())
    mailbox = SocketMailbox(config.socket_path)
    try:
        loop = load(config, mailbox)
    except (ConfigurationError, DecodeError) as error:
        told = f"llama.cpp cannot compute this model: {error}." if isinstance(error, DecodeError) else str(error)
        mailbox.announce(Failed(told))
        while mailbox.open:  # until the reason has been read
            list(mailbox.receive(wait=True))
        return
    gc.collect()
    gc.freeze()  # what has been loaded stays; collections need not look through it again
    loop.run()


if __name__ == "__main__":
    main()
