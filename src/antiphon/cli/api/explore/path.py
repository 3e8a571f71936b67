"""The GJSON path of a node within its item, as `--transform` takes it."""

import re

from antiphon.cli.api.explore.node import Node
from antiphon.cli.api.explore.text import UNSAFE

SPECIAL = re.compile(r"[^\w\s:-]", re.ASCII)
"""What GJSON may read as something else than a letter of a key; what is beyond ASCII is not among it."""
WHOLE = "@this"


def path_of(node: Node) -> str:
    """It finds the node's value, and can be shown and typed."""
    return ".".join(step_of(step) for step in node.lineage[1:]) or WHOLE


def step_of(node: Node) -> str:
    """Some keys have no way of being written: those values are counted."""
    key = str(node.key)
    if not key or "\\" in key or UNSAFE.search(key):
        return f"@values.{node.place}"
    return SPECIAL.sub(lambda found: f"\\{found[0]}" if found[0].isascii() else found[0], key)
