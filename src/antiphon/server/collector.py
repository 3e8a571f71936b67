"""How often Python looks for garbage in cycles: seldom, because every stream has hundreds of objects that stay, and a
look through all of them holds up all others.
"""

import gc

THRESHOLDS = (20_000, 50, 100)
"""New objects before a look at the young, and looks before one at older and at all."""


def rest_collector() -> None:
    """What has been imported stays, and is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
