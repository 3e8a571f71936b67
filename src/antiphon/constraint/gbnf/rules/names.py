"""Names as GBNF takes them: letters, digits and dashes. Knows no grammar."""

import re
from collections import Counter
from collections.abc import Iterable

ROOT = "root"
NAME = re.compile(r"_?[a-zA-Z]")
NAMELESS = "terminal"
NO_NAME = re.compile(r"[^a-zA-Z0-9]+")
LONGEST = 40


class Names:
    """A name for each of a grammar's, as much like it as can be, and no two the same. `start` becomes the root."""

    def __init__(self, names: Iterable[str], start: str) -> None:
        self.given = {start: ROOT}
        self.taken = Counter([ROOT])
        for name in names:
            if name not in self.given:
                self.given[name] = self.fresh(name)

    def __getitem__(self, name: str) -> str:
        return self.given[name]

    def fresh(self, like: str) -> str:
        """A name that nothing has yet."""
        plain = NO_NAME.sub("-", like).strip("-")[:LONGEST] if NAME.match(like) else NAMELESS
        name = plain
        while name in self.taken:
            name = f"{plain}-{self.taken[plain] + 1}"
            self.taken[plain] += 1
        self.taken[name] = 1
        return name
