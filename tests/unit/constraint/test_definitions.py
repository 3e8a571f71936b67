"""What references lead to."""

from antiphon.constraint.definitions import Definitions
from tests.schemas.case import closed

INTEGER = {"type": "integer"}


def test_names_are_kept_where_they_can_be() -> None:
    """Those that need no escapes; others get one like theirs, and none twice."""
    root = {"$defs": {"a": INTEGER, "b/c é": {}, "d": {"$defs": {"a": {}}}}, "properties": {"": {}, "a.1": {}}}
    definitions = Definitions(root, lenient=False)
    references = ["#/$defs/a", "#/$defs/b~1c é", "#/$defs/d/$defs/a", "#/properties/", "#/$defs/a", "#/properties/a.1"]
    written = [definitions.refer(reference) for reference in references]
    assert written[:2] == ["#/$defs/a", "#/$defs/b_1c__"]
    assert written[4] == written[0]
    assert len(set(written)) == 5
    assert len(dict(definitions)) == 5


def test_the_root_and_what_is_no_schema() -> None:
    """The root stays where it is; booleans are what they are; what leads nowhere lets everything pass."""
    definitions = Definitions({"$defs": {"yes": True, "no": False, "five": 5}}, lenient=False)
    assert definitions.refer("#") == "#"
    assert definitions.refer("#/$defs/yes") is True
    assert definitions.refer("#/$defs/no") is False
    for reference in ("#/$defs/five", "#/nowhere", "#name", "https://example.com", None, 5):
        assert definitions.refer(reference) is True
    assert not dict(definitions)


def test_what_never_ends_lets_everything_pass_when_lenient() -> None:
    """A model would write it for ever, or not at all."""
    root = {
        "$defs": {
            "a": closed({"b": {"$ref": "#/$defs/a"}}),
            "loop": {"$ref": "#/$defs/loop"},
            "no": False,
            "i": INTEGER,
        }
    }
    definitions = Definitions(root, lenient=True)
    assert [definitions.refer(f"#/$defs/{name}") for name in ("a", "loop", "no")] == [True] * 3
    assert definitions.refer("#/$defs/i") == "#/$defs/i"
