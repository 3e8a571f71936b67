"""GJSON paths: the examples of SYNTAX.md and what gjson (1.14.4, run beside it) answers."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from antiphon.cli.api.gjson.parser import parse_path
from antiphon.cli.api.gjson.path import MISSING
from antiphon.cli.api.output import Output
from antiphon.cli.api.transform import build_transform

DALE = {"first": "Dale", "last": "Murphy", "age": 44, "nets": ["ig", "fb", "tw"]}
ROGER = {"first": "Roger", "last": "Craig", "age": 68, "nets": ["fb", "tw"]}
JANE = {"first": "Jane", "last": "Murphy", "age": 47, "nets": ["ig", "tw"]}
PERSON = {
    "name": {"first": "Tom", "last": "Anderson"},
    "age": 37,
    "children": ["Sara", "Alex", "Jack"],
    "fav.movie": "Deer Hunter",
    "friends": [DALE, ROGER, JANE],
}
TRUTHS = {
    "vals": [
        {"a": 1, "b": True},
        {"a": 2, "b": True},
        {"a": 3, "b": False},
        {"a": 4, "b": "0"},
        {"a": 5, "b": 0},
        {"a": 6, "b": "1"},
        {"a": 7, "b": 1},
        {"a": 8, "b": "true"},
        {"a": 9, "b": False},
        {"a": 10, "b": None},
        {"a": 11},
    ]
}
ODD = {
    "a*b": 1,
    "axb": 2,
    "a|b": 3,
    "#": 4,
    "@keys": 5,
    "": {"": 6},
    "null": None,
    "é": "ü",
    "nested": [[1, [2]], [3, 4, [5, [6, []]]], [], "x", None, True],
    "rows": {"k": [1, 2, 3], "l": ["x"], "s": 5},
    "text": '{"z":[1,2]}',
    "ab": {"x": 1},
    "ac": {"b": 2},
    "said": ["a.b", 'say "hi"', "100%", "~true"],
    "flags": [True, False, 1, None, "s", [], {}],
}

SYNTAX: list[tuple[str, Any]] = [
    ("name.last", "Anderson"),
    ("name.first", "Tom"),
    ("age", 37),
    ("children", ["Sara", "Alex", "Jack"]),
    ("children.0", "Sara"),
    ("children.1", "Alex"),
    ("friends.1", ROGER),
    ("friends.1.first", "Roger"),
    ("child*.2", "Jack"),
    ("c?ildren.0", "Sara"),
    (r"fav\.movie", "Deer Hunter"),
    ("friends.#", 3),
    ("friends.#.age", [44, 68, 47]),
    ('friends.#(last=="Murphy").first', "Dale"),
    ('friends.#(last=="Murphy")#.first', ["Dale", "Jane"]),
    ("friends.#(age>45)#.last", ["Craig", "Murphy"]),
    ('friends.#(first%"D*").last', "Murphy"),
    ('friends.#(first!%"D*").last', "Craig"),
    ('children.#(!%"*a*")', "Alex"),
    ('children.#(%"*a*")#', ["Sara", "Jack"]),
    ('friends.#(nets.#(=="fb"))#.first', ["Dale", "Roger"]),
    ('friends.#[last=="Murphy"]#.first', ["Dale", "Jane"]),
    ("friends.0.first", "Dale"),
    ("friends|0.first", "Dale"),
    ("friends.0|first", "Dale"),
    ("friends|0|first", "Dale"),
    ("friends|#", 3),
    ('friends.#(last="Murphy")#', [DALE, JANE]),
    ('friends.#(last="Murphy")#|first', MISSING),
    ('friends.#(last="Murphy")#.0', []),
    ('friends.#(last="Murphy")#|0', DALE),
    ('friends.#(last="Murphy")#.#', []),
    ('friends.#(last="Murphy")#|#', 2),
    ("children.@reverse", ["Jack", "Alex", "Sara"]),
    ("children.@reverse.0", "Jack"),
    ('@pretty:{"sortKeys":true}', PERSON),
    (
        '{name.first,age,"the_murphys":friends.#(last="Murphy")#.first}',
        {"first": "Tom", "age": 37, "the_murphys": ["Dale", "Jane"]},
    ),
    (
        '{name.first,age,"company":!"Happysoft","employed":!true}',
        {"first": "Tom", "age": 37, "company": "Happysoft", "employed": True},
    ),
]
MORE: list[tuple[str, Any]] = [
    ("nothing", MISSING),
    ("name.first.more", MISSING),
    ("children.3", MISSING),
    ("children.-1", MISSING),
    ("children.00", "Sara"),
    ("name.#", MISSING),
    ("age.#.x", MISSING),
    ("friends.#.nothing", []),
    ("friends.#.nets.#", [3, 2, 2]),
    ("friends.#.nets.0", ["ig", "fb", "ig"]),
    ("friends.#.nets|0", ["ig", "fb", "tw"]),
    ("friends.#.nets|@flatten|#", 7),
    ("friends.#.{first,age}|0", {"first": "Dale", "age": 44}),
    ("friends.#.[first,age]|1", ["Roger", 68]),
    ("friends.#( age <= 47 )#.age", [44, 47]),
    ("friends.#(age=44).first", "Dale"),
    ('friends.#(age=="44").first', "Dale"),
    ("friends.#(age!=44)#.first", ["Roger", "Jane"]),
    ("friends.#(age>=47)#|#", 2),
    ("friends.#(first<E)#.first", ["Dale"]),
    ("friends.#(nets)#|#", 3),
    ("friends.#(nothing)#", []),
    ("friends.#(nothing)", MISSING),
    ("friends.#(nothing).first", MISSING),
    ('friends.#(last="Murphy")#|#(age>44).first', "Jane"),
    ("friends.0.{first,nothing}", {"first": "Dale"}),
    ("[age,nothing,children.#]", [37, 3]),
    ("{friends.#,children.@reverse}", {"_": 3, "@reverse": ["Jack", "Alex", "Sara"]}),
    ('{"a":[age],b:{age}}.b', {"age": 37}),
    ("{}", {}),
    ("@this.age", 37),
    ("@keys", ["name", "age", "children", "fav.movie", "friends"]),
    ("name.@values", ["Tom", "Anderson"]),
    ("name.@reverse.@keys", ["last", "first"]),
    ("friends.@join.first", "Jane"),
    ("children.@join", {}),
    ("name.@flatten", {"first": "Tom", "last": "Anderson"}),
    ("name.@tostr", '{"first":"Tom","last":"Anderson"}'),
    ("name.@tostr.@fromstr.last", "Anderson"),
    ("age.@fromstr", 37),
    ("name.first.@fromstr", MISSING),
    ("@dig:first", ["Tom", "Dale", "Roger", "Jane"]),
    ("@dig:nets.0", ["ig", "fb", "ig"]),
    ("@dig:nets.#|#", 3),
    ("@dig:#(age>50).first|0", "Roger"),
    ("name|@valid|@ugly|@pretty|@this|first", "Tom"),
    ("nothing|@keys", []),
    ("nothing.more|@keys", MISSING),
    ("nothing|@tostr", ""),
    ("nothing.@valid", MISSING),
    ("age.@keys", [None]),
    ("age.@group", MISSING),
    ("name.@nothing", MISSING),
    ("!5", 5),
    ("!-1.5e3", -1500.0),
    ("!null", None),
    ('!{"a":[1,2]}.a.1', 2),
    ('name|!"a|b.c"|@this', "a|b.c"),
    ("..0.age", 37),
    ("..#", 1),
    ("..#.age", [37]),
    ("friends.#.first.@tostr", ['"Dale"', '"Roger"', '"Jane"']),
]
ODDITIES: list[tuple[str, Any]] = [
    (r"a\*b", 1),
    ("a?b", 1),
    (r"a\|b", 3),
    (r"\#", 4),
    (r"\@keys", 5),
    ("", {"": 6}),
    (".", 6),
    ("null", None),
    ("null.x", MISSING),
    ("null|@values", [None]),
    ("é", "ü"),
    ("?", 4),
    ("a*.b", 2),
    ("nested.@flatten", [1, [2], 3, 4, [5, [6, []]], "x", None, True]),
    ('nested.@flatten:{"deep":true}', [1, 2, 3, 4, 5, 6, "x", None, True]),
    ('nested.@flatten:{"deep":false}|#', 8),
    ("rows.@group", [{"k": 1, "l": "x"}, {"k": 2}, {"k": 3}]),
    ("text.z", MISSING),
    ("text.@fromstr.z.1", 2),
    (r'said.#(=="say \"hi\"")', 'say "hi"'),
    ('said.#(=="a.b")', "a.b"),
    (r'said.#(%"*\\%")', "100%"),
    ("said.#(%*.*)", "a.b"),
    ("flags.#()#", [True, False, 1, None, "s"]),
    ("flags.#(=true)#", [True]),
    ("flags.#(>false)#", [True, 1, "s"]),
    ("flags.#(!=true)#", [False, 1, "s"]),
    ("flags.#(==~null)#", [None, [], {}]),
    ("flags.#(==~*)#", [True, False, 1, None, "s"]),
    ("flags.#(!=~true)#", [False, None, "s", [], {}]),
]
MEANINGS: list[tuple[str, Any]] = [
    ("vals.#(b==~true)#.a", [1, 2, 6, 7, 8]),
    ("vals.#(b==~false)#.a", [3, 4, 5, 9, 10, 11]),
    ("vals.#(b==~null)#.a", [10, 11]),
    ("vals.#(b!=~*)#.a", [11]),
    ("vals.#(b=~*).a", 1),
]
WRONG: list[tuple[str, str]] = [
    ("a.#(b", "a '(' is not closed"),
    ("{a,b", "a '{' is not closed"),
    ("[a,[b]", "a '[' is not closed"),
    ('a.#(b=="c)', "a quote is not closed"),
    ("a.#(b!c)", "a '!' in a query needs '=' or '%' behind it"),
    ("a.#(b==~so)", "'=~so' is no comparison: there are ~true, ~false, ~null, ~*"),
    ("a.#(b=1)x", "'.' or '|' is missing behind a query, before 'x'"),
    ("{a}b", "'.' or '|' is missing behind a bracket, before 'b'"),
    ('!"x"y', "'.' or '|' is missing behind a literal, before 'y'"),
    ('!{"a"}', "what follows a '!' is not JSON"),
    ("a.@flatten:{deep}", "the argument {deep} is not JSON"),
    (r'a.#(b=="\x")', r'"\x" is not a JSON text'),
]


@pytest.mark.parametrize(("path", "found"), SYNTAX)
def test_syntax(path: str, found: Any) -> None:
    """Every example of SYNTAX.md has the answer that it has there."""
    assert parse_path(path).find(PERSON) == found


@pytest.mark.parametrize(("path", "found"), MORE)
def test_more(path: str, found: Any) -> None:
    """What the examples leave open is as in gjson: what is missing, several pipes, all modifiers, literals."""
    assert parse_path(path).find(PERSON) == found


@pytest.mark.parametrize(("path", "found"), ODDITIES)
def test_oddities(path: str, found: Any) -> None:
    """Odd names, escapes, nulls, lists of all kinds of values."""
    assert parse_path(path).find(ODD) == found


@pytest.mark.parametrize(("path", "found"), MEANINGS)
def test_meanings(path: str, found: Any) -> None:
    """`~` asks what a value can be taken for; what is not there is null, and so false."""
    assert parse_path(path).find(TRUTHS) == found


def test_order() -> None:
    """Members keep their order, unless it is turned round or sorted."""
    assert list(parse_path("@reverse").find(PERSON)) == ["friends", "fav.movie", "children", "age", "name"]
    assert list(parse_path('@pretty:{"sortKeys":true}').find(PERSON)) == sorted(PERSON)
    assert list(parse_path("{age,name}").find(PERSON)) == ["age", "name"]


@pytest.mark.parametrize(("path", "wrong"), WRONG)
def test_wrong(path: str, wrong: str) -> None:
    """A path that is none is told in a sentence that names what is wrong with it."""
    with pytest.raises(ValueError, match="is not a GJSON path") as error:
        build_transform(path)
    assert str(error.value) == f"'{path}' is not a GJSON path: {wrong}"


def shown(path: str, value: Any) -> str:
    """What `--transform` writes."""
    file = io.StringIO()
    Output("jsonl", transform=build_transform(path), file=file).show(value, json.dumps(value))
    return file.getvalue()


def test_nothing_and_null() -> None:
    """Where nothing is, nothing is shown; a null is shown as one. No path shows all."""
    assert shown("choices.0.message.refusal", {"choices": [{"message": {"refusal": None}}]}) == "null\n"
    assert shown("choices.1.message.refusal", {"choices": [{"message": {"refusal": None}}]}) == ""
    assert shown("", {"a": 1}) == '{"a":1}\n'
    assert build_transform(None) is None


def test_document() -> None:
    """Every path in the table of docs/transforms.md is one."""
    text = (Path(__file__).parents[4] / "docs/transforms.md").read_text(encoding="utf-8")
    paths = re.findall(r"^\| `(.+?)` \|", text, re.MULTILINE)
    assert len(paths) > 10
    for path in paths:
        assert parse_path(path.replace(r"\|", "|"))
