"""A function's arguments in each notation: names, values, their order, and what a notation cannot carry."""

import json

import pytest

from antiphon.dialect.prompt import ControlTokens
from tests.unit.dialect.grammar.grammars import BOOLEAN, INTEGER, STRING, arguments_of, strict

CITY = strict(("city",), city=STRING, days=INTEGER, sure=BOOLEAN)


def test_json_is_one_part() -> None:
    """The grammar engine knows JSON itself."""
    written, lark = arguments_of("hermes", CITY)
    assert written == "@arguments0"
    assert list(json.loads(lark.parts["arguments0"].definition)["properties"]) == ["city", "days", "sure"]


def test_tags_come_in_order() -> None:
    """Each as often as its schema says, strings as they are, all else as JSON."""
    written, lark = arguments_of("qwen3_coder", CITY)
    assert written == (
        r'"<parameter=city>\n" closed ("<parameter=days>\n" @arguments0_1 "\n</parameter>\n")?'
        r' ("<parameter=sure>\n" @arguments0_2 "\n</parameter>\n")?'
    )
    assert lark.rules["closed[lazy]"] == r'WITHIN "\n</parameter>\n"'
    assert [json.loads(part.definition)["type"] for part in lark.parts.values()] == ["integer", "boolean"]


def test_a_string_that_may_be_null_is_a_word() -> None:
    """Without quotes too, where nothing but the schema tells strings from JSON, and told apart where the tag tells."""
    maybe = strict(due={"type": ["string", "null"]})
    assert arguments_of("glm", maybe)[0].endswith(
        r'closed | "<arg_key>due</arg_key>\n<arg_value>" "null</arg_value>\n")'
    )
    written, _ = arguments_of("deepseek_v4", maybe)
    assert r'due\" string=\"true\">" closed' in written and r'due\" string=\"false\">" "null<' in written


def test_keywords_have_commas_between() -> None:
    """Wherever the first of those begins that are there."""
    written, lark = arguments_of("lfm2", CITY)
    assert written == "arguments0" and lark.rules["arguments0"] == '"city=" @arguments0_1 arguments0_l1'
    assert lark.rules["arguments0_l1"] == '", " "days=" @arguments0_2 arguments0_l2 | arguments0_l2'
    assert lark.rules["arguments0_l2"] == '", " "sure=" ("True" | "False") arguments0_l3 | arguments0_l3'
    assert lark.rules["arguments0_l3"] == '""'


def test_all_may_be_missing() -> None:
    """Then the first that comes has no comma before it."""
    _, lark = arguments_of("lfm2", strict((), a=INTEGER, b=INTEGER))
    assert lark.rules["arguments0"] == '"a=" @arguments0_1 arguments0_l1 | arguments0_f1'
    assert lark.rules["arguments0_f1"] == '"b=" @arguments0_2 arguments0_l2 | arguments0_f2'
    assert lark.rules["arguments0_f2"] == '""'


QUOTED = ControlTokens({'<|"|>': 9})


def test_gemmas_notation() -> None:
    """Bare keys, strings between tokens, objects and arrays of its own."""
    schema = strict(
        text=STRING, place=strict(lat={"type": "number"}), tags={"type": "array", "items": STRING, "minItems": 1}
    )
    _, lark = arguments_of("gemma4", schema, QUOTED)
    assert lark.rules["arguments0"].startswith('"text:" <[9]> STRING <[9]> ')
    assert lark.rules["object"].startswith('"lat:" @arguments0_')
    assert any(
        '"tags:" "[" <[9]> STRING <[9]> ("," <[9]> STRING <[9]>){0,} "]"' in rule for rule in lark.rules.values()
    )


def test_a_schema_that_refers_to_itself() -> None:
    """In Gemma's notation each that is referred to is a rule."""
    node = {"$ref": "#/$defs/node"}
    schema = {**strict(tree=node), "$defs": {"node": strict(v=INTEGER, kids={"type": "array", "items": node})}}
    _, lark = arguments_of("gemma4", schema)
    assert lark.rules["arguments0"].startswith('"tree:" shared ')
    assert any('"kids:" "[" (shared ("," shared){0,})? "]"' in rule for rule in lark.rules.values())


NAMES = [
    # name; as tags, keywords and Gemma's keys have it, None where all arguments are JSON instead
    ("my key", '"<parameter=my key>\\n"', None, r'"<|\"|>my key<|\"|>:"'),
    ("日本", '"<parameter=日本>\\n"', '"日本="', '"日本:"'),
    ("a.b-c", '"<parameter=a.b-c>\\n"', '"a.b-c="', '"a.b-c:"'),
    ("from", '"<parameter=from>\\n"', '"from="', '"from:"'),
    ("it's", '"<parameter=it\'s>\\n"', None, '"<|\\"|>it\'s<|\\"|>:"'),
    ("back\\slash/", '"<parameter=back\\\\slash/>\\n"', '"back\\\\slash/="', '"back\\\\slash/:"'),
    ('say "hi"', None, None, r'"<|\"|>say \"hi\"<|\"|>:"'),
    ("a>b", None, None, r'"<|\"|>a>b<|\"|>:"'),
    ("{x}", None, None, r'"<|\"|>{x}<|\"|>:"'),
    (" x", None, None, r'"<|\"|> x<|\"|>:"'),
    ("a\nb", None, None, r'"<|\"|>a\nb<|\"|>:"'),
    ("", None, None, r'"<|\"|><|\"|>:"'),
]


@pytest.mark.parametrize(("name", "tag", "keyword", "key"), NAMES)
def test_names_that_a_notation_cannot_carry(name: str, tag: str | None, keyword: str | None, key: str) -> None:
    """Then all arguments are one JSON object, which Python unpacks; Gemma's keys may stand in quotes."""
    schema = strict(**{name: INTEGER})
    tags, keywords = arguments_of("qwen3_coder", schema)[0], arguments_of("lfm2", schema)
    assert tags.startswith(tag) if tag else tags.strip() == "@arguments0"
    assert keywords[1].rules["arguments0"].startswith(keyword) if keyword else keywords[0] == '"**" @arguments0'
    assert arguments_of("gemma4", schema)[1].rules["arguments0"].startswith(key)


def test_names_that_spell_control_tokens_are_text() -> None:
    """In every notation."""
    control = ControlTokens({"|im_end|": 3, '<|"|>': 9})
    schema = strict(**{"|im_end|": INTEGER})
    assert '"|im_end|"' in arguments_of("qwen3_coder", schema, control)[0]
    for form in ("lfm2", "gemma4"):
        assert '"|im_end|"' in arguments_of(form, schema, control)[1].rules["arguments0"]


@pytest.mark.parametrize("form", ["qwen3_coder", "lfm2", "gemma4"])
def test_any_arguments_where_the_schema_does_not_say(form: str) -> None:
    """Names that mean nothing in any notation, values of any kind."""
    written, lark = arguments_of(form, {"type": "object"})
    assert written.startswith("(arguments0_any (") and written.endswith("{0,31})?")
    assert "{1,64}/" in lark.rules["arguments0_any"]


@pytest.mark.parametrize("form", ["qwen3_coder", "lfm2", "gemma4"])
def test_no_arguments(form: str) -> None:
    """Nothing is written."""
    written, lark = arguments_of(form, None)
    assert lark.rules.get(written, written) == '""'
