"""Where references lead: to subschemas of the same document, and never round in a circle without end.

Draws the document as a graph once; what follows references walks along it. Knows of keywords only which of them
are about the same value as the schema they stand in.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

from antiphon.constraint.place import Fault, Path, Place, find_children, parse_reference, walk

HERE = frozenset({"anyOf", "oneOf", "allOf"})
"""Keywords whose subschemas are about the same value."""


class Document:
    """A schema's places, by their paths."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = {place.path: place for place in places}

    @classmethod
    def read(cls, schema: object) -> "Document":
        """The document of a root schema."""
        return cls(walk(schema))

    @cached_property
    def references(self) -> list[Place]:
        """The places with a `$ref`, in the document's order."""
        return [place for place in self.places.values() if isinstance(place.schema, dict) and "$ref" in place.schema]

    @cached_property
    def targets(self) -> dict[Path, Place]:
        """Where references lead, by the paths of the places that have them; not those that lead to no schema."""
        paths = {place.path: parse_reference(place.schema["$ref"]) for place in self.references if is_text(place)}
        return {path: self.places[target] for path, target in paths.items() if target in self.places}

    def find_same(self, place: Place) -> list[Place]:
        """The subschemas, here and by reference, that are about the same value as this one."""
        depth = len(place.path)
        same = [child for child in find_children(place) if child.path[depth] in HERE]
        target = self.targets.get(place.path)
        return same if target is None else [*same, target]


def is_text(place: Place) -> bool:
    """Whether the reference here is one at all."""
    return isinstance(place.schema["$ref"], str)


def find_reference_faults(document: Document) -> Iterator[Fault]:
    """References that cannot be followed."""
    bases = {path for path, schema in document.places.values() if path and isinstance(schema, dict) and "$id" in schema}
    for place in document.references:
        path = (*place.path, "$ref")
        if parse_reference(place.schema["$ref"]) is None:
            yield Fault(path, "only references within the schema can be followed, such as '#/$defs/name'")
        elif place.path not in document.targets:
            yield Fault(path, "leads to no schema in this document")
        elif bases and any(place.path[:depth] in bases for depth in range(1, len(path))):
            yield Fault(path, "cannot be followed from within a subschema that has an '$id'; leave that out")


def find_circles(document: Document) -> Iterator[Fault]:
    """References that lead back to where they stand, with no object or array in between."""
    done: set[Path] = set()
    for start in document.references:
        circle = follow(start, document, done)
        if circle:
            place = next(place for place in circle if "$ref" in place.schema)
            yield Fault((*place.path, "$ref"), "leads back to itself without an object or an array in between")


def follow(start: Place, document: Document, done: set[Path]) -> list[Place]:
    """The circle into which one gets from here, if there is one; `done` has the paths that lead to none."""
    if start.path in done:
        return []
    way = {start.path: start}
    stack = [(start.path, iter(document.find_same(start)))]
    while stack:
        path, rest = stack[-1]
        inner = next(rest, None)
        if inner is None:
            stack.pop()
            del way[path]
            done.add(path)
        elif inner.path in way:
            return list(way.values())[list(way).index(inner.path) :]
        elif inner.path not in done:
            way[inner.path] = inner
            stack.append((inner.path, iter(document.find_same(inner))))
    return []
