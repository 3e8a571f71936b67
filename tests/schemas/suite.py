"""All schemas that answers are held to. Most answers need fewer than 200 tokens."""

from tests.schemas import combined, containers, models, records, references, scalars, strings
from tests.schemas.case import Case, cases

SUITE: list[Case] = [
    *cases("types", scalars.TYPES, strict=True),
    *cases("types", scalars.ANY_TYPES),
    *cases("values", scalars.VALUES, strict=True),
    *cases("values", scalars.DEEP_VALUES),
    *cases("integers", scalars.INTEGERS, strict=True),
    *cases("numbers", scalars.NUMBERS, strict=True),
    *cases("numbers", scalars.MORE_NUMBERS),
    *cases("lengths", strings.LENGTHS, strict=True),
    *cases("patterns", strings.PATTERNS, strict=True),
    *cases("patterns", strings.LONG_PATTERNS),
    *cases("formats", strings.FORMATS, strict=True),
    *cases("formats", strings.MORE_FORMATS),
    *cases("arrays", containers.ARRAYS, strict=True),
    *cases("tuples", containers.TUPLES),
    *cases("objects", containers.OBJECTS, strict=True),
    *cases("open objects", containers.OPEN_OBJECTS),
    *cases("pattern properties", containers.PATTERN_PROPERTIES),
    *cases("counts", containers.COUNTS),
    *cases("anyOf", combined.CHOICES, strict=True),
    *cases("anyOf", combined.MORE_CHOICES),
    *cases("oneOf", combined.EITHER),
    *cases("allOf", combined.ALL),
    *cases("references", references.REFERENCES, strict=True),
    *cases("references", references.MORE_REFERENCES),
    *cases("recursion", references.RECURSION, strict=True),
    *cases("recursion", references.MORE_RECURSION),
    *cases("depth", references.DEPTH, strict=True),
    *cases("records", records.RECORDS, strict=True),
    *cases("records", records.LOOSE_RECORDS),
    *cases("pydantic strict", models.STRICT_MODELS, strict=True),
    *cases("pydantic", models.MODELS),
    *combined.READINGS,
]
