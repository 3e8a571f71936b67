"""A grammar of ours as one text, which upstreams with llguidance take (vLLM, and SGLang where it has that). Pure."""

import json
import re

from antiphon.dialect.grammar.grammar import Grammar, Part

QUOTED_OR_PART = re.compile(r'"(?:\\.|[^"\\\n])*"|/(?:\\.|[^/\\\n])+/|@(?P<part>[A-Za-z0-9_]+)')


def write_lark(grammar: Grammar) -> str:
    """The parts become rules. A `::=` would be taken for another notation, and stands in JSON only, escaped."""
    names = {part.name: f"part_{number}" for number, part in enumerate(grammar.parts)}

    def name(found: re.Match[str]) -> str:
        return names[found["part"]] if found["part"] in names else found[0]

    main = QUOTED_OR_PART.sub(name, grammar.main)
    return main + "".join(f"{names[part.name]}: {write_part(part)}\n" for part in grammar.parts)


def write_part(part: Part) -> str:
    """What a rule is that stands for a part."""
    if part.kind == "json":
        return "%json " + json.dumps(json.loads(part.definition)).replace("::=", ":\\u003a=")
    return f"%lark {{\n{part.definition}\n}}"
