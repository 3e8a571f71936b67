"""What a server tells whoever started it, on standard error: how to begin, that it stops, and its log."""

import logging
from contextlib import suppress

from rich.console import Console

console = Console(stderr=True, highlight=False, soft_wrap=True)


def log_to_terminal() -> None:
    """One line for everything that is logged."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)


def tell_start(url: str, *, model: str, asks_key: bool) -> None:
    """How to begin."""
    line = curl_line(url, model=model, asks_key=asks_key)
    console.print(f"Base URL: [bold]{url}/v1[/bold]   Documentation: {url}/docs   Try it:\n\n{line}\n")


def tell_stop(limit_s: float) -> None:
    """That it takes a while."""
    with suppress(OSError):  # it may stop because the terminal has been closed
        console.print(f"Stopping: running answers have {limit_s:g} s to finish.")


def curl_line(url: str, *, model: str, asks_key: bool) -> str:
    """One line to paste that works."""
    key = " -H 'Authorization: Bearer YOUR_KEY'" if asks_key else ""
    body = f'{{"model": "{model}", "messages": [{{"role": "user", "content": "Say hello."}}]}}'
    return f"curl {url}/v1/chat/completions -H 'Content-Type: application/json'{key} -d '{body}'"
