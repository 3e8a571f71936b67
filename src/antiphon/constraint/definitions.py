"""What references lead to, each under a name of its own that needs no escapes."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from antiphon.constraint.faults.endless import find_endless
from antiphon.constraint.faults.references import Document
from antiphon.constraint.place import find_value, parse_reference
from antiphon.constraint.rewrite import Schema

UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


class Definitions:
    """The schemas of a document that are referred to. Going through them ends when no more have come up meanwhile."""

    def __init__(self, root: Schema, *, lenient: bool) -> None:
        self.root = root
        self.lenient = lenient
        self.names: dict[int, str] = {}
        self.taken: set[str] = set()
        self.pending: list[tuple[str, Schema]] = []

    def __iter__(self) -> Iterator[tuple[str, Schema]]:
        while self.pending:
            yield self.pending.pop()

    def refer(self, reference: Any) -> str | bool:
        """The reference as it is written; or whether everything passes there, or nothing does."""
        target = self.find_target(reference)
        if target is self.root:
            return "#"
        return f"#/$defs/{self.name(target, reference)}" if isinstance(target, dict) else target is not False

    def find_target(self, reference: Any) -> Any:
        """What a reference leads to; true, where it leads to nothing that can be enforced."""
        path = parse_reference(reference) if isinstance(reference, str) else None
        try:
            target = True if path is None else find_value(self.root, path)
        except LookupError:
            return True
        return True if self.lenient and (target is False or id(target) in self.endless) else target

    @cached_property
    def endless(self) -> set[int]:
        """The schemas that no answer satisfies; where nothing is lenient, they were refused."""
        document = Document.read(self.root)
        return {id(document.places[path].schema) for path in find_endless(document)}

    def name(self, target: Schema, reference: str) -> str:
        """The name of what is referred to, like the one it has if that can be."""
        if id(target) not in self.names:
            name = UNSAFE.sub("_", reference.rpartition("/")[2])
            while not name or name in self.taken:
                name = f"{name}.{len(self.names)}"
            self.taken.add(name)
            self.names[id(target)] = name
            self.pending.append((name, target))
        return self.names[id(target)]
