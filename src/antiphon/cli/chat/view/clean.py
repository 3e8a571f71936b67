"""Texts of others, made harmless: what a model says must not steer the terminal."""

import re

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """Without control characters, but for tabs and ends of lines. Each is judged alone, so text may come in pieces."""
    return CONTROLS.sub("", text)
