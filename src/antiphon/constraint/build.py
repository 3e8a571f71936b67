"""A schema as it goes to the grammar engine: without what only annotates, and with what the engine gets right.

Properties keep their order, in which answers will have them. What references lead to is written once, below `$defs`
of the root. Takes any schema that is within bounds and never raises; what cannot be enforced is left out.
"""

from functools import cached_property
from typing import Any

from antiphon.constraint.definitions import Definitions
from antiphon.constraint.disjoint import Disjointness
from antiphon.constraint.faults.keywords import MOST_PATTERNS
from antiphon.constraint.faults.multiples import find_multiple_faults
from antiphon.constraint.pattern import find_pattern_fault, translate_pattern
from antiphon.constraint.place import walk
from antiphon.constraint.rewrite import RULES, Schema, add_all_of

GUIDANCE = {
    "item_separator": ", ",
    "key_separator": ": ",
    "whitespace_flexible": False,
    # Names that are written as escapes would not be known as those that a schema has already.
    "json_allowed_escapes": 'nrbtf\\"',
}


def build_schema(schema: dict[str, Any], *, lenient: bool) -> dict[str, Any]:
    """The schema for the engine.

    lenient: what the engine cannot enforce is to be ignored, instead of making the whole schema fail.
    """
    return Builder(schema, lenient=lenient).build_root()


class Builder:
    """Builds one document."""

    def __init__(self, root: Schema, *, lenient: bool) -> None:
        self.root = root
        self.lenient = lenient
        self.definitions = Definitions(root, lenient=lenient)
        self.disjointness = Disjointness(root)

    @cached_property
    def too_many_multiples(self) -> bool:
        """Whether the engine could not count all steps; only lenient, as otherwise they were refused."""
        return self.lenient and any(find_multiple_faults([*walk(self.root)]))

    def build_root(self) -> Schema:
        """The whole document."""
        built = self.build(self.root)
        definitions = {name: self.build(schema) for name, schema in self.definitions}
        guidance = {**GUIDANCE, "lenient": True} if self.lenient else {**GUIDANCE}
        return {"x-guidance": guidance, **built, **({"$defs": definitions} if definitions else {})}

    def build(self, schema: Any) -> Any:
        """One schema, with those within it: an object or a boolean."""
        if not isinstance(schema, dict):
            return schema is not False
        built: Schema = {}
        for keyword, value in schema.items():
            if (rule := RULES.get(keyword)) is not None:
                if keyword != "multipleOf" or not self.too_many_multiples:
                    rule(schema, value, built)
            elif (write := WRITERS.get(keyword)) is not None:
                write(self, schema, keyword, built)
        return keep_together(built) if "patternProperties" in built else built

    def write_one(self, schema: Schema, keyword: str, built: Schema) -> None:
        """A keyword with a schema."""
        built[keyword] = self.build(schema[keyword])

    def write_many(self, schema: Schema, keyword: str, built: Schema) -> None:
        """A keyword with an array of schemas."""
        if isinstance(schema[keyword], list) and schema[keyword]:
            built[keyword] = [*built.get(keyword, []), *map(self.build, schema[keyword])]

    def write_named(self, schema: Schema, keyword: str, built: Schema) -> None:
        """A keyword with schemas by names."""
        if isinstance(schema[keyword], dict):
            built[keyword] = {name: self.build(inner) for name, inner in schema[keyword].items()}

    def write_patterns(self, schema: Schema, keyword: str, built: Schema) -> None:
        """Schemas by patterns of names."""
        if isinstance(schema[keyword], dict):
            usable = [item for item in schema[keyword].items() if find_pattern_fault(item[0]) is None][:MOST_PATTERNS]
            built[keyword] = {translate_pattern(name): self.build(inner) for name, inner in usable}

    def write_items(self, schema: Schema, keyword: str, built: Schema) -> None:
        """The items' schema, or those of a tuple as earlier drafts wrote them."""
        if not isinstance(schema["items"], list):
            built["items"] = self.build(schema["items"])
        elif schema["items"]:
            built["prefixItems"] = [*map(self.build, schema["items"])]
            built["items"] = self.build(schema.get("additionalItems", True))

    def write_either(self, schema: Schema, keyword: str, built: Schema) -> None:
        """`oneOf`, as `anyOf` where that is the same: the engine does not look through references to see it."""
        options = schema["oneOf"]
        if not isinstance(options, list) or not options:
            return
        alike = self.disjointness.holds(options)
        if alike and "anyOf" in schema:
            add_all_of(built, {"anyOf": [*map(self.build, options)]})
        else:
            built["anyOf" if alike else "oneOf"] = [*map(self.build, options)]

    def write_reference(self, schema: Schema, keyword: str, built: Schema) -> None:
        """A reference to what is then written below `$defs`."""
        target = self.definitions.refer(schema["$ref"])
        if isinstance(target, str):
            built["$ref"] = target
        elif not target:
            add_all_of(built, False)


def keep_together(built: Schema) -> Schema:
    """The schema with `additionalProperties` after `patternProperties`: the engine reads keywords in their order, and
    when one like `anyOf` is between these two, it takes what matches a pattern for additional, too.
    """
    rest = built.pop("additionalProperties", None)
    if rest is None:
        return built
    together: Schema = {}
    for keyword, value in built.items():
        together[keyword] = value
        if keyword == "patternProperties":
            together["additionalProperties"] = rest
    return together


WRITERS = {
    "properties": Builder.write_named, "patternProperties": Builder.write_patterns, "items": Builder.write_items,
    "additionalProperties": Builder.write_one, "anyOf": Builder.write_many,
    "allOf": Builder.write_many, "prefixItems": Builder.write_many, "oneOf": Builder.write_either,
    "$ref": Builder.write_reference,
}  # fmt: skip
